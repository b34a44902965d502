using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

/// <summary>What all kinds of models have in common on the command line, and what happens where they are mixed up.</summary>
public sealed class FamilyCommandTests
{
    private static readonly (string Kind, Func<string, object> Load)[] _loaders =
    [
        (ModelKinds.Rbm, ModelFile.Load),
        (ModelKinds.Boltzmann, BoltzmannFile.Load),
        (ModelKinds.Hopfield, HopfieldFile.Load),
        (ModelKinds.Subspace, SubspaceFile.Load),
        (ModelKinds.Classifier, ClassificationFile.Load),
        (ModelKinds.DeepBelief, DeepBeliefFile.Load),
        (ModelKinds.DeepBoltzmann, DeepBoltzmannFile.Load),
        (ModelKinds.EnergyNetwork, EnergyNetworkFile.Load),
    ];

    public static TheoryData<string> Kinds() => [.. _loaders.Select(static loader => loader.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_is_trained_sampled_evaluated_and_looked_into_and_no_other_loader_takes_its_file(string kind)
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        string data = kind is ModelKinds.Classifier or ModelKinds.DeepBelief or ModelKinds.EnergyNetwork ? "strokes" : "bars-and-stripes";
        CommandRun.InProcess(["train", "--model", kind, "--data", data, "--limit", "30", "--output", model, .. Options(kind)]).Succeeds();
        Assert.Equal(kind, ModelFile.KindOf(model));
        CommandRun.InProcess("sample", "--model", model, "--count", "4", "--steps", "3", "--output", place["s.npy"]).Succeeds();
        Assert.True(new FileInfo(place["s.npy"]).Length > 128);
        string[] rows = kind == ModelKinds.Hopfield ? [] : ["--data", data, "--limit", "10"];
        Assert.NotEmpty(CommandRun.InProcess(["evaluate", "--model", model, "--json", .. rows]).Succeeds().Output);
        Assert.NotEmpty(CommandRun.InProcess("inspect", "--model", model, "--json").Succeeds().Output);

        foreach ((string other, Func<string, object> load) in _loaders.Where(loader => loader.Kind != kind))
        {
            string message = Assert.Throws<InvalidInputException>(() => load(model)).Message;
            Assert.Contains(kind, message, StringComparison.Ordinal);
            Assert.Contains(other, message, StringComparison.Ordinal);
        }

        if (kind != ModelKinds.Rbm)
        {
            CommandRun.InProcess("diagnose", "--model", model).Fails(1, kind, ModelKinds.Rbm);
            CommandRun.InProcess("complete", "--model", model, "--data", data, "--mask", "lower", "--output", place["c.npy"]).Fails(1, kind, ModelKinds.Rbm);
        }

        if (kind != ModelKinds.Hopfield)
        {
            CommandRun.InProcess("recall", "--model", model).Fails(1, kind, ModelKinds.Hopfield);
        }

        if (kind is ModelKinds.Rbm or ModelKinds.Boltzmann or ModelKinds.Hopfield or ModelKinds.Subspace)
        {
            CommandRun.InProcess("classify", "--model", model, "--data", data).Fails(1, "classes", kind);
        }
    }

    [Fact]
    public void A_kind_that_there_is_not_is_told_with_those_that_there_are()
    {
        CommandRun.InProcess("train", "--model", "perceptron", "--output", "x").Fails(2, "--model", "hopfield", "perceptron");
        CommandRun.InProcess("train", "--model=perceptron", "--output", "x").Fails(2, "--model", "perceptron");
        CommandRun.InProcess("train", "--model", "hopfield", "--hidden", "3", "--output", "x").Fails(2, "--hidden");
    }

    [Fact]
    public void Help_for_a_kind_names_its_own_options()
    {
        Assert.Contains("--rule", CommandRun.InProcess("train", "--model", "hopfield", "--help").Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("--gates", CommandRun.InProcess("train", "--model:subspace", "--help").Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("--hidden", CommandRun.InProcess("train", "--help").Succeeds().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelKinds.Boltzmann, "bars-and-stripes", "--epochs", "30", "--algorithm", "pcd")]
    [InlineData(ModelKinds.Hopfield, "strokes", "--limit", "40", "--rule", "storkey")]
    [InlineData(ModelKinds.Classifier, "strokes", "--limit", "300", "--hidden", "70", "--epochs", "2")]
    [InlineData(ModelKinds.EnergyNetwork, "strokes", "--limit", "200", "--layers", "50,30", "--epochs", "2", "--langevin-steps", "3")]
    public void Threads_and_SIMD_levels_cannot_be_seen_in_models_and_samples(string kind, string data, params string[] options)
    {
        using Workplace place = new();
        (byte[] model, byte[] samples) = Run("1", "scalar");
        foreach ((string threads, string level) in new[] { ("2", "128"), ("1", "256"), ("3", "512") })
        {
            (byte[] otherModel, byte[] otherSamples) = Run(threads, level);
            Assert.Equal(model, otherModel);
            Assert.Equal(samples, otherSamples);
        }

        (byte[] Model, byte[] Samples) Run(string threads, string level)
        {
            (string path, string drawn) = (place["model.safetensors"], place["samples.npy"]);
            string[] team = kind == ModelKinds.Hopfield ? [] : ["--threads", threads];
            CommandRun.InChild(["train", "--model", kind, "--data", data, "--output", path, .. options, .. team], ("FASTRBM_SIMD", level)).Succeeds();
            CommandRun.InChild(
                ["sample", "--model", path, "--count", "70", "--steps", "20", "--output", drawn, "--threads", threads], ("FASTRBM_SIMD", level)).Succeeds();
            return (File.ReadAllBytes(path), File.ReadAllBytes(drawn));
        }
    }

    private static string[] Options(string kind) => kind switch
    {
        ModelKinds.Hopfield => [],
        ModelKinds.Rbm => ["--hidden", "4", "--epochs", "1"],
        ModelKinds.Boltzmann => ["--epochs", "1"],
        ModelKinds.Subspace => ["--gates", "3", "--subspace", "2", "--epochs", "1"],
        ModelKinds.Classifier => ["--hidden", "4", "--epochs", "1"],
        ModelKinds.DeepBelief => ["--layers", "8,6", "--epochs", "1", "--batch-size", "10"],
        ModelKinds.DeepBoltzmann => ["--layers", "8,6", "--epochs", "1", "--start-epochs", "1", "--batch-size", "10"],
        _ => ["--layers", "8", "--epochs", "1", "--langevin-steps", "2", "--batch-size", "10"],
    };
}
