using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Cli;

public sealed class DiagnoseCommandTests
{
    private const string Toy = "reference-models/toy-784x15.safetensors";

    private static readonly string[] _few = ["--chains", "20", "--sweeps", "40"];

    [Fact]
    public void A_small_model_and_its_data_give_a_verdict_and_rows_that_agree_with_the_json_ones()
    {
        using Workplace place = new();
        string[] args = ["diagnose", "--model", place.Model(16, 3), "--data", "bars-and-stripes", .. _few];
        CommandRun run = CommandRun.InProcess(args).Succeeds();
        Assert.Empty(run.Error);
        string[][] rows = [.. run.Output.TrimEnd().Split('\n').Select(static line => line.Split("  ", 2, StringSplitOptions.TrimEntries))];
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess([.. args, "--json"]).Succeeds().Output).RootElement;
        Assert.Equal(report.EnumerateObject().Select(static figure => figure.Name), rows.Select(static row => row[0]));
        Assert.Equal(("mixes", 10, 10, 40), (Word("verdict"), Number("random_chains"), Number("data_chains"), Number("sweeps")));
        Assert.StartsWith("mixes: ", Word("explanation"), StringComparison.Ordinal);
        Assert.Equal(32, Number("data_rows"));
        Assert.Equal(Number("free_energy_mean"), double.Parse(rows.Single(static row => row[0] == "free_energy_mean")[1], CultureInfo.InvariantCulture), 1e-4);
        Assert.InRange(Number("from_random_adversarial_accuracy"), 0, 1);
        Assert.InRange(Number("from_data_pair_error"), 0.001, 0.5);
        string Word(string name) => report.GetProperty(name).GetString()!;
        double Number(string name) => report.GetProperty(name).GetDouble();
    }

    [Fact]
    public void Without_data_the_figures_that_need_them_are_left_out_or_nothing()
    {
        using Workplace place = new();
        string[] args = ["diagnose", "--model", place.Model(5, 2), .. _few];
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess([.. args, "--json"]).Succeeds().Output).RootElement;
        Assert.Equal(JsonValueKind.Null, report.GetProperty("start_rhat").ValueKind);
        Assert.False(report.TryGetProperty("data_rows", out _));
        Assert.Matches("(?m)^start_rhat +-$", CommandRun.InProcess(args).Succeeds().Output);
    }

    [Fact]
    public void Pictures_are_saved_and_those_of_chains_only_where_rows_are_images()
    {
        using Workplace place = new();
        CommandRun.InProcess(["diagnose", "--model", place.Model(16, 3), "--data", "bars-and-stripes", .. _few, "--images", place["all"]]).Succeeds();
        Assert.Equal(
            ["autocorrelation.svg", "chains-end.png", "chains-start.png", "spectrum.svg", "trace-active-units.svg", "trace-free-energy.svg"],
            Directory.GetFiles(place["all"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (string chart in Directory.GetFiles(place["all"], "*.svg"))
        {
            Assert.Equal("svg", XDocument.Load(chart).Root!.Name.LocalName);
        }

        CommandRun run = CommandRun.InProcess(["diagnose", "--model", place.Model(5, 3), .. _few, "--images", place["line"]]).Succeeds();
        Assert.Contains("aren't images", run.Error, StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFiles(place["line"]).Length);
    }

    [Fact]
    public void Threads_and_SIMD_levels_cannot_be_seen_in_report_and_pictures()
    {
        using Workplace place = new();
        string model = place["model"];
        Rbm rbm = Rbm.Binary(100, 60);
        rbm.Edit(static (weights, _, _) =>
        {
            SplitMix64 random = new(1);
            for (int i = 0; i < 100; i++)
            {
                random.NextFloats(60, -0.3f, 0.3f).CopyTo(weights.GetRowSpan(i));
            }
        });
        ModelFile.Save(model, rbm);
        string expected = Diagnose("1", "scalar");
        Assert.Equal(expected, Diagnose("2", "256"));
        Assert.Equal(expected, Diagnose("2", "512"));
        Assert.Equal(expected, Diagnose("1", "128"));

        string Diagnose(string threads, string level)
        {
            // 200 x 100 x 60 products are enough for a second thread.
            CommandRun run = CommandRun.InChild(
                ["diagnose", "--model", model, "--chains", "200", "--sweeps", "40", "--threads", threads, "--json", "--images", place["pictures"]],
                ("FASTRBM_SIMD", level));
            string contents = run.Succeeds().Output + place.Contents();
            Directory.Delete(place["pictures"], recursive: true);
            return contents;
        }
    }

    [Fact]
    public void The_published_model_of_15_hidden_units_does_not_mix()
    {
        string? model = TestData.FindPath(Toy);
        Assert.SkipWhen(model is null, "The reference models aren't here.");
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess(
            "diagnose", "--model", model, "--data", "binarized-mnist:test", "--chains", "100", "--sweeps", "400", "--json").Succeeds().Output).RootElement;
        Assert.Equal("does_not_mix", report.GetProperty("verdict").GetString());
        Assert.Contains("from data and at random still differ", report.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.True(report.GetProperty("from_random_mean_error").GetDouble() > report.GetProperty("from_data_mean_error").GetDouble());
    }

    [Theory]
    [InlineData("--chains", "3")]
    [InlineData("--chains", "many")]
    [InlineData("--sweeps", "31")]
    [InlineData("--sweeps", "2000000000")]
    [InlineData("--threads", "0")]
    [InlineData("--seed", "-1")]
    public void Options_out_of_range_are_usage_errors_that_name_them(string option, string value)
    {
        using Workplace place = new();
        string before = place.Contents();
        CommandRun.InProcess("diagnose", "--model", place["x"], "--images", place["i"], option, value).Fails(2, option + ": expected", value);
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public void Bad_models_data_and_directories_are_named_and_nothing_is_written()
    {
        using Workplace place = new();
        string model = place.Model(9, 2);
        File.WriteAllText(place["text"], "no model");
        string before = place.Contents();
        CommandRun.InProcess("diagnose").Fails(2, "--model");
        CommandRun.InProcess("diagnose", "--model", place["none"], "--images", place["i"]).Fails(1, place["none"]);
        CommandRun.InProcess("diagnose", "--model", place["text"], "--images", place["i"]).Fails(1, place["text"]);
        CommandRun.InProcess("diagnose", "--model", model, "--data", "bars-and-stripes", "--images", place["i"]).Fails(1, "bars-and-stripes", "9", "16", model);
        CommandRun.InProcess("diagnose", "--model", model, "--data", place["none"], "--images", place["i"]).Fails(1, place["none"]);
        CommandRun.InProcess("diagnose", "--model", model, "--images", place["text"]).Fails(1, place["text"], "directory");
        Assert.Equal(before, place.Contents());
    }
}
