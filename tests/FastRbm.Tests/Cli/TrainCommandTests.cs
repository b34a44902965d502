using System.Text.Json;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed class TrainCommandTests
{
    [Fact]
    public void Training_prints_a_row_an_epoch_and_saves_a_model_with_its_making_in_the_metadata()
    {
        using Workplace place = new();
        CommandRun run = CommandRun.InProcess(
            "train", "--data", "bars-and-stripes", "--hidden", "6", "--epochs", "3", "--seed", "7", "--output", place["m.safetensors"]).Succeeds();
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal(
            ["epoch", "updates", "seconds", "samples_per_second", "reconstruction_error", "log_pseudo_likelihood"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
        Assert.Equal("rbm: the model is saved in " + place["m.safetensors"] + ".\n", run.Error);

        Rbm rbm = ModelFile.Load(place["m.safetensors"]);
        Assert.Equal((16, 6), (rbm.Visible.Count, rbm.Hidden.Count));
        IReadOnlyDictionary<string, string> metadata = ModelFile.LoadMetadata(place["m.safetensors"]);
        Assert.Equal("4x4", metadata["visible_shape"]);
        Assert.Equal("7", metadata["seed"]);
        Assert.Equal("3", metadata["epochs"]);
        Assert.Equal("cd", metadata["algorithm"]);
        Assert.Equal("32", metadata["batch_size"]);
    }

    [Fact]
    public void Json_lines_have_finite_numbers_and_the_gap_only_with_validation()
    {
        using Workplace place = new();
        string[] args = ["train", "--data", "strokes", "--limit", "150", "--hidden", "10", "--epochs", "2", "--json", "--output", place["m.safetensors"]];
        JsonElement[] without = Parse(CommandRun.InProcess(args));
        JsonElement[] with = Parse(CommandRun.InProcess([.. args, "--validation", "strokes:validation"]));
        Assert.Equal(2, without.Length);
        Assert.Equal([1, 2], with.Select(line => line.GetProperty("epoch").GetInt32()));
        Assert.Equal([2, 4], with.Select(line => line.GetProperty("updates").GetInt32()));
        Assert.All(with, line => Assert.True(double.IsFinite(line.GetProperty("free_energy_gap").GetDouble())));
        Assert.All(without, line => Assert.False(line.TryGetProperty("free_energy_gap", out _)));
        Assert.All(without, line => Assert.Equal(6, line.EnumerateObject().Count()));
    }

    [Fact]
    public void Pictures_come_at_the_start_after_every_epoch_and_at_the_end()
    {
        using Workplace place = new();
        CommandRun.InProcess(
            "train", "--data", "bars-and-stripes", "--hidden", "4", "--epochs", "2", "--images", place["pictures"], "--output", place["m.safetensors"]).Succeeds();
        string[] expected = [.. from name in (string[])["filters", "reconstructions", "samples"]
                                from number in (string[])["-0000", "-0001", "-0002", string.Empty]
                                select name + number + ".png"];
        string[] found = [.. Directory.EnumerateFiles(place["pictures"]).Select(path => Path.GetFileName(path))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(place["pictures"], "samples-0002.png")), File.ReadAllBytes(Path.Combine(place["pictures"], "samples.png")));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(place["pictures"], "filters-0000.png")), File.ReadAllBytes(Path.Combine(place["pictures"], "filters.png")));
        Assert.All(found, name => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(place["pictures"], name))[..4]));
    }

    [Fact]
    public void Grey_levels_are_thresholded_sampled_or_used_as_means_as_asked()
    {
        using Workplace place = new();
        (string images, _, _) = place.Images(60);
        byte[][] models = [.. ((string[])["threshold", "sample", "none"]).Select(how =>
        {
            CommandRun.InProcess("train", "--data", images, "--hidden", "5", "--epochs", "1", "--binarize", how, "--output", place[how]).Succeeds();
            return File.ReadAllBytes(place[how])[^1000..];
        })];
        Assert.NotEqual(models[0], models[1]);
        Assert.NotEqual(models[0], models[2]);
        Assert.NotEqual(models[1], models[2]);
    }

    [Fact]
    public void A_diverging_run_fails_names_the_update_and_keeps_the_last_good_model_beside_the_output()
    {
        using Workplace place = new();
        CommandRun run = CommandRun.InProcess(
            "train", "--data", "bars-and-stripes", "--hidden", "8", "--epochs", "500", "--learning-rate", "1000", "--learning-rate-schedule", "constant", "--centring", "none",
            "--output", place["m.safetensors"]);
        run.Fails(1, "diverged at update", place["m.last-good.safetensors"]);
        Assert.False(File.Exists(place["m.safetensors"]));
        ModelFile.Load(place["m.last-good.safetensors"]);
    }

    [Fact]
    public void Training_beats_an_untrained_model_in_exact_likelihood()
    {
        using Workplace place = new();
        double untrained = Likelihood(place, "--epochs", "1", "--learning-rate", "1e-9");
        double trained = Likelihood(place, "--steps", "5", "--epochs", "3000", "--learning-rate-schedule", "constant");

        // The visible biases start at the logits of the data, so that the untrained model is that of independent pixels.
        Assert.Equal(-16 * Math.Log(2), untrained, 0.05);
        Assert.True(trained > -5, $"{trained} nats a row");
    }

    [Fact]
    public void A_link_to_the_data_is_the_data()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs rights there.");
        using Workplace place = new();
        (string images, _, _) = place.Images(2);
        File.CreateSymbolicLink(place["link"], images);
        CommandRun.InProcess("train", "--data", images, "--hidden", "2", "--output", place["link"]).Fails(2, "--output", "--data");
    }

    private static double Likelihood(Workplace place, params string[] options)
    {
        CommandRun.InProcess(["train", "--data", "bars-and-stripes", "--hidden", "16", "--output", place["m"], .. options]).Succeeds();
        string json = CommandRun.InProcess("evaluate", "--model", place["m"], "--data", "bars-and-stripes", "--json").Succeeds().Output;
        return JsonDocument.Parse(json).RootElement.GetProperty("log_likelihood").GetDouble();
    }

    private static JsonElement[] Parse(CommandRun run) =>
        [.. run.Succeeds().Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
}
