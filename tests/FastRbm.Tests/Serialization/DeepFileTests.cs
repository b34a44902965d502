using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Deep;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Deep;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Tests.Serialization;

public sealed class DeepFileTests
{
    [Fact]
    public void A_deep_boltzmann_machine_comes_back_with_its_classifier()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.FullPath, "dbm");
        DeepBoltzmannMachine machine = new DeepCase(71, 1.5, 5, 4, 3, 2).Machine;
        machine.Classifier = machine.ToNetwork(3);
        DeepBoltzmannFile.Save(path, machine, new Dictionary<string, string> { ["note"] = "kept" });
        DeepBoltzmannMachine loaded = DeepBoltzmannFile.Load(path);
        Assert.Equal(machine.Layers, loaded.Layers);
        Assert.Equal(machine.Joined.Weights.ToArray(), loaded.Joined.Weights.ToArray());
        Assert.Equal(machine.Joined.Visible.Bias.ToArray(), loaded.Joined.Visible.Bias.ToArray());
        Assert.Equal(machine.Classifier.Layers[1].Weights.ToArray(), loaded.Classifier!.Layers[1].Weights.ToArray());
        Assert.Equal("kept", DeepBoltzmannFile.LoadMetadata(path)["note"]);
        Assert.Equal("dbm", ModelFile.KindOf(path));
        Assert.Contains("dbn", Assert.Throws<InvalidInputException>(() => DeepBeliefFile.Load(path)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => ModelFile.Load(path));
    }

    [Fact]
    public void A_deep_belief_network_comes_back_with_its_classifier()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.FullPath, "dbn");
        DeepBeliefNetwork network = new BeliefCase(72, 5, 4, 3).Network;
        network.Classifier = network.ToNetwork(3);
        DeepBeliefFile.Save(path, network);
        DeepBeliefNetwork loaded = DeepBeliefFile.Load(path);
        Assert.Equal(network.Machines[1].Weights.ToArray(), loaded.Machines[1].Weights.ToArray());
        Assert.Equal(network.Machines[0].Hidden.Bias.ToArray(), loaded.Machines[0].Hidden.Bias.ToArray());
        Assert.Equal(5, loaded.Classifier!.Inputs);
        Assert.Contains("dbm", Assert.Throws<InvalidInputException>(() => DeepBoltzmannFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_do_not_chain_and_values_that_are_not_finite_are_refused()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Combine(directory.FullPath, "wrong");
        Write(path, [4, 3], [2, 5], float.Pi);
        Assert.Contains("weights_0", Assert.Throws<InvalidInputException>(() => DeepBoltzmannFile.Load(path)).Message, StringComparison.Ordinal);
        Write(path, [4, 3], [3, 2], float.NaN);
        Assert.Throws<InvalidInputException>(() => DeepBoltzmannFile.Load(path));
    }

    [Fact]
    public void A_resumed_deep_boltzmann_machine_ends_with_the_same_bytes()
    {
        using TemporaryDirectory directory = new();
        string whole = Path.Combine(directory.FullPath, "whole");
        string resumed = Path.Combine(directory.FullPath, "resumed");
        string checkpoint = Path.Combine(directory.FullPath, "checkpoint");
        DeepBoltzmannOptions options = new() { Epochs = 3, BatchSize = 40, Threads = 1 };
        using (DeepBoltzmannTrainer trainer = new(DeepInitializer.Normal(Data(), [8, 6], 1), Data(), options))
        {
            for (int update = 0; update < 4; update++)
            {
                trainer.Step();
            }

            DeepBoltzmannFile.SaveCheckpoint(checkpoint, trainer, "data");
            trainer.Run();
            DeepBoltzmannFile.Save(whole, trainer.Machine);
        }

        using DeepBoltzmannTrainer second = DeepBoltzmannFile.ResumeCheckpoint(checkpoint, Data(), "data", options);
        second.Run();
        DeepBoltzmannFile.Save(resumed, second.Machine);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
        string message = Assert.Throws<InvalidInputException>(() => DeepBoltzmannFile.ResumeCheckpoint(checkpoint, Data(), "data", options with { Steps = 3 })).Message;
        Assert.Contains("steps 1 in the checkpoint, 3 now", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resumed_tuning_ends_with_the_same_bytes()
    {
        using TemporaryDirectory directory = new();
        string whole = Path.Combine(directory.FullPath, "whole");
        string resumed = Path.Combine(directory.FullPath, "resumed");
        string checkpoint = Path.Combine(directory.FullPath, "checkpoint");
        Dataset data = Data().WithLabels([.. Enumerable.Range(0, 90).Select(static row => (byte)(row % 3))]);
        ClassifierOptions options = new() { Epochs = 4, BatchSize = 30, Threads = 1, HiddenDropout = 0.2 };
        DeepBoltzmannMachine machine = DeepInitializer.Normal(data, [8, 6], 1);
        machine.Classifier = machine.ToNetwork(3);
        using (ClassifierTrainer trainer = new(machine.Classifier, new PosteriorRows(machine, data, 3), options))
        {
            trainer.Step();
            trainer.Step();
            DeepBoltzmannFile.SaveTuning(checkpoint, machine, trainer, "data");
            trainer.Run();
            DeepBoltzmannFile.Save(whole, machine);
        }

        using ClassifierTrainer second = DeepBoltzmannFile.ResumeTuning(checkpoint, loaded => new PosteriorRows(loaded, data, 3), "data", options, out DeepBoltzmannMachine again);
        second.Run();
        DeepBoltzmannFile.Save(resumed, again);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
        Assert.Throws<ArgumentException>(() => DeepBoltzmannFile.SaveTuning(checkpoint, machine, second, "data"));
    }

    private static BitDataset Data() =>
        BitDataset.FromBytes("bits", 90, 10, [.. Enumerable.Range(0, 900).Select(static i => (byte)(i * 7 % 11 < 4 ? 1 : 0))]);

    private static void Write(string path, int[] first, int[] second, float value)
    {
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.DeepBoltzmann, null);
        Matrix[] weights = [new(first[0], first[1]), new(second[0], second[1])];
        weights[1][0, 0] = value;
        ModelFile.AddMatrix(writer, "weights_0", weights[0]);
        ModelFile.AddMatrix(writer, "weights_1", weights[1]);
        int[] layers = [first[0], first[1], second[1]];
        for (int layer = 0; layer < 3; layer++)
        {
            float[] bias = new float[layers[layer]];
            writer.Add<float>($"bias_{layer}", [bias.Length], _ => bias);
        }

        writer.Save(path);
    }
}
