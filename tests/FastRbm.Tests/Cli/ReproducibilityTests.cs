using System.Text.Json;

namespace FastRbm.Tests.Cli;

/// <summary>The same seed, data and options give the same file, in processes of their own.</summary>
public sealed class ReproducibilityTests
{
    // 100 x 784 x 40 products are enough for the trainer to use a second thread.
    private static readonly string[] _options =
        ["--hidden", "40", "--algorithm", "pcd", "--momentum", "0.5", "--weight-decay", "0.001", "--epochs", "2", "--seed", "5"];

    [Fact]
    public void Threads_SIMD_levels_and_file_formats_cannot_be_seen_in_the_model()
    {
        using Workplace place = new();
        (string idx, string npy, string flat) = place.Images(250);
        byte[] expected = Train(place, idx, "1", "scalar");
        Assert.Equal(expected, Train(place, idx, "2", "128"));
        Assert.Equal(expected, Train(place, npy, "1", "256"));
        Assert.Equal(expected, Train(place, flat, "2", "512"));
        Assert.Equal(expected, Train(place, npy, "2", string.Empty));
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        using Workplace place = new();
        string[] args = ["train", "--data", "bars-and-stripes", "--hidden", "4", "--epochs", "1", "--output", place["m"]];
        CommandRun.InProcess([.. args, "--seed", "1"]).Succeeds();
        byte[] first = File.ReadAllBytes(place["m"]);
        CommandRun.InProcess([.. args, "--seed", "2"]).Succeeds();
        Assert.NotEqual(first[^400..], File.ReadAllBytes(place["m"])[^400..]);
    }

    [Theory]
    [InlineData("scalar", "Scalar")]
    [InlineData("128", "Vector128")]
    [InlineData("256", "Vector256")]
    [InlineData("512", "Vector512")]
    public void A_forced_SIMD_level_is_the_one_that_runs(string forced, string level)
    {
        CommandRun run = CommandRun.InChild(["environment", "--json"], ("FASTRBM_SIMD", forced)).Succeeds();
        Assert.Equal(level, JsonDocument.Parse(run.Output).RootElement.GetProperty("simd").GetString());
    }

    [Fact]
    public void An_unknown_SIMD_level_is_refused() =>
        CommandRun.InChild(["environment"], ("FASTRBM_SIMD", "1024")).Fails(1, "FASTRBM_SIMD", "1024", "scalar, 128, 256 or 512");

    private static byte[] Train(Workplace place, string data, string threads, string level)
    {
        string output = place["model.safetensors"];
        File.Delete(output);
        CommandRun.InChild(["train", "--data", data, "--threads", threads, "--output", output, .. _options], ("FASTRBM_SIMD", level)).Succeeds();
        return File.ReadAllBytes(output);
    }
}
