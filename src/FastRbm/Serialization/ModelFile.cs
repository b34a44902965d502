using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Serialization;

/// <summary>Models as safetensors files: tensors <c>weights</c> [visible, hidden], <c>visible_bias</c>, <c>hidden_bias</c>.</summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "rbm", <c>visible_unit</c> and <c>hidden_unit</c> = "binary" or another name of
/// <see cref="UnitLayers"/>, and free extras. Units with more parameters than the bias have tensors <c>visible_NAME</c>, <c>hidden_NAME</c>.
/// Written as F32; F64, F32, F16 and BF16 are read. A file appears complete or not at all; everything is checked before memory
/// for the model is allocated.
/// </remarks>
public static class ModelFile
{
    internal const string WeightsName = "weights";
    internal const string VisibleBiasName = "visible_bias";
    internal const string HiddenBiasName = "hidden_bias";

    private const string VisibleUnitKey = "visible_unit";
    private const string HiddenUnitKey = "hidden_unit";
    private const string BinaryUnit = "binary";
    private const string VisiblePrefix = "visible_";
    private const string HiddenPrefix = "hidden_";

    /// <summary>Saves a model.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="rbm">The model.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, Rbm rbm, IReadOnlyDictionary<string, string>? extras = null) => Writer(rbm, extras).Save(path);

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid model; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static Rbm Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Loads a binary RBM's parameters in double precision, as exact as the file has them.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The parameters.</returns>
    /// <exception cref="InvalidInputException">The file is no valid model; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static RbmParameters LoadParameters(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        (int visible, int hidden) = CheckShape(reader);
        reader.RequireMetadata(VisibleUnitKey, BinaryUnit);
        reader.RequireMetadata(HiddenUnitKey, BinaryUnit);
        if ((long)visible * hidden > Array.MaxLength)
        {
            Throw.Input(path, $"at most {Array.MaxLength} weights", $"{(long)visible * hidden}", $"tensor {WeightsName}");
        }

        double[] weights = new double[visible * hidden];
        double[] visibleBias = new double[visible];
        double[] hiddenBias = new double[hidden];
        reader.ReadDoubles(WeightsName, weights);
        reader.ReadDoubles(VisibleBiasName, visibleBias);
        reader.ReadDoubles(HiddenBiasName, hiddenBias);
        return new RbmParameters(weights, visibleBias, hiddenBias);
    }

    /// <summary>Reads a model's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid model.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Reads which kind of model a file holds.</summary>
    /// <param name="path">The file.</param>
    /// <returns>One of <see cref="ModelKinds"/>, or another word that a later version may have written.</returns>
    /// <exception cref="InvalidInputException">The file is no model file.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static string KindOf(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        reader.RequireMetadata(ModelFormat.FormatKey, ModelFormat.FormatValue);
        return reader.RequireMetadata(ModelFormat.ModelKey);
    }

    /// <summary>A writer that holds the model, ready for more tensors.</summary>
    internal static SafetensorsWriter Writer(Rbm rbm, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Rbm, extras, VisibleUnitKey, HiddenUnitKey);
        writer.SetMetadata(VisibleUnitKey, rbm.Visible.Name);
        writer.SetMetadata(HiddenUnitKey, rbm.Hidden.Name);
        AddMatrix(writer, WeightsName, rbm.WeightMatrix);
        writer.Add<float>(VisibleBiasName, [rbm.Visible.Count], _ => rbm.Visible.Bias);
        writer.Add<float>(HiddenBiasName, [rbm.Hidden.Count], _ => rbm.Hidden.Bias);
        AddParameters(writer, VisiblePrefix, rbm.Visible);
        AddParameters(writer, HiddenPrefix, rbm.Hidden);
        return writer;
    }

    private static void AddParameters(SafetensorsWriter writer, string prefix, UnitLayer layer)
    {
        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            int parameter = row;
            writer.Add<float>(prefix + layer.ParameterNames[row], [layer.Count], _ => layer.Parameter(parameter));
        }
    }

    private static void ReadParameters(SafetensorsReader reader, string prefix, UnitLayer layer)
    {
        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            reader.ReadFloats(prefix + layer.ParameterNames[row], layer.MutableParameter(row));
        }
    }

    /// <summary>Adds a matrix as a tensor of two dimensions.</summary>
    internal static void AddMatrix(SafetensorsWriter writer, string name, Matrix matrix) =>
        writer.Add<float>(name, [matrix.Rows, matrix.Columns], row => matrix.Row(row));

    /// <summary>Loads the model of an open file.</summary>
    internal static Rbm Load(SafetensorsReader reader)
    {
        (int visible, int hidden) = CheckShape(reader);
        UnitLayer visibleLayer = LayerOf(reader, VisibleUnitKey, VisiblePrefix, visible);
        UnitLayer hiddenLayer = LayerOf(reader, HiddenUnitKey, HiddenPrefix, hidden);
        Rbm rbm = new(visibleLayer, hiddenLayer);
        ReadParameters(reader, VisiblePrefix, visibleLayer);
        ReadParameters(reader, HiddenPrefix, hiddenLayer);
        try
        {
            rbm.Edit((weights, visibleBias, hiddenBias) =>
            {
                reader.ReadFloats(VisibleBiasName, visibleBias);
                reader.ReadFloats(HiddenBiasName, hiddenBias);
            });
            reader.ReadFloats(WeightsName, rbm.WeightMatrix.Row);
            rbm.Edit(static (_, _, _) => { });
            rbm.CheckProper();
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "weights that can be used", unusable.Message);
        }

        return rbm;
    }

    /// <summary>Makes an empty layer of the kind that the file names, after a look at its tensors.</summary>
    private static UnitLayer LayerOf(SafetensorsReader reader, string key, string prefix, int count)
    {
        string name = reader.RequireMetadata(key);
        UnitLayer layer;
        try
        {
            layer = UnitLayers.Parse(name, count);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException(reader.Source, $"a kind of units for {count} columns", $"{SafetensorsText.Shorten(name)} ({wrong.Message})", $"metadata {key}");
        }

        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            reader.RequireShape(prefix + layer.ParameterNames[row], count);
        }

        return layer;
    }

    private static (int Visible, int Hidden) CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.Rbm);
        TensorEntry weights = reader.RequireDimensions(WeightsName, 2);
        if (weights.Shape[0] < 1 || weights.Shape[1] < 1)
        {
            Throw.Input(reader.Source, "at least one visible and one hidden unit", TensorEntry.Describe(weights.Shape), weights.Place);
        }

        reader.RequireShape(VisibleBiasName, weights.Shape[0]);
        reader.RequireShape(HiddenBiasName, weights.Shape[1]);
        return ((int)weights.Shape[0], (int)weights.Shape[1]);
    }
}
