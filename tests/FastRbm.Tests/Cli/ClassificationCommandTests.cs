using System.Text.Json;
using FastRbm.Models.Classification;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed class ClassificationCommandTests
{
    [Fact]
    public void A_classifier_is_trained_evaluated_sampled_and_inspected()
    {
        using Workplace place = new();
        CommandRun trained = CommandRun.InProcess(
            "train", "--model", "classifier", "--data", "strokes", "--limit", "600", "--hidden", "12", "--epochs", "4", "--batch-size", "20", "--validation-rows", "100", "--json", "--output", place["model"]).Succeeds("500 rows");
        JsonElement[] epochs = [.. trained.Output.TrimEnd().Split('\n').Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 2, 3, 4], epochs.Select(static epoch => epoch.GetProperty("epoch").GetInt32()));
        Assert.True(epochs[3].GetProperty("training_error").GetDouble() < epochs[0].GetProperty("training_error").GetDouble());
        ClassificationRbm model = ClassificationFile.Load(place["model"]);
        Assert.Equal((784, 10, 12), (model.Columns, model.Classes, model.Hidden));
        Assert.Equal(ModelKinds.Classifier, ModelFile.KindOf(place["model"]));

        JsonElement figures = Json(CommandRun.InProcess("evaluate", "--model", place["model"], "--data", "strokes", "--limit", "600", "--json"));
        double error = figures.GetProperty("error").GetDouble();
        Assert.Equal(figures.GetProperty("wrong").GetInt32(), 600 * error, 6);
        Assert.InRange(error, 0, 0.5);
        Assert.InRange(figures.GetProperty("joint_log_likelihood").GetDouble(), -10_000, figures.GetProperty("log_likelihood").GetDouble());
        JsonElement classified = Json(CommandRun.InProcess("classify", "--model", place["model"], "--data", "strokes", "--limit", "600", "--json"));
        Assert.Equal(figures.GetProperty("wrong").GetInt32(), classified.GetProperty("errors").GetInt32());

        CommandRun.InProcess("sample", "--model", place["model"], "--label", "3", "--count", "4", "--steps", "5", "--output", place["threes.npy"]).Succeeds();
        CommandRun.InProcess("sample", "--model", place["model"], "--each-label", "--count", "20", "--steps", "5", "--output", place["all.png"]).Succeeds();
        byte[] bytes = File.ReadAllBytes(place["threes.npy"]);
        Assert.Equal([3, 3, 3, 3], Enumerable.Range(0, 4).Select(row => (int)bytes[bytes.Length - 1 - (row * 785)]));
        JsonElement inside = Json(CommandRun.InProcess("inspect", "--model", place["model"], "--images", place["pictures"], "--json"));
        Assert.Equal(12, inside.GetProperty("hidden").GetInt32());
        Assert.Equal("hybrid", inside.GetProperty("metadata.objective").GetString());
        Assert.True(File.Exists(Path.Combine(place["pictures"], "filters.png")));
        CommandRun.InProcess("inspect", "--model", place["model"]).Succeeds();
    }

    [Theory]
    [InlineData("semi-supervised", "--labelled", "5", "--labelled-draw", "1", "--algorithm", "pcd")]
    [InlineData("generative", "--binarize", "threshold", "--learning-rate", "0.001")]
    [InlineData("discriminative", "--binarize", "none", "--patience", "1", "--validation-rows", "50", "--step-rule", "momentum", "--centring", "data")]
    public void A_run_that_is_resumed_writes_the_same_bytes(string objective, params string[] more)
    {
        using Workplace place = new();
        string[] Command(string output, string seed) =>
        [
            "train", "--model", "classifier", "--data", "strokes", "--limit", "300", "--hidden", "9", "--batch-size", "40", "--objective", objective, "--epochs", "3", "--seed", seed,
            "--output", place[output], .. more,
        ];

        CommandRun.InProcess([.. Command("whole", "3"), "--checkpoint", place["state"]]).Succeeds();
        CommandRun.InProcess([.. Command("resumed", "3"), "--checkpoint", place["state"], "--resume"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["whole"]), File.ReadAllBytes(place["resumed"]));
        CommandRun.InProcess([.. Command("resumed", "4"), "--checkpoint", place["state"], "--resume"]).Fails(1, "seed 3 in the checkpoint, 4 now");
    }

    [Fact]
    public void An_rbm_is_a_start()
    {
        using Workplace place = new();
        CommandRun.InProcess("train", "--data", "strokes", "--limit", "200", "--hidden", "8", "--epochs", "1", "--output", place["rbm"]).Succeeds();
        CommandRun.InProcess(
            "train", "--model", "classifier", "--data", "strokes", "--limit", "200", "--hidden", "8", "--epochs", "1", "--start", place["rbm"], "--output", place["model"]).Succeeds();
        CommandRun.InProcess(
            "train", "--model", "classifier", "--data", "strokes", "--limit", "200", "--hidden", "9", "--epochs", "1", "--start", place["rbm"], "--output", place["model"]).Fails(1, "9 hidden ones", "8 binary units");
        CommandRun.InProcess(
            "train", "--model", "classifier", "--data", "strokes", "--limit", "200", "--hidden", "8", "--start", place["model"], "--output", place["other"]).Fails(1, "model", "rbm", "classifier");
    }

    [Fact]
    public void Wrong_labels_and_options_are_told_in_one_line()
    {
        using Workplace place = new();
        (string images, _, _) = place.Images(20);
        string[] train = ["train", "--model", "classifier", "--data", images, "--hidden", "3", "--epochs", "1", "--output", place["model"]];
        CommandRun.InProcess(train).Fails(1, "--labels");
        File.WriteAllText(place["labels"], string.Join('\n', Enumerable.Range(0, 19).Select(static row => row % 2)));
        CommandRun.InProcess([.. train, "--labels", place["labels"]]).Fails(1, "20 labels", "19");
        File.WriteAllText(place["labels"], string.Join('\n', Enumerable.Repeat("4", 20)));
        CommandRun.InProcess([.. train, "--labels", place["labels"]]).Fails(1, "two classes", "class 4 only");
        File.WriteAllText(place["labels"], string.Join('\n', Enumerable.Range(0, 20).Select(static row => 2 * (row % 2))));
        CommandRun.InProcess([.. train, "--labels", place["labels"]]).Fails(1, "none of class 1");
        File.WriteAllText(place["labels"], string.Join('\n', Enumerable.Range(0, 20).Select(static row => row % 2)));
        CommandRun.InProcess([.. train, "--labels", place["labels"]]).Succeeds();
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--objective", "semi-supervised"]).Fails(1, "some rows without labels");
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--labelled", "11"]).Fails(2, "--labelled", "10", "11");
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--unlabelled-weight", "1"]).Fails(2, "--unlabelled-weight", "semi-supervised", "hybrid");
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--validation-rows", "20"]).Fails(2, "--validation-rows", "20");
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--resume"]).Fails(2, "--checkpoint");
        CommandRun.InProcess([.. train, "--labels", place["labels"], "--algorithm", "pt"]).Fails(2, "cd, pcd", "pt");
        CommandRun.InProcess("sample", "--model", place["model"], "--label", "2", "--output", place["x.png"]).Fails(2, "--label", "0 to 1", "2");
        CommandRun.InProcess("sample", "--model", place["model"], "--label", "1", "--each-label", "--output", place["x.png"]).Fails(2, "--each-label");
        CommandRun.InProcess("evaluate", "--model", place["model"], "--data", "strokes:test").Fails(1, "0 to 1", "row");
        CommandRun.InProcess("evaluate", "--model", place["model"], "--data", "xor").Fails(1, "expected");
        Assert.False(File.Exists(place["x.png"]));
    }

    private static JsonElement Json(CommandRun run) => JsonDocument.Parse(run.Succeeds().Output).RootElement;
}
