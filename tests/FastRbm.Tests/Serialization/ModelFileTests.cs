using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Serialization;

public sealed class ModelFileTests
{
    [Fact]
    public void A_model_comes_back_to_the_bit() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            using TemporaryDirectory directory = new();
            string path = directory.File("model.safetensors");
            Rbm rbm = Translate.Engine(model);
            ModelFile.Save(path, rbm, new Dictionary<string, string> { ["visible_shape"] = "1x3" });
            Rbm loaded = ModelFile.Load(path);
            Assert.Equal(Values(rbm), Values(loaded));
            Assert.Equal(rbm.FixedPointBits, loaded.FixedPointBits);
            Assert.Equal(rbm.InputBound, loaded.InputBound);
            RbmParameters parameters = ModelFile.LoadParameters(path);
            Assert.Equal<double>(Array.ConvertAll(Values(rbm), value => (double)value), (double[])[.. parameters.Weights, .. parameters.VisibleBias, .. parameters.HiddenBias]);
            Assert.Equal("1x3", ModelFile.LoadMetadata(path)["visible_shape"]);
        }, count: 40);

    [Fact]
    public void Doubles_are_read_exactly_as_parameters_and_rounded_as_a_model()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model.safetensors");
        Write(path, writer =>
        {
            writer.Add<double>("weights", [2, 1], row => row == 0 ? [0.1] : [0.2]);
            writer.Add<double>("visible_bias", [2], _ => [1.0 / 3, 0]);
            writer.Add<double>("hidden_bias", [1], _ => [Math.PI]);
        });
        Assert.Equal(Math.PI, ModelFile.LoadParameters(path).HiddenBias[0]);
        Assert.Equal((float)Math.PI, ModelFile.Load(path).Hidden.Bias[0]);
        Assert.Equal(0.1f, ModelFile.Load(path).Weights[0, 0]);
    }

    [Theory]
    [InlineData("format", "2", "format")]
    [InlineData("model", "dbm", "model")]
    [InlineData("visible_unit", "continuous", "visible_unit")]
    [InlineData("hidden_unit", "potts", "hidden_unit")]
    public void Another_kind_of_model_is_refused_by_name(string key, string value, string named)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model.safetensors");
        Write(path, writer =>
        {
            AddGood(writer);
            writer.SetMetadata(key, value);
        });
        InvalidInputException refusal = Assert.Throws<InvalidInputException>(() => ModelFile.Load(path));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(value, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_do_not_fit_each_other_are_refused()
    {
        Refused("visible_bias", writer =>
        {
            writer.Add<float>("weights", [2, 1], _ => [0f]);
            writer.Add<float>("visible_bias", [3], _ => [0f, 0f, 0f]);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
        Refused("hidden_bias", writer =>
        {
            writer.Add<float>("weights", [2, 1], _ => [0f]);
            writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
        });
        Refused("weights", writer =>
        {
            writer.Add<float>("weights", [2], _ => [0f, 0f]);
            writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
        Refused("weights", writer =>
        {
            writer.Add<float>("weights", [0, 1], _ => []);
            writer.Add<float>("visible_bias", [0], _ => []);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
        Refused("weights", writer =>
        {
            writer.Add<ulong>("weights", [2, 1], _ => [0UL]);
            writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
        Refused("row 1, column 0", writer =>
        {
            writer.Add<float>("weights", [2, 1], row => new[] { row == 1 ? float.NaN : 0 });
            writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
        Refused("2^31", writer =>
        {
            writer.Add<float>("weights", [2, 1], _ => [2e9f]);
            writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
            writer.Add<float>("hidden_bias", [1], _ => [0f]);
        });
    }

    [Fact]
    public void Keys_of_the_format_are_not_free()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model.safetensors");
        Assert.Throws<ArgumentException>(() => ModelFile.Save(path, Rbm.Binary(2, 1), new Dictionary<string, string> { ["model"] = "x" }));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere", Assert.ThrowsAny<IOException>(() => ModelFile.Load("nowhere.safetensors")).Message, StringComparison.Ordinal);

    private static void Refused(string named, Action<SafetensorsWriter> add)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model.safetensors");
        Write(path, add);
        Assert.Contains(named, Assert.Throws<InvalidInputException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
    }

    private static void AddGood(SafetensorsWriter writer)
    {
        writer.Add<float>("weights", [2, 1], _ => [0f]);
        writer.Add<float>("visible_bias", [2], _ => [0f, 0f]);
        writer.Add<float>("hidden_bias", [1], _ => [0f]);
    }

    private static void Write(string path, Action<SafetensorsWriter> add)
    {
        SafetensorsWriter writer = new();
        writer.SetMetadata("format", "1");
        writer.SetMetadata("model", "rbm");
        writer.SetMetadata("visible_unit", "binary");
        writer.SetMetadata("hidden_unit", "binary");
        add(writer);
        writer.Save(path);
    }

    private static float[] Values(Rbm rbm) => [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];
}
