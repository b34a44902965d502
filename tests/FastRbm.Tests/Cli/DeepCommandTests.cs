namespace FastRbm.Tests.Cli;

public sealed class DeepCommandTests
{
    [Theory]
    [InlineData("dbn", "12,8")]
    [InlineData("dbm", "12,8")]
    public void A_deep_model_is_trained_tuned_sampled_evaluated_inspected_and_classifies(string kind, string layers)
    {
        using Workplace place = new();
        string model = place["model.safetensors"];
        string labels = Labels(place);
        CommandRun.InProcess(
            "train", "--model", kind, "--data", "strokes", "--labels", labels, "--limit", "60", "--layers", layers, "--epochs", "1", "--batch-size", "20", "--fine-tune", "2",
            "--threads", "1", "--output", model).Succeeds("the model is saved");
        CommandRun.InProcess("sample", "--model", model, "--count", "4", "--steps", "2", "--output", place["samples.png"]).Succeeds("samples are saved");
        CommandRun.InProcess("sample", "--model", model, "--count", "4", "--steps", "2", "--output", place["samples.npy"]).Succeeds("samples are saved");
        string evaluation = CommandRun.InProcess("evaluate", "--model", model, "--data", "strokes", "--limit", "20", "--chains", "5", "--temperatures", "50", "--json")
            .Succeeds().Output;
        Assert.Contains("log_likelihood_bound_lower", evaluation, StringComparison.Ordinal);
        Assert.Contains("784,12,8", CommandRun.InProcess("inspect", "--model", model, "--images", place["images"]).Succeeds().Output, StringComparison.Ordinal);
        CommandRun.InProcess("classify", "--model", model, "--data", "strokes", "--labels", labels, "--limit", "60").Succeeds();
        Assert.True(File.Exists(Path.Combine(place["images"], "filters.png")));
    }

    [Theory]
    [InlineData("dbn")]
    [InlineData("dbm")]
    public void A_resumed_run_writes_the_same_bytes(string kind)
    {
        using Workplace place = new();
        string labels = Labels(place);
        string[] Train(string output, params string[] more) =>
        [
            "train", "--model", kind, "--data", "strokes", "--labels", labels, "--limit", "60", "--layers", "10,6", "--epochs", "1", "--batch-size", "20", "--fine-tune", "1",
            "--threads", "1", "--output", place[output], .. more,
        ];
        CommandRun.InProcess(Train("whole", "--checkpoint", place["checkpoint"])).Succeeds();
        CommandRun.InProcess(Train("resumed", "--checkpoint", place["checkpoint"], "--resume")).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["resumed"]));
        CommandRun other = CommandRun.InProcess(Train("other", "--checkpoint", place["checkpoint"], "--resume", "--layers", "10,7"));
        Assert.NotEqual(0, other.Code);
    }

    [Fact]
    public void Threads_and_SIMD_levels_cannot_be_seen_in_the_model()
    {
        using Workplace place = new();
        string data = place.Images(120).Idx;
        File.WriteAllLines(place["labels.txt"], Enumerable.Range(0, 120).Select(static row => $"{row % 3}"));
        Assert.Equal(Train("dbn", "1", "scalar"), Train("dbn", "2", "256"));
        byte[] expected = Train("dbm", "1", "scalar");
        Assert.Equal(expected, Train("dbm", "2", "128"));
        Assert.Equal(expected, Train("dbm", "2", "256"));
        Assert.Equal(expected, Train("dbm", "1", "512"));

        byte[] Train(string kind, string threads, string level)
        {
            string output = place["model.safetensors"];
            File.Delete(output);
            CommandRun.InChild(
                ["train", "--model", kind, "--data", data, "--labels", place["labels.txt"], "--layers", "70,40", "--epochs", "1", "--batch-size", "50", "--fine-tune", "1",
                    "--average", "0.5", "--threads", threads, "--output", output],
                ("FASTRBM_SIMD", level)).Succeeds();
            return File.ReadAllBytes(output);
        }
    }

    [Fact]
    public void A_machine_starts_from_a_trained_RBM()
    {
        using Workplace place = new();
        string rbm = place.Model(16, 6);
        string output = place["model.safetensors"];
        string[] Train(string layers, string start) =>
            ["train", "--model", "dbm", "--data", "bars-and-stripes", "--layers", layers, "--start", start, "--epochs", "1", "--learning-rate", "1e-9", "--batch-size", "7", "--output", output];
        CommandRun.InProcess(Train("6,4", rbm)).Succeeds();
        FastRbm.Memory.Matrix weights = new(16, 6);
        FastRbm.Serialization.DeepBoltzmannFile.Load(output).CopyWeights(0, weights);
        Assert.Equal(0.5f, weights[0, 0], 1e-6f);
        Assert.Equal(0f, weights[3, 2], 1e-6f);

        File.Delete(output);
        CommandRun.InProcess(Train("5,4", rbm)).Fails(1, "5 hidden ones");
        CommandRun.InProcess([.. Train("6,4", rbm)[..^1], rbm]).Fails(2, "--output");
        CommandRun.InProcess(Train("6,4", place.Model(15, 6))).Fails(1, "15");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Bad_options_are_refused_in_one_line()
    {
        using Workplace place = new();
        string output = place["model.safetensors"];
        Assert.Contains("--layers", CommandRun.InProcess("train", "--model", "dbm", "--data", "strokes", "--layers", "10", "--output", output).Error, StringComparison.Ordinal);
        Assert.Contains("--layers", CommandRun.InProcess("train", "--model", "dbn", "--data", "strokes", "--layers", "10,x", "--output", output).Error, StringComparison.Ordinal);
        CommandRun unlabelled = CommandRun.InProcess("train", "--model", "dbn", "--data", "bars-and-stripes", "--layers", "5", "--fine-tune", "1", "--output", output);
        Assert.NotEqual(0, unlabelled.Code);
        Assert.False(File.Exists(output));
    }

    private static string Labels(Workplace place)
    {
        string path = place["labels.txt"];
        File.WriteAllLines(path, Enumerable.Range(0, StrokesRows()).Select(static row => $"{row % 3}"));
        return path;
    }

    private static int StrokesRows() => FastRbm.Data.DatasetSource.Open("strokes").Rows;
}
