using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Hopfield;

namespace FastRbm.Tests.Serialization;

public sealed class HopfieldFileTests
{
    [Fact]
    public void Every_pairwise_network_comes_back_as_it_was()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("network.safetensors");
        SplitMix64 random = new(1);
        BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 3, 70));
        foreach (HopfieldNetwork network in (HopfieldNetwork[])
            [.. HopfieldCase.All(random, 70, 5), HopfieldNetwork.FromWeights(new double[,] { { 0, 0.3 }, { 0.3, 0 } }, [1, 0.1]), HopfieldNetwork.FromWeights(new double[,] { { 0, 1e6 }, { 1e6, 0 } })])
        {
            HopfieldFile.Save(path, network, new Dictionary<string, string> { ["note"] = "x" });
            Assert.Equal((ModelKinds.Hopfield, "x"), (ModelFile.KindOf(path), HopfieldFile.LoadMetadata(path)["note"]));
            HopfieldNetwork loaded = HopfieldFile.Load(path);
            Assert.Equal((network.Units, network.Kind, network.Rule, network.WeightScale, network.Patterns.Rows), (loaded.Units, loaded.Kind, loaded.Rule, loaded.WeightScale, loaded.Patterns.Rows));
            for (int i = 0; i < network.Units; i++)
            {
                Assert.Equal(network.Threshold(i), loaded.Threshold(i));
                Assert.Equal(network.IntegerWeight(i, 1), loaded.IntegerWeight(i, 1));
            }

            if (network.Units == 70)
            {
                Assert.Equal(network.Energy(probes.Row(0)), loaded.Energy(probes.Row(0)));
            }
        }
    }

    [Fact]
    public void Dense_and_continuous_networks_come_back_as_they_were()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("network.safetensors");
        BitMatrix patterns = HopfieldCase.Bits(HopfieldCase.Spins(new SplitMix64(2), 6, 65));
        foreach (DenseInteraction interaction in (DenseInteraction[])[DenseInteraction.Polynomial(4), DenseInteraction.Exponential(0.7)])
        {
            HopfieldFile.Save(path, new DenseHopfieldNetwork(patterns, interaction));
            DenseHopfieldNetwork dense = Assert.IsType<DenseHopfieldNetwork>(HopfieldFile.LoadAny(path));
            Assert.Equal(interaction, dense.Interaction);
            Assert.Equal(patterns.Row(5), dense.Patterns.Row(5));
            Assert.Throws<InvalidInputException>(() => HopfieldFile.Load(path));
        }

        Matrix numbers = new(2, 3);
        numbers[1, 2] = 0.5f;
        using SoftmaxHopfieldNetwork network = new(numbers, 2.5);
        HopfieldFile.Save(path, network);
        using SoftmaxHopfieldNetwork softmax = Assert.IsType<SoftmaxHopfieldNetwork>(HopfieldFile.LoadAny(path));
        Assert.Equal((2.5, 0.5f), (softmax.Beta, softmax.Patterns[1, 2]));
    }

    [Fact]
    public void Another_kind_and_wrong_contents_are_refused()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("network.safetensors");
        ModelFile.Save(path, Rbm.Binary(3, 2));
        Assert.Contains("rbm", Assert.Throws<InvalidInputException>(() => HopfieldFile.LoadAny(path)).Message, StringComparison.Ordinal);
        HopfieldFile.Save(path, HopfieldNetwork.FromWeights(new double[3, 3]));
        Assert.Contains("hopfield", Assert.Throws<InvalidInputException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
        Refused("form", "cubic", "pairwise");
        Refused("form", "polynomial:1", "2 to 60");
        Refused("form", "exponential:", "number");
        Refused("form", "exponential:nan", "number");
        Refused("units", "0", "whole number");
        Refused("units", "130", "130");
        Refused("unit", "ternary", "spin");
        Refused("rule", "delta", "hebb");
        Refused("scale_bits", "99", "30");
        Refused("weights", new[] { 0, 1, 2, 1, 0, 3, 2, 4, 0 }, "symmetric");
        Refused("weights", new[] { 0, 1, 2, 1, 5, 3, 2, 3, 0 }, "diagonal");
        Refused("weights", new[] { 0, 1 << 30, 2, 1 << 30, 0, 3, 2, 3, 0 }, "at most");

        void Refused(string key, object value, string words)
        {
            SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Hopfield, null);
            foreach ((string name, string text) in (ReadOnlySpan<(string, string)>)[("form", "pairwise"), ("units", "3"), ("unit", "spin"), ("rule", "storkey"), ("scale_bits", "2")])
            {
                writer.SetMetadata(name, key == name ? (string)value : text);
            }

            int[] weights = key == "weights" ? (int[])value : new int[9];
            writer.Add<ulong>("patterns", [1, 1], static _ => new ulong[] { 5 });
            writer.Add<int>("weights", [3, 3], row => weights.AsSpan(3 * row, 3));
            writer.Add<int>("fields", [3], static _ => new int[3]);
            writer.Save(path);
            Assert.Contains(words, Assert.Throws<InvalidInputException>(() => HopfieldFile.LoadAny(path)).Message, StringComparison.Ordinal);
        }
    }
}
