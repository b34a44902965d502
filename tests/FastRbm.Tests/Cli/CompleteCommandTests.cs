using System.Text.Json;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed class CompleteCommandTests
{
    [Theory]
    [InlineData("lower")]
    [InlineData("upper")]
    [InlineData("left")]
    [InlineData("right")]
    [InlineData("random:0.5")]
    public void What_is_known_stays_and_the_rest_is_filled_in(string mask)
    {
        using Workplace place = new();
        string[] args = ["complete", "--model", Bars(place), "--data", "bars-and-stripes", "--mask", mask, "--json", "--output"];
        JsonElement figures = JsonDocument.Parse(CommandRun.InProcess([.. args, place["means.npy"], "--likelihood"]).Succeeds().Output).RootElement;
        Assert.Equal(32, figures.GetProperty("rows").GetInt32());
        int filled = figures.GetProperty("filled_values").GetInt32();
        Assert.True(mask.StartsWith("random", StringComparison.Ordinal) ? filled is > 170 and < 340 : filled == 256, $"{filled}");
        Assert.Equal(0, figures.GetProperty("given_changed_share").GetDouble());
        // Of one half of a picture the other can't always be told: beside bars there may be any bars.
        Assert.InRange(figures.GetProperty("filled_wrong_share").GetDouble(), 0, 0.4);
        Assert.True(figures.GetProperty("conditional_log_likelihood").GetDouble()
            > figures.GetProperty("conditional_log_likelihood_of_independent_units").GetDouble());
        Dataset data = DatasetSource.Open("bars-and-stripes");
        Dataset means = NpyReader.Read(place["means.npy"]);
        Assert.Equal((32, 16), (means.Rows, means.Columns));
        float[] seen = new float[16];
        float[] found = new float[16];
        int changed = 0;
        for (int row = 0; row < 32; row++)
        {
            data.CopyMeans(row, seen);
            means.CopyMeans(row, found);
            changed += seen.Zip(found).Count(static pair => pair.First != pair.Second);
        }

        Assert.InRange(changed, 1, filled);

        // Draws are states, pictures are written, and threads change nothing.
        CommandRun.InProcess([.. args, place["draws.npy"], "--draws"]).Succeeds();
        Assert.IsType<BitDataset>(NpyReader.Read(place["draws.npy"]));
        CommandRun.InProcess([.. args, place["picture.png"]]).Succeeds();
        CommandRun.InProcess([.. args, place["again.npy"], "--threads", "3"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["means.npy"]), File.ReadAllBytes(place["again.npy"]));
    }

    [Fact]
    public void Flipped_bits_are_repaired()
    {
        using Workplace place = new();
        JsonElement figures = JsonDocument.Parse(CommandRun.InProcess(
            "complete", "--model", Bars(place), "--data", "bars-and-stripes", "--corrupt", "0.1", "--json", "--output", place["x.npy"]).Succeeds().Output).RootElement;
        Assert.InRange(figures.GetProperty("flipped_values").GetInt32(), 20, 80);
        Assert.True(figures.GetProperty("flipped_repaired_share").GetDouble() > 0.5);
        Assert.True(figures.GetProperty("good_broken_share").GetDouble() < 0.1);
        Assert.Equal(0, figures.GetProperty("filled_values").GetInt32());

        // Real noise: nobody knows the truth.
        string text = CommandRun.InProcess(
            "complete", "--model", place["bars.safetensors"], "--data", "bars-and-stripes", "--flip-rate", "0.1", "--output", place["x.npy"]).Succeeds().Output;
        Assert.DoesNotContain("repaired", text, StringComparison.Ordinal);
        Assert.Contains("given_changed_share", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_values_of_a_file_are_imputed()
    {
        using Workplace place = new();
        File.WriteAllText(place["rows.csv"], string.Join('\n', Enumerable.Repeat("nan,nan,nan,nan,0,0,0,0,1,1,1,1,1,1,1,1", 3)));
        string[] args = ["complete", "--model", Bars(place), "--data", place["rows.csv"], "--output", place["filled.npy"], "--mask"];
        CommandRun.InProcess([.. args, "lower"]).Fails(1, "row 0, column 0", "NaN", "--missing");
        string output = CommandRun.InProcess([.. args, "missing"]).Succeeds().Output;
        Assert.Contains("filled_values        12", output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_of_everything_and_of_nothing_are_told_and_files_are_masks()
    {
        using Workplace place = new();
        string[] args = ["complete", "--model", Bars(place), "--data", "bars-and-stripes", "--output", place["x.npy"], "--mask"];
        Assert.Contains("plain samples", CommandRun.InProcess([.. args, "random:1"]).Succeeds().Error, StringComparison.Ordinal);
        Assert.Contains("those of the data", CommandRun.InProcess([.. args, "random:0"]).Succeeds().Error, StringComparison.Ordinal);
        Assert.Equal(DatasetSource.Open("bars-and-stripes").Fingerprint(), NpyReader.Read(place["x.npy"]).Fingerprint());
        byte[] half = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        foreach (string shape in (string[])["(1, 16)", "(4, 4)"])
        {
            File.WriteAllBytes(place["mask.npy"], Workplace.Npy(shape, half));
            byte[] byFile = Written(place["mask.npy"]);
            Assert.Equal(Written("upper"), byFile);
        }

        File.WriteAllBytes(place["mask.npy"], Workplace.Npy("(32, 16)", [.. Enumerable.Repeat(half, 32).SelectMany(static row => row)]));
        Assert.Equal(Written("upper"), Written(place["mask.npy"]));

        byte[] Written(string mask)
        {
            CommandRun.InProcess([.. args, mask]).Succeeds();
            return File.ReadAllBytes(place["x.npy"]);
        }
    }

    [Fact]
    public void Wrong_masks_and_options_are_refused()
    {
        using Workplace place = new();
        string[] args = ["complete", "--model", Bars(place), "--data", "bars-and-stripes", "--output", place["x.npy"]];
        CommandRun.InProcess(args).Fails(2, "--mask", "--flip-rate");
        CommandRun.InProcess([.. args, "--mask", "middle"]).Fails(2, "--mask", "lower", "middle");
        CommandRun.InProcess([.. args, "--mask", "random:2"]).Fails(2, "--mask", "random:2");
        CommandRun.InProcess([.. args, "--flip-rate", "0.7"]).Fails(2, "--flip-rate", "0.7");
        CommandRun.InProcess([.. args, "--mask", "lower", "--means", "--draws"]).Fails(2, "--means", "--draws");
        CommandRun.InProcess([.. args, "--mask", "lower", "--base-data", "xor"]).Fails(2, "--base-data", "--likelihood");
        CommandRun.InProcess([.. args, "--corrupt", "0.1", "--likelihood"]).Fails(2, "--likelihood");
        File.WriteAllBytes(place["mask.npy"], Workplace.Npy("(2, 16)", new byte[32]));
        CommandRun.InProcess([.. args, "--mask", place["mask.npy"]]).Fails(1, "mask.npy", "1 x 16", "32 x 16", "2 x 16");
        File.WriteAllBytes(place["mask.npy"], Workplace.Npy("(1, 16)", [.. Enumerable.Repeat((byte)7, 16)]));
        CommandRun.InProcess([.. args, "--mask", place["mask.npy"]]).Fails(1, "0 and 1");
        CommandRun.InProcess([.. args[..^1], place["x.txt"], "--mask", "lower"]).Fails(2, "--output", ".png", ".npy");
        CommandRun.InProcess("complete", "--model", place.Model(5, 3), "--data", "bars-and-stripes", "--mask", "lower", "--output", place["x.npy"])
            .Fails(1, "5", "16");
    }

    [Fact]
    public void Features_are_the_means_of_the_hidden_units()
    {
        using Workplace place = new();
        string model = Bars(place);
        CommandRun.InProcess("transform", "--model", model, "--data", "bars-and-stripes", "--output", place["features.npy"]).Succeeds();
        Dataset features = NpyReader.Read(place["features.npy"]);
        Rbm rbm = ModelFile.Load(model);
        Assert.Equal((32, rbm.Hidden.Count), (features.Rows, features.Columns));
        FastRbm.Memory.BitMatrix visible = new(32, 16);
        Dataset data = DatasetSource.Open("bars-and-stripes");
        for (int row = 0; row < 32; row++)
        {
            data.CopyBits(row, visible.Row(row));
        }

        FastRbm.Memory.Matrix means = new(32, rbm.Hidden.Count);
        rbm.MeanHidden(visible, new RbmWorkspace(rbm), means);
        float[] found = new float[features.Columns];
        for (int row = 0; row < 32; row++)
        {
            features.CopyMeans(row, found);
            Assert.Equal(means.Row(row).ToArray(), found);
        }

        CommandRun.InProcess("transform", "--model", model, "--data", "bars-and-stripes", "--output", place["features.png"]).Fails(2, "--output", ".npy");
        CommandRun.InProcess("transform", "--model", model, "--data", "xor", "--output", place["features.npy"]).Fails(1, "16");
    }

    [Fact]
    public void Training_hides_values_and_says_what_becomes_of_missing_ones()
    {
        using Workplace place = new();
        string[] args = ["train", "--data", "bars-and-stripes", "--hidden", "3", "--epochs", "2", "--json", "--output", place["m.safetensors"]];
        CommandRun.InProcess([.. args, "--hide", "0.5"]).Fails(2, "--hide", "--missing");
        CommandRun.InProcess([.. args, "--hide", "1", "--missing", "mean"]).Fails(2, "--hide");
        CommandRun.InProcess([.. args, "--missing", "sometimes"]).Fails(2, "--missing", "marginal", "absent");
        CommandRun.InProcess([.. args, "--missing", "absent", "--algorithm", "pcd"]).Fails(2, "--missing");
        CommandRun.InProcess([.. args, "--missing", "absent", "--centring", "data"]).Fails(2, "--centring");
        CommandRun.InProcess([.. args, "--missing", "mean", "--missing-steps", "2"]).Fails(2, "--missing-steps", "marginal");
        List<string> models = [];
        foreach (string missing in (string[])["marginal", "absent", "mean"])
        {
            CommandRun run = CommandRun.InProcess([.. args, "--hide", "0.5", "--missing", missing, "--checkpoint", place["c.safetensors"]]).Succeeds();
            JsonElement line = JsonDocument.Parse(run.Output.Split('\n')[1]).RootElement;
            Assert.Equal(missing == "mean" ? JsonValueKind.Number : JsonValueKind.Null, line.GetProperty("log_pseudo_likelihood").ValueKind);
            models.Add(Convert.ToHexString(File.ReadAllBytes(place["m.safetensors"])));
            CommandRun.InProcess([.. args[..5], "--epochs", "3", .. args[7..], "--hide", "0.5", "--missing", missing, "--checkpoint", place["c.safetensors"], "--resume"]).Succeeds();
        }

        Assert.Equal(3, models.Distinct().Count());
        File.WriteAllText(place["rows.csv"], "1,0,nan\n0,1,1\n");
        string[] file = ["train", "--data", place["rows.csv"], "--hidden", "3", "--epochs", "1", "--output", place["m.safetensors"]];
        CommandRun.InProcess(file).Fails(1, "row 0, column 2", "NaN", "--missing");
        CommandRun.InProcess([.. file, "--missing", "marginal"]).Succeeds();
    }

    /// <summary>A model that knows bars and stripes.</summary>
    private static string Bars(Workplace place)
    {
        string path = place["bars.safetensors"];
        CommandRun.InProcess(
            "train", "--data", "bars-and-stripes", "--hidden", "12", "--algorithm", "pcd", "--chains", "100", "--batch-size", "32", "--epochs", "3000",
            "--learning-rate", "0.2", "--initial-weights", "xavier", "--output", path).Succeeds();
        return path;
    }
}
