using FastRbm.Errors;
using FastRbm.Models.Networks;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Networks;
using FastRbm.Tests.Training.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Tests.Serialization;

public sealed class EnergyNetworkFileTests
{
    [Fact]
    public void A_model_comes_back_with_its_bits()
    {
        using TemporaryDirectory place = new();
        string path = Path.Combine(place.FullPath, "model.safetensors");
        EnergyNetwork model = new(NetworkCases.Make(3, UnitFunction.Softplus, 7, 6, 5, 4), new EnergyNetworkOptions { Bound = double.PositiveInfinity, Confinement = 0.1, DataScale = 0.3, DataOffset = 1 });
        EnergyNetworkFile.Save(path, model, new Dictionary<string, string> { ["note"] = "a" });
        EnergyNetwork loaded = EnergyNetworkFile.Load(path);
        Assert.Equal(model.Options, loaded.Options);
        Assert.Equal(ClassifierTrainerTests.Parameters(model.Network), ClassifierTrainerTests.Parameters(loaded.Network));
        Assert.Equal(model.Network.Layers.Select(static layer => layer.Function), loaded.Network.Layers.Select(static layer => layer.Function));
        Assert.Equal("a", EnergyNetworkFile.LoadMetadata(path)["note"]);
        Assert.Equal(ModelKinds.EnergyNetwork, ModelFile.KindOf(path));
        Assert.Throws<InvalidInputException>(() => ModelFile.Load(path));
        Assert.Throws<ArgumentException>(() => EnergyNetworkFile.Save(path, model, new Dictionary<string, string> { ["bound"] = "2" }));
    }

    [Fact]
    public void Files_that_are_no_energy_network_are_refused()
    {
        using TemporaryDirectory place = new();
        string path = Path.Combine(place.FullPath, "model.safetensors");
        Refuses(static _ => { }, "weights_0");
        Refuses(static writer => Add(writer, (4, 3), (2, 2)), "weights_1");
        Refuses(static writer => Add(writer, (4, 3), (3, 1)), "classes");
        Refuses(static writer => { Add(writer, (4, 3), (3, 2)); writer.SetMetadata("functions", "swish,relu"); }, "linear outputs");
        Refuses(static writer => { Add(writer, (4, 3), (3, 2)); writer.SetMetadata("functions", "swish,steps"); }, "steps");
        Refuses(static writer => { Add(writer, (4, 3), (3, 2)); writer.SetMetadata("bound", "-1"); }, "bound");
        Refuses(static writer => { Add(writer, (4, 3), (3, 2)); writer.SetMetadata("bound", "infinity"); }, "confinement");

        void Refuses(Action<SafetensorsWriter> fill, string what)
        {
            SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.EnergyNetwork, null);
            foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)[("functions", "swish,linear"), ("bound", "1"), ("confinement", "0"), ("data_scale", "2"), ("data_offset", "-1")])
            {
                writer.SetMetadata(key, value);
            }

            fill(writer);
            writer.Save(path);
            Assert.Contains(what, Assert.Throws<InvalidInputException>(() => EnergyNetworkFile.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_resumed_run_writes_the_same_bytes()
    {
        using TemporaryDirectory place = new();
        string checkpoint = Path.Combine(place.FullPath, "run.safetensors");
        TestLabelledRows rows = ClassifierTrainerTests.Rows(30);
        JemOptions options = new() { BatchSize = 8, BufferSize = 20, Epochs = 3, LangevinSteps = 3, Threads = 1 };
        EnergyNetwork Model() => new(NetworkCases.Make(4, UnitFunction.Swish, 20, 14, 3), new EnergyNetworkOptions());
        using JemTrainer whole = new(Model(), rows, options);
        whole.Run();
        using JemTrainer part = new(Model(), rows, options);
        for (int update = 0; update < 5; update++)
        {
            part.Step();
        }

        EnergyNetworkFile.SaveCheckpoint(checkpoint, part, "data");
        using JemTrainer resumed = EnergyNetworkFile.ResumeCheckpoint(checkpoint, rows, "data", options with { Threads = 2 });
        resumed.Run();
        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Contains("jem options", Assert.Throws<InvalidInputException>(() => EnergyNetworkFile.ResumeCheckpoint(checkpoint, rows, "data", options with { Seed = 9 })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => EnergyNetworkFile.ResumeCheckpoint(checkpoint, rows, "other", options));

        byte[] Bytes(JemTrainer trainer)
        {
            string path = Path.Combine(place.FullPath, "final.safetensors");
            EnergyNetworkFile.SaveCheckpoint(path, trainer, "data");
            return File.ReadAllBytes(path);
        }
    }

    private static void Add(SafetensorsWriter writer, params ReadOnlySpan<(int Inputs, int Outputs)> layers)
    {
        for (int layer = 0; layer < layers.Length; layer++)
        {
            (int inputs, int outputs) = layers[layer];
            writer.Add<float>($"weights_{layer}", [inputs, outputs], _ => new float[outputs]);
            writer.Add<float>($"bias_{layer}", [outputs], _ => new float[outputs]);
        }
    }
}
