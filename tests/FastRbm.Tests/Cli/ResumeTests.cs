using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed partial class ResumeTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Theory]
    [InlineData("cd", "sample")]
    [InlineData("pcd", "threshold")]
    public void A_run_that_was_stopped_and_resumed_in_a_new_process_writes_the_same_bytes(string algorithm, string binarize)
    {
        using Workplace place = new();
        (string images, _, _) = place.Images(70);
        string[] Command(string epochs, string output) =>
        [
            "train", "--data", images, "--hidden", "7", "--batch-size", "32", "--algorithm", algorithm, "--binarize", binarize, "--momentum", "0.5",
            "--epochs", epochs, "--output", place[output],
        ];

        CommandRun.InChild(Command("4", "whole")).Succeeds();
        CommandRun.InChild([.. Command("2", "half"), "--checkpoint", place["state"]]).Succeeds();
        CommandRun rest = CommandRun.InChild([.. Command("4", "resumed"), "--checkpoint", place["state"], "--resume"]).Succeeds();
        Assert.Equal(3, rest.Output.TrimEnd().Split('\n').Length);
        Assert.Equal(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["resumed"]));
        Assert.NotEqual(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["half"]));
    }

    [Fact]
    public void A_finished_run_resumes_to_the_same_model()
    {
        using Workplace place = new();
        string[] args = Train(place, "a", "--epochs", "2", "--checkpoint", place["state"]);
        CommandRun.InProcess(args).Succeeds();
        byte[] model = File.ReadAllBytes(place["a"]);
        File.Delete(place["a"]);
        Assert.Empty(CommandRun.InProcess([.. args, "--resume"]).Succeeds().Output);
        Assert.Equal(model, File.ReadAllBytes(place["a"]));
    }

    [Theory]
    [InlineData("--seed", "2", "seed 1 in the checkpoint, 2 now")]
    [InlineData("--hidden", "5", "--hidden 4 in the checkpoint, 5 now")]
    [InlineData("--learning-rate", "0.2", "learning rate 0.1 in the checkpoint, 0.2 now")]
    [InlineData("--learning-rate-decay", "50", "learning rate decay 600 in the checkpoint, 50 now")]
    [InlineData("--algorithm", "pcd", "algorithm")]
    [InlineData("--initial-weights", "xavier", "--initial-weights normal in the checkpoint, xavier now")]
    [InlineData("--batch-size", "10", "batch size 32 in the checkpoint, 10 now")]
    [InlineData("--limit", "31", "data ")]
    [InlineData("--epochs", "1", "at most 1 epochs")]
    public void Resuming_with_other_data_or_options_is_refused_and_names_the_difference(string option, string value, string difference)
    {
        using Workplace place = new();
        Dictionary<string, string> options = new()
        {
            ["--epochs"] = "2",
            ["--hidden"] = "4",
            ["--seed"] = "1",
        };
        CommandRun Run(string output, params string[] more) => CommandRun.InProcess(
            ["train", "--data", "bars-and-stripes", "--checkpoint", place["state"], "--output", place[output], .. options.SelectMany(pair => (string[])[pair.Key, pair.Value]), .. more]);

        Run("a").Succeeds();
        string before = place.Contents();
        options[option] = value;
        Run("b", "--resume", "--images", place["i"]).Fails(1, difference, place["state"]);
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public void Resuming_needs_a_checkpoint()
    {
        using Workplace place = new();
        CommandRun.InProcess(Train(place, "a", "--resume")).Fails(2, "--resume", "--checkpoint");
        CommandRun.InProcess(Train(place, "a", "--checkpoint", place["none"], "--resume")).Fails(1, place["none"]);
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--hidden", "4", "--output", place["a"], "--checkpoint", place.Model(16, 4), "--resume")
            .Fails(1, "given.safetensors", "training_");
        Assert.False(File.Exists(place["a"]));
    }

    [Theory]
    [InlineData(Interrupt, 130, true)]
    [InlineData(Terminate, 143, false)]
    public void A_signal_saves_the_state_and_the_resumed_run_ends_as_if_nothing_had_happened(int signal, int code, bool namesCheckpoint)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send.");
        using Workplace place = new();
        string state = namesCheckpoint ? place["state"] : place["a.interrupted.safetensors"];
        string[] endless = Train(place, "a.safetensors", "--epochs", "100000000");
        using Process process = CommandRun.Start(namesCheckpoint ? [.. endless, "--checkpoint", state] : endless);
        Assert.NotNull(process.StandardOutput.ReadLine());
        Assert.NotNull(process.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(process.Id, signal));
        CommandRun.Finish(process).Fails(code, state, "--resume");
        Assert.False(File.Exists(place["a.safetensors"]));

        int epoch = int.Parse(ModelFile.LoadMetadata(state)["training_epoch"], CultureInfo.InvariantCulture);
        Assert.True(epoch >= 1);
        string epochs = (epoch + 1).ToString(CultureInfo.InvariantCulture);
        CommandRun.InProcess(Train(place, "resumed", "--epochs", epochs, "--checkpoint", state, "--resume")).Succeeds();
        CommandRun.InProcess(Train(place, "whole", "--epochs", epochs)).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["resumed"]));
    }

    private static string[] Train(Workplace place, string output, params string[] more) =>
        ["train", "--data", "strokes", "--limit", "150", "--hidden", "4", "--batch-size", "40", "--algorithm", "pcd", "--output", place[output], .. more];

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
