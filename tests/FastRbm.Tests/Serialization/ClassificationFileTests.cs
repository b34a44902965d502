using FastRbm.Errors;
using FastRbm.Models.Classification;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Classification;

namespace FastRbm.Tests.Serialization;

public sealed class ClassificationFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_comes_back_as_it_was(bool thresholds)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model");
        ClassificationRbm model = ClassificationModels.Random(5, 3, 4, 1);
        model.ThresholdsRows = thresholds;
        ClassificationFile.Save(path, model, new Dictionary<string, string> { ["note"] = "a" });
        ClassificationRbm loaded = ClassificationFile.Load(path);
        Assert.Equal(ClassificationModels.Parameters(model), ClassificationModels.Parameters(loaded));
        Assert.Equal(thresholds, loaded.ThresholdsRows);
        Assert.Equal("a", ClassificationFile.LoadMetadata(path)["note"]);
        double[] first = new double[3];
        double[] second = new double[3];
        model.LogProbabilities([1, 0, 1, 0, 1], first);
        loaded.LogProbabilities([1, 0, 1, 0, 1], second);
        Assert.Equal(first, second);
        Assert.Throws<ArgumentException>(() => ClassificationFile.Save(path, model, new Dictionary<string, string> { ["grey_levels"] = "a" }));
    }

    [Fact]
    public void Files_of_other_kinds_and_shapes_that_do_not_fit_are_refused_by_name()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model");
        ModelFile.Save(path, FastRbm.Models.Rbm.Binary(3, 2));
        Assert.Contains("classifier", Refused(path), StringComparison.Ordinal);
        ClassificationFile.Save(path, ClassificationModels.Random(5, 3, 4, 1));
        Assert.Contains("classifier", Assert.Throws<InvalidInputException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
        Write(path, grey: "dark");
        Assert.Contains("means or threshold", Refused(path), StringComparison.Ordinal);
        Write(path, classes: 1);
        Assert.Contains("2 to 255 classes", Refused(path), StringComparison.Ordinal);
        Write(path, classHidden: 5);
        Assert.Contains("class_weights", Refused(path), StringComparison.Ordinal);
        Write(path, classBias: 4);
        Assert.Contains("class_bias", Refused(path), StringComparison.Ordinal);
        Write(path, value: float.NaN);
        Assert.Contains("finite", Refused(path), StringComparison.Ordinal);
        Write(path);
        Assert.Equal(3, ClassificationFile.Load(path).Classes);
    }

    private static string Refused(string path) => Assert.Throws<InvalidInputException>(() => ClassificationFile.Load(path)).Message;

    private static void Write(string path, string grey = "means", int classes = 3, int classHidden = 4, int? classBias = null, float value = 0.5f)
    {
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Classifier, null);
        writer.SetMetadata("grey_levels", grey);
        writer.Add<float>("weights", [5, 4], _ => new float[] { 1, 2, 3, 4 });
        writer.Add<float>("class_weights", [classes, classHidden], _ => Enumerable.Repeat(value, classHidden).ToArray());
        writer.Add<float>("visible_bias", [5], _ => new float[5]);
        writer.Add<float>("class_bias", [classBias ?? classes], _ => new float[classBias ?? classes]);
        writer.Add<float>("hidden_bias", [4], _ => new float[4]);
        writer.Save(path);
    }
}
