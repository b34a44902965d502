using System.Text.Json;

namespace FastRbm.Tests.Cli;

public sealed class HopfieldCommandTests
{
    [Theory]
    [InlineData("pairwise")]
    [InlineData("polynomial:3")]
    [InlineData("exponential")]
    [InlineData("softmax:0.2")]
    public void A_network_is_trained_recalled_evaluated_and_looked_into(string form)
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        JsonElement trained = Json(CommandRun.InProcess("train", "--model", "hopfield", "--data", "strokes", "--limit", "12", "--form", form, "--output", model, "--json").Succeeds(model));
        Assert.Equal((784, 12), (trained.GetProperty("units").GetInt32(), trained.GetProperty("patterns").GetInt32()));
        string picture = place["recall.png"];
        CommandRun recall = CommandRun.InProcess("recall", "--model", model, "--flip", "0.1", "--output", picture, "--each", "--json").Succeeds(picture);
        string[] lines = recall.Output.TrimEnd().Split('\n');
        Assert.Equal(13, lines.Length);
        Assert.Equal(12, JsonDocument.Parse(lines[^1]).RootElement.GetProperty("probes").GetInt32());
        Assert.True(File.Exists(picture));
        Assert.Equal(recall.Output, CommandRun.InProcess("recall", "--model", model, "--flip", "0.1", "--each", "--json", "--threads", "2").Succeeds().Output);
        CommandRun.InProcess(
            "recall", "--model", model, "--data", "strokes:test", "--limit", "3", "--mask", "lower", "--mode", "sync", "--sweeps", "5", "--output", place["a.npy"]).Succeeds();
        string[] evaluated = CommandRun.InProcess("evaluate", "--model", model, "--probes", "5", "--sweeps", "5", "--json").Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(10, evaluated.Length);
        JsonElement inspected = Json(CommandRun.InProcess("inspect", "--model", model, "--json").Succeeds());
        Assert.Equal("hopfield", inspected.GetProperty("model").GetString());
        Assert.InRange(inspected.GetProperty("patterns_unchanged_by_an_update").GetDouble(), 0, 1);
    }

    [Theory]
    [InlineData("storkey", "binary")]
    [InlineData("pseudo-inverse", "spin")]
    public void Other_rules_keep_correlated_patterns(string rule, string units)
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        CommandRun.InProcess(
            "train", "--model", "hopfield", "--data", "bars-and-stripes", "--limit", "3", "--rule", rule, "--units", units, "--output", model).Succeeds();
        CommandRun.InProcess("recall", "--model", model, "--order", "random").Succeeds();
        CommandRun.InProcess("inspect", "--model", model).Succeeds();
    }

    [Fact]
    public void Wrong_options_are_usage_errors_and_wrong_files_failures()
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        string[] train = ["train", "--model", "hopfield", "--data", "bars-and-stripes", "--output", model];
        CommandRun.InProcess([.. train, "--form", "cubic"]).Fails(2, "--form", "cubic");
        CommandRun.InProcess([.. train, "--form", "polynomial:1"]).Fails(2, "--form", "polynomial:1");
        CommandRun.InProcess([.. train, "--form", "exponential", "--rule", "hebb"]).Fails(2, "--form", "--rule");
        CommandRun.InProcess([.. train, "--rule", "delta"]).Fails(2, "--rule", "delta");
        CommandRun.InProcess([.. train, "--drop-dependent"]).Fails(2, "--drop-dependent", "pseudo-inverse");
        CommandRun.InProcess([.. train, "--rule", "pseudo-inverse"]).Fails(1, "pattern", "depends");
        Assert.False(File.Exists(model));
        CommandRun.InProcess([.. train, "--rule", "pseudo-inverse", "--drop-dependent"]).Succeeds("left out");
        CommandRun.InProcess("recall", "--model", model, "--flip", "2").Fails(2, "--flip");
        CommandRun.InProcess("recall", "--model", model, "--limit", "100").Fails(2, "--limit", "100");
        CommandRun.InProcess("recall", "--model", model, "--data", "and").Fails(1, "rows of 16 values");
        CommandRun.InProcess("recall", "--model", model, "--output", model).Fails(2, "--output");
        CommandRun.InProcess("recall", "--model", model, "--mask", "missing").Fails(2, "--mask");
        CommandRun.InProcess("recall", "--model", place.Model(16, 2)).Fails(1, "hopfield");
    }

    private static JsonElement Json(CommandRun run) => JsonDocument.Parse(run.Output).RootElement;
}
