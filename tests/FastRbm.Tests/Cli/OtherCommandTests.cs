using System.Globalization;
using System.Text.Json;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Cli;

public sealed class OtherCommandTests
{
    private const string Toy = "reference-models/toy-784x15.safetensors";
    private const string Published = "reference-models/cd25-784x500.safetensors";

    [Fact]
    public void The_published_model_has_its_published_partition_function_and_likelihood()
    {
        string? model = TestData.FindPath(Toy);
        Assert.SkipWhen(model is null, "The reference models aren't here.");
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess(
            "evaluate", "--model", model, "--data", "binarized-mnist:test", "--method", "exact", "--json").Succeeds().Output).RootElement;
        Assert.Equal(215.1384055253, report.GetProperty("log_partition_function").GetDouble(), 1e-6);
        Assert.Equal(-172.5736, report.GetProperty("log_likelihood").GetDouble(), 1e-3);
        Assert.Equal(10000, report.GetProperty("rows").GetInt32());
        Assert.Equal("exact", report.GetProperty("method").GetString());
    }

    [Fact]
    public void Evaluation_prints_five_figures_that_agree_with_the_json_ones()
    {
        using Workplace place = new();
        string[] args = ["evaluate", "--model", place.Model(16, 3), "--data", "bars-and-stripes"];
        string[] lines = CommandRun.InProcess(args).Succeeds().Output.TrimEnd().Split('\n');
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess([.. args, "--json"]).Succeeds().Output).RootElement;
        Assert.Equal(
            ["rows", "mean_free_energy", "log_partition_function", "log_likelihood", "method"], lines.Select(line => line.Split(' ')[0]));
        Assert.Equal(report.GetProperty("log_likelihood").GetDouble(), double.Parse(lines[3].Split(' ')[^1], CultureInfo.InvariantCulture), 1e-9);
    }

    [Fact]
    public void Grey_data_are_thresholded_for_evaluation_and_the_user_is_told()
    {
        using Workplace place = new();
        (string images, _, _) = place.Images(4);
        CommandRun run = CommandRun.InProcess("evaluate", "--model", place.Model(784, 3), "--data", images, "--limit", "2").Succeeds();
        Assert.Contains("grey levels", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("rows                    2\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_too_large_to_enumerate_is_refused_with_the_limit()
    {
        using Workplace place = new();
        CommandRun.InProcess("evaluate", "--model", place.Model(40, 31), "--data", "bars-and-stripes", "--method", "exact")
            .Fails(1, "hours", "--method ais", "30", "40 visible", "31 hidden", "given.safetensors");
    }

    [Fact]
    public void Tap_prints_an_approximation_between_proven_bounds()
    {
        using Workplace place = new();
        string model = place.Model(16, 4);
        CommandRun exact = CommandRun.InProcess("evaluate", "--model", model, "--data", "bars-and-stripes", "--method", "exact", "--json");
        CommandRun tap = CommandRun.InProcess("evaluate", "--model", model, "--data", "bars-and-stripes", "--method", "tap", "--json");
        Assert.Equal(0, tap.Code);
        using JsonDocument known = JsonDocument.Parse(exact.Output);
        using JsonDocument bounded = JsonDocument.Parse(tap.Output);
        double logZ = known.RootElement.GetProperty("log_partition_function").GetDouble();
        Assert.True(bounded.RootElement.GetProperty("log_partition_function_lower").GetDouble() <= logZ + 1e-9);
        Assert.True(bounded.RootElement.GetProperty("log_partition_function_upper").GetDouble() >= logZ - 1e-9);
        Assert.Contains("do not trust", bounded.RootElement.GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s.png")]
    [InlineData("s.npy")]
    public void The_same_seed_gives_the_same_samples_with_any_number_of_threads(string name)
    {
        using Workplace place = new();
        string model = place.Model(400, 60);
        byte[] Sample(string seed, string threads)
        {
            CommandRun.InProcess(
                "sample", "--model", model, "--count", "64", "--steps", "5", "--seed", seed, "--threads", threads, "--output", place[name]).Succeeds();
            return File.ReadAllBytes(place[name]);
        }

        byte[] first = Sample("3", "1");
        Assert.Equal(first, Sample("3", "2"));
        Assert.NotEqual(first, Sample("4", "1"));
    }

    [Fact]
    public void Samples_as_npy_are_bits_and_chains_can_start_from_data()
    {
        using Workplace place = new();
        string[] args = ["sample", "--model", place.Model(16, 3), "--count", "40", "--steps", "1", "--output", place["s.npy"]];
        CommandRun.InProcess([.. args, "--start", "data", "--data", "bars-and-stripes"]).Succeeds();
        Dataset samples = DatasetReader.Read(place["s.npy"]);
        Assert.Equal((40, 16, true), (samples.Rows, samples.Columns, samples.IsBinary));
        CommandRun.InProcess([.. args, "--start", "data"]).Fails(2, "--data");
        CommandRun.InProcess([.. args, "--data", "bars-and-stripes"]).Fails(2, "--start");
    }

    [Fact]
    public void States_and_means_are_different_pictures()
    {
        using Workplace place = new();
        string[] args = ["sample", "--model", place.Model(16, 3), "--steps", "2", "--output"];
        CommandRun.InProcess([.. args, place["means.png"]]).Succeeds();
        CommandRun.InProcess([.. args, place["states.png"], "--states"]).Succeeds();
        Assert.NotEqual(File.ReadAllBytes(place["means.png"]), File.ReadAllBytes(place["states.png"]));
    }

    [Theory]
    [InlineData("scalar", "1")]
    [InlineData("256", "2")]
    public void Tempered_samples_are_the_same_with_any_number_of_threads_and_vector_width(string simd, string threads)
    {
        using Workplace place = new();
        string[] args =
        [
            "sample", "--model", place.Model(150, 60), "--algorithm", "pt", "--levels", "4", "--count", "64", "--steps", "6", "--output",
        ];
        CommandRun expected = CommandRun.InProcess([.. args, place["expected.npy"], "--threads", "1"]).Succeeds();
        CommandRun found = CommandRun.InChild([.. args, place["found.npy"], "--threads", threads], ("FASTRBM_SIMD", simd)).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["expected.npy"]), File.ReadAllBytes(place["found.npy"]));
        Assert.Equal(expected.Error.Split('\n')[0], found.Error.Split('\n')[0]);
    }

    [Fact]
    public void Tempered_sampling_tells_its_swap_rates_and_starts_from_data()
    {
        using Workplace place = new();
        string[] args = ["sample", "--model", place.Model(16, 3), "--count", "40", "--steps", "20", "--output", place["s.npy"]];
        CommandRun run = CommandRun.InProcess([.. args, "--algorithm", "pt", "--start", "data", "--data", "bars-and-stripes"]).Succeeds();
        Assert.Empty(run.Output);
        string rates = run.Error.Split(':')[2].Split(';')[0];
        Assert.Equal(9, rates.Trim().Split(' ').Length);
        Assert.All(rates.Trim().Split(' '), rate => Assert.InRange(double.Parse(rate, CultureInfo.InvariantCulture), 0.2, 1));
        Assert.Contains("round trips", run.Error, StringComparison.Ordinal);
        CommandRun.InProcess([.. args, "--levels", "4"]).Fails(2, "--levels", "--algorithm pt");
        CommandRun.InProcess([.. args, "--algorithm", "pt", "--levels", "1"]).Fails(2, "--levels", "at least 2");
        CommandRun.InProcess([.. args, "--algorithm", "metropolis"]).Fails(2, "--algorithm", "gibbs, pt");
    }

    [Fact]
    public void Levels_that_hardly_swap_are_told()
    {
        using Workplace place = new();
        Rbm rbm = Translate.Engine(TwoModes.Model);
        rbm.Edit(static (weights, visibleBias, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                visibleBias[i] *= 20;
                foreach (ref float weight in weights.GetRowSpan(i))
                {
                    weight *= 20;
                }
            }
        });
        ModelFile.Save(place["cold.safetensors"], rbm);
        CommandRun run = CommandRun.InProcess(
            "sample", "--model", place["cold.safetensors"], "--algorithm", "pt", "--levels", "2", "--steps", "20", "--output", place["s.npy"]).Succeeds();
        Assert.Contains("hardly swap", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspection_shows_norms_spectrum_and_metadata_of_a_known_model()
    {
        using Workplace place = new();
        CommandRun run = CommandRun.InProcess("inspect", "--model", place.Model(4, 3), "--json", "--images", place["pictures"]).Succeeds();
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((4, 3), (report.GetProperty("visible").GetInt32(), report.GetProperty("hidden").GetInt32()));
        Assert.Equal(0.5, report.GetProperty("frobenius_norm").GetDouble());
        Assert.Equal(0.5, report.GetProperty("largest_l1_norm").GetDouble());
        Assert.Equal([0.5, 0, 0], report.GetProperty("singular_values").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 14)));
        Assert.Equal(0.5 / 12, report.GetProperty("weights").GetProperty("mean").GetDouble(), 1e-15);
        Assert.Equal(12, report.GetProperty("weights").GetProperty("histogram").EnumerateArray().Sum(count => count.GetInt32()));
        Assert.Equal("binary", report.GetProperty("metadata").GetProperty("visible_unit").GetString());
        Assert.True(File.Exists(Path.Combine(place["pictures"], "filters.png")));
    }

    [Fact]
    public void The_published_model_of_500_hidden_units_has_its_known_largest_norm()
    {
        string? model = TestData.FindPath(Published);
        Assert.SkipWhen(model is null, "The reference models aren't here.");
        JsonElement report = JsonDocument.Parse(CommandRun.InProcess("inspect", "--model", model, "--json").Succeeds().Output).RootElement;
        Assert.Equal(175.5, report.GetProperty("largest_l1_norm").GetDouble(), 0.5);
        Assert.Equal(23, report.GetProperty("fixed_point_bits").GetInt32());
        double frobenius = report.GetProperty("frobenius_norm").GetDouble();
        double squares = report.GetProperty("singular_values").EnumerateArray().Sum(value => value.GetDouble() * value.GetDouble());
        Assert.Equal(frobenius, Math.Sqrt(squares), 1e-10);
        Assert.Contains("metadata:", CommandRun.InProcess("inspect", "--model", model).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_version_are_results()
    {
        Assert.Equal("rbm 0.1.0\n", CommandRun.InProcess("--version").Succeeds().Output);
        Assert.Contains("train", CommandRun.InProcess("--help").Succeeds().Output, StringComparison.Ordinal);
        foreach (string command in (string[])["train", "sample", "evaluate", "enumerate", "inspect", "diagnose"])
        {
            CommandRun run = CommandRun.InProcess(command, "--help").Succeeds();
            Assert.Contains("Options:", run.Output, StringComparison.Ordinal);
            Assert.Empty(run.Error);
        }
    }
}
