using System.Text.Json;
using FastRbm.Data;
using FastRbm.Kernels.Simd;

namespace FastRbm.Tests.Cli;

public sealed class EvaluateMethodTests
{
    private static readonly string[] _names =
    [
        "rows", "mean_free_energy", "log_partition_function", "log_partition_function_lower", "log_partition_function_upper", "log_likelihood",
        "log_likelihood_lower", "log_likelihood_upper", "effective_sample_size", "verdict", "method",
    ];

    [Fact]
    public void Annealing_prints_eleven_figures_that_agree_with_each_other_and_with_the_exact_ones()
    {
        using Workplace place = new();
        string[] args = ["evaluate", "--model", place.Model(16, 3), "--data", "bars-and-stripes"];
        JsonElement exact = Json([.. args, "--method", "exact"]);
        string[] ais = [.. args, "--method", "ais", "--chains", "20", "--temperatures", "50"];
        JsonElement found = Json(ais);
        string[] lines = CommandRun.InProcess(ais).Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(_names, lines.Select(static line => line.Split(' ')[0]));
        Assert.Equal(_names, found.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("ais", found.GetProperty("method").GetString());
        Assert.Equal("trust: bracket 0.1 nat", found.GetProperty("verdict").GetString());
        double logZ = Number("log_partition_function");
        Assert.Equal(exact.GetProperty("log_partition_function").GetDouble(), logZ, 0.02);
        Assert.InRange(logZ, Number("log_partition_function_lower"), Number("log_partition_function_upper"));
        Assert.Equal(-Number("mean_free_energy") - logZ, Number("log_likelihood"), 1e-12);
        Assert.Equal(-Number("mean_free_energy") - Number("log_partition_function_upper"), Number("log_likelihood_lower"), 1e-12);
        Assert.Equal(-Number("mean_free_energy") - Number("log_partition_function_lower"), Number("log_likelihood_upper"), 1e-12);
        Assert.InRange(Number("effective_sample_size"), 10, 20);

        double Number(string name) => found.GetProperty(name).GetDouble();
    }

    [Fact]
    public void Reverse_annealing_prints_a_likelihood_near_the_exact_one()
    {
        using Workplace place = new();
        string[] args = ["evaluate", "--model", place.Model(16, 3), "--data", "bars-and-stripes"];
        JsonElement found = Json([.. args, "--method", "raise", "--chains", "5", "--temperatures", "200"]);
        Assert.Equal(Json([.. args, "--method", "exact"]).GetProperty("log_likelihood").GetDouble(), found.GetProperty("log_likelihood").GetDouble(), 0.05);
        Assert.Equal("raise", found.GetProperty("method").GetString());
        Assert.False(found.TryGetProperty("log_partition_function", out _));
    }

    [Fact]
    public void Small_models_are_enumerated_and_large_ones_annealed()
    {
        using Workplace place = new();
        Assert.Equal("exact", Json("evaluate", "--model", place.Model(784, 3), "--data", "strokes", "--limit", "2").GetProperty("method").GetString());
        Assert.Equal(
            "ais", Json("evaluate", "--model", place.Model(784, 60), "--data", "strokes:test", "--limit", "2", "--chains", "3", "--temperatures", "4").GetProperty("method").GetString());
    }

    [Fact]
    public void The_base_rates_are_those_of_the_training_split_unless_others_are_named()
    {
        using Workplace place = new();
        string[] args = ["evaluate", "--model", place.Model(784, 3), "--method", "ais", "--chains", "4", "--temperatures", "5", "--data", "strokes:test", "--limit", "20"];
        string usual = CommandRun.InProcess(args).Succeeds().Output;
        Assert.Equal(usual, CommandRun.InProcess([.. args, "--base-data", "strokes"]).Succeeds().Output);
        Assert.NotEqual(usual, CommandRun.InProcess([.. args, "--base-data", "strokes:validation"]).Succeeds().Output);
        CommandRun other = CommandRun.InProcess([.. args, "--base-data", "bars-and-stripes"]);
        Assert.Equal(1, other.Code);
        Assert.Contains("bars-and-stripes: expected rows of 784 values", other.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["strokes", "strokes", "strokes:train", "xor", "mnist", "some/file:test"],
            ((string[])["strokes:test", "strokes", "strokes:train", "xor", "mnist:test", "some/file:test"]).Select(NamedDatasets.TrainingSplitOf));
    }

    [Fact]
    public void Every_simd_level_and_number_of_threads_gives_the_same_figures()
    {
        using Workplace place = new();
        string[] args = ["evaluate", "--model", place.Model(784, 60), "--data", "strokes", "--limit", "30", "--method", "ais", "--chains", "9", "--temperatures", "9", "--json"];
        string expected = CommandRun.InProcess([.. args, "--threads", "1"]).Succeeds().Output;
        foreach (string level in (string[])["scalar", "128", "256", "512"])
        {
            Assert.Equal(expected, CommandRun.InChild([.. args, "--threads", "2"], (SimdSelection.VariableName, level)).Succeeds().Output);
        }

        Assert.NotEqual(expected, CommandRun.InProcess([.. args, "--seed", "99"]).Succeeds().Output);
    }

    [Theory]
    [InlineData("--chains", "0", "--chains")]
    [InlineData("--temperatures", "1", "--temperatures")]
    [InlineData("--method", "guess", "exact, ais, raise")]
    public void Options_that_mean_nothing_are_usage_errors(string option, string value, string word) =>
        CommandRun.InProcess("evaluate", "--model", "m", "--data", "xor", option, value).Fails(2, word, value);

    private static JsonElement Json(params string[] args) => JsonDocument.Parse(CommandRun.InProcess([.. args, "--json"]).Succeeds().Output).RootElement;
}
