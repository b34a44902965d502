using System.Text.Json;

namespace FastRbm.Tests.Cli;

public sealed class JemCommandTests
{
    private static readonly string[] _small =
        ["train", "--model", "jem", "--data", "strokes", "--limit", "120", "--layers", "12,10", "--epochs", "2", "--batch-size", "20", "--buffer", "40", "--langevin-steps", "2"];

    [Fact]
    public void A_model_is_trained_sampled_measured_and_inspected()
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        string[] lines = CommandRun.InProcess([.. _small, "--output", model, "--images", place["pictures"], "--json"]).Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        JsonElement last = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(12, last.GetProperty("updates").GetInt32());
        Assert.True(last.GetProperty("classifier_loss").GetDouble() > 0);
        Assert.Equal(6, Directory.GetFiles(place["pictures"]).Length);
        CommandRun.InProcess("sample", "--model", model, "--each-label", "--count", "10", "--steps", "3", "--output", place["a.png"]).Succeeds();
        CommandRun.InProcess("sample", "--model", model, "--algorithm", "mala", "--langevin-step-size", "0.00001", "--start", "data", "--data", "strokes", "--count", "3", "--steps", "3", "--output", place["a.npy"]).Succeeds();
        Assert.True(File.Exists(place["a.png"]) && File.Exists(place["a.npy"]));
        JsonElement measured = JsonDocument.Parse(CommandRun.InProcess("evaluate", "--model", model, "--data", "strokes:test", "--outliers", "strokes", "--limit", "60", "--json").Succeeds().Output).RootElement;
        Assert.InRange(measured.GetProperty("outlier_roc_area_of_density").GetDouble(), 0, 1);
        Assert.InRange(measured.GetProperty("error_percent").GetDouble(), 0, 100);
        Assert.Contains("784 x 12 swish", CommandRun.InProcess("inspect", "--model", model).Succeeds().Output, StringComparison.Ordinal);
        CommandRun.InProcess("classify", "--model", model, "--data", "strokes:test", "--limit", "60").Succeeds();
    }

    [Fact]
    public void A_resumed_run_is_the_whole_run()
    {
        using Workplace place = new();
        string[] rate = ["--learning-rate-schedule", "constant"];
        CommandRun.InProcess([.. _small, .. rate, "--threads", "1", "--output", place["a.safetensors"], "--checkpoint", place["c.safetensors"]]).Succeeds();
        CommandRun.InProcess([.. _small, .. rate, "--threads", "2", "--output", place["b.safetensors"], "--checkpoint", place["c.safetensors"], "--resume"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["a.safetensors"]), File.ReadAllBytes(place["b.safetensors"]));
        CommandRun.InProcess([.. _small, .. rate, "--data-noise", "0.2", "--output", place["b.safetensors"], "--checkpoint", place["c.safetensors"], "--resume"]).Fails(1, "jem options");
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        using Workplace place = new();
        CommandRun.InProcess("train", "--model", "jem", "--data", "strokes", "--limit", "120", "--layers", "3,x", "--output", place["m.safetensors"]).Fails(2, "--layers", "3,x");
        CommandRun.InProcess([.. _small, "--langevin-step-size", "0", "--output", place["m.safetensors"]]).Fails(1, "step size");
        CommandRun.InProcess([.. _small, "--activation", "relu", "--output", place["m.safetensors"]]).Fails(2, "--activation", "relu");
        CommandRun.InProcess([.. _small, "--learning-rate", "900", "--warm-up", "0", "--output", place["m.safetensors"]]).Fails(1, "diverged");
        Assert.True(File.Exists(place["m.last-good.safetensors"]));
        Assert.False(File.Exists(place["m.safetensors"]));
    }
}
