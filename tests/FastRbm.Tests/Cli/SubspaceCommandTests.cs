using System.Text.Json;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed class SubspaceCommandTests
{
    [Fact]
    public void A_model_is_trained_sampled_evaluated_inspected_and_turned_to_features()
    {
        using Workplace place = new();
        string model = place["m.safetensors"];
        string trained = CommandRun.InProcess(
            "train", "--model", "subspace", "--data", "bars-and-stripes", "--gates", "3", "--subspace", "2", "--epochs", "4", "--algorithm", "pcd", "--steps", "2",
            "--images", place["images"], "--output", model).Succeeds("the model is saved").Output;
        Assert.Equal(5, trained.TrimEnd().Split('\n').Length);
        Assert.True(File.Exists(Path.Combine(place["images"], "filters.png")));
        SubspaceRbm loaded = SubspaceFile.Load(model);
        Assert.Equal((3, 2), (loaded.Gates, loaded.Subspaces));

        CommandRun.InProcess("sample", "--model", model, "--count", "9", "--steps", "5", "--output", place["s.png"]).Succeeds("the samples are saved");
        CommandRun.InProcess("sample", "--model", model, "--count", "9", "--steps", "5", "--start", "data", "--data", "bars-and-stripes", "--output", place["s.npy"]).Succeeds();
        CommandRun.InProcess("transform", "--model", model, "--data", "bars-and-stripes", "--output", place["f.npy"]).Succeeds("the features are saved");
        JsonElement exact = Json(CommandRun.InProcess("evaluate", "--model", model, "--data", "bars-and-stripes", "--json"));
        Assert.Equal("exact", exact.GetProperty("method").GetString());
        JsonElement annealed = Json(CommandRun.InProcess(
            "evaluate", "--model", model, "--data", "bars-and-stripes", "--method", "ais", "--chains", "100", "--temperatures", "100", "--json"));
        Assert.Equal(exact.GetProperty("log_partition_function").GetDouble(), annealed.GetProperty("log_partition_function").GetDouble(), 0.1);
        JsonElement report = Json(CommandRun.InProcess("inspect", "--model", model, "--data", "bars-and-stripes", "--images", place["pictures"], "--json"));
        Assert.Equal(2, report.GetProperty("subspaces").GetInt32());
        Assert.InRange(report.GetProperty("gate_activity_mean").GetDouble(), 0, 1);
        Assert.True(File.Exists(Path.Combine(place["pictures"], "filters.png")));
    }

    [Fact]
    public void A_run_that_was_stopped_and_resumed_writes_the_same_bytes()
    {
        using Workplace place = new();
        string[] Command(string epochs, string output) =>
        [
            "train", "--model", "subspace", "--data", "bars-and-stripes", "--gates", "4", "--subspace", "3", "--batch-size", "7", "--algorithm", "pcd", "--momentum", "0.5",
            "--epochs", epochs, "--output", place[output],
        ];
        CommandRun.InProcess(Command("4", "whole")).Succeeds();
        CommandRun.InProcess([.. Command("2", "half"), "--checkpoint", place["state"]]).Succeeds();
        CommandRun.InProcess([.. Command("4", "resumed"), "--checkpoint", place["state"], "--resume"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["resumed"]));
        string[] other = [.. Command("4", "other"), "--checkpoint", place["state"], "--resume"];
        other[Array.IndexOf(other, "--subspace") + 1] = "2";
        CommandRun.InProcess(other).Fails(1, "--subspace 3 in the checkpoint, 2 now");
    }

    [Fact]
    public void Threads_and_SIMD_levels_cannot_be_seen_in_the_model()
    {
        using Workplace place = new();
        string data = place.Images(120).Idx;
        byte[] expected = Train("1", "scalar");
        Assert.Equal(expected, Train("2", "128"));
        Assert.Equal(expected, Train("2", "256"));
        Assert.Equal(expected, Train("1", "512"));

        byte[] Train(string threads, string level)
        {
            string output = place["model.safetensors"];
            File.Delete(output);
            CommandRun.InChild(
                ["train", "--model", "subspace", "--data", data, "--gates", "70", "--subspace", "2", "--epochs", "1", "--momentum", "0.5", "--threads", threads, "--output", output],
                ("FASTRBM_SIMD", level)).Succeeds();
            return File.ReadAllBytes(output);
        }
    }

    [Theory]
    [InlineData("--subspace", "0", 2, "--subspace")]
    [InlineData("--gates", "0", 2, "--gates")]
    [InlineData("--algorithm", "pt", 2, "cd or pcd")]
    [InlineData("--patience", "3", 2, "--patience")]
    [InlineData("--validation", "shifter", 1, "9 values")]
    public void Bad_options_are_refused(string option, string value, int code, string words)
    {
        using Workplace place = new();
        List<string> args = ["train", "--model", "subspace", "--data", "bars-and-stripes", "--output", place["m"]];
        if (option != "--gates")
        {
            args.AddRange(["--gates", "3"]);
        }

        args.AddRange([option, value]);
        CommandRun.InProcess([.. args]).Fails(code, words);
        Assert.False(File.Exists(place["m"]));
    }

    [Fact]
    public void What_is_too_large_to_enumerate_or_of_another_width_is_refused()
    {
        using Workplace place = new();
        SubspaceFile.Save(place["m"], new SubspaceRbm(40, 20, 3));
        CommandRun.InProcess("evaluate", "--model", place["m"], "--data", "bars-and-stripes", "--method", "exact").Fails(1, "--method ais has no limit");
        CommandRun.InProcess("evaluate", "--model", place["m"], "--data", "bars-and-stripes").Fails(1, "rows of 40 values");
        CommandRun.InProcess("transform", "--model", place["m"], "--data", "bars-and-stripes", "--output", place["f.npy"]).Fails(1, "rows of 40 values");
        Assert.False(File.Exists(place["f.npy"]));
    }

    private static JsonElement Json(CommandRun run) => JsonDocument.Parse(run.Succeeds().Output).RootElement;
}
