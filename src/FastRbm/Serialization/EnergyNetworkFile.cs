using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Serialization;

/// <summary>Energy networks as safetensors files: tensors <c>weights_0</c> [inputs, units], <c>bias_0</c> [units], and so on, a pair a layer.</summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "jem", <c>functions</c>, the names of the layers' functions with commas between, <c>bound</c> ("infinity" for
/// none), <c>confinement</c>, <c>data_scale</c>, <c>data_offset</c>, and free extras. Written as F32; F64, F32, F16 and BF16 are read. A file appears complete
/// or not at all; everything is checked before memory for the model is allocated.
/// </remarks>
public static class EnergyNetworkFile
{
    private const string FunctionsKey = "functions";
    private const string BoundKey = "bound";
    private const string ConfinementKey = "confinement";
    private const string ScaleKey = "data_scale";
    private const string OffsetKey = "data_offset";
    private const string Infinity = "infinity";
    private const int MostLayers = 100;

    /// <summary>Saves a model.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="model">The model.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void Save(string path, EnergyNetwork model, IReadOnlyDictionary<string, string>? extras = null) => Writer(model, extras).Save(path);

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid energy network; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static EnergyNetwork Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads a model's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid energy network.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates: a model file that also holds the rest of the run's state, chains included.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void SaveCheckpoint(string path, JemTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        RunCheckpoint.Save(path, Writer(trainer.Model, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped, and then writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="options">The options of the run; threads may differ.</param>
    /// <param name="validation">Validation rows, or null.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static JemTrainer ResumeCheckpoint(string path, ILabelledRows rows, string dataFingerprint, JemOptions options, ILabelledRows? validation = null)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        EnergyNetwork model = Load(reader);
        JemTrainer? trainer = null;
        try
        {
            trainer = new JemTrainer(model, rows, options, validation);
            RunCheckpoint.Restore(reader, trainer, dataFingerprint);
            JemTrainer resumed = trainer;
            trainer = null;
            return resumed;
        }
        finally
        {
            trainer?.Dispose();
        }
    }

    private static SafetensorsWriter Writer(EnergyNetwork model, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.EnergyNetwork, extras, FunctionsKey, BoundKey, ConfinementKey, ScaleKey, OffsetKey);
        writer.SetMetadata(FunctionsKey, string.Join(',', model.Network.Layers.Select(static layer => NameOf(layer.Function))));
        writer.SetMetadata(BoundKey, double.IsInfinity(model.Options.Bound) ? Infinity : Text(model.Options.Bound));
        writer.SetMetadata(ConfinementKey, Text(model.Options.Confinement));
        writer.SetMetadata(ScaleKey, Text(model.Options.DataScale));
        writer.SetMetadata(OffsetKey, Text(model.Options.DataOffset));
        for (int layer = 0; layer < model.Network.Layers.Count; layer++)
        {
            DenseLayer dense = model.Network.Layers[layer];
            ModelFile.AddMatrix(writer, Weights(layer), dense.WeightMatrix);
            writer.Add<float>(Bias(layer), [dense.Outputs], _ => dense.Bias);
        }

        return writer;
    }

    private static EnergyNetwork Load(SafetensorsReader reader)
    {
        ((int Inputs, int Outputs, UnitFunction Function)[] shapes, EnergyNetworkOptions options) = CheckShape(reader);
        DenseLayer[] layers = [.. shapes.Select(static shape => new DenseLayer(shape.Inputs, shape.Outputs, shape.Function))];
        EnergyNetwork model;
        try
        {
            model = new EnergyNetwork(new Network(layers), options);
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "an energy network", unusable.Message);
        }

        for (int layer = 0; layer < layers.Length; layer++)
        {
            reader.ReadFloats(Weights(layer), layers[layer].WeightMatrix.Row);
            reader.ReadFloats(Bias(layer), layers[layer].Bias);
        }

        return model;
    }

    private static ((int Inputs, int Outputs, UnitFunction Function)[] Layers, EnergyNetworkOptions Options) CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.EnergyNetwork);
        string[] names = reader.RequireMetadata(FunctionsKey).Split(',');
        if (names.Length > MostLayers)
        {
            Throw.Input(reader.Source, $"at most {MostLayers} layers", $"{names.Length}", $"metadata {FunctionsKey}");
        }

        (int Inputs, int Outputs, UnitFunction Function)[] layers = new (int, int, UnitFunction)[names.Length];
        for (int layer = 0; layer < names.Length; layer++)
        {
            TensorEntry weights = reader.RequireDimensions(Weights(layer), 2);
            if (weights.Shape[0] < 1 || weights.Shape[1] < 1 || weights.Shape[0] > int.MaxValue || (weights.Shape[1] + 15) * weights.Shape[0] > Array.MaxLength - 16)
            {
                Throw.Input(reader.Source, "at least one input and one unit, and weights that fit one array", TensorEntry.Describe(weights.Shape), weights.Place);
            }

            if (layer > 0 && weights.Shape[0] != layers[layer - 1].Outputs)
            {
                Throw.Input(reader.Source, $"{layers[layer - 1].Outputs} inputs, the units of layer {layer - 1}", TensorEntry.Describe(weights.Shape), weights.Place);
            }

            reader.RequireShape(Bias(layer), weights.Shape[1]);
            layers[layer] = ((int)weights.Shape[0], (int)weights.Shape[1], FunctionOf(reader, names[layer]));
        }

        return (layers, OptionsOf(reader));
    }

    private static EnergyNetworkOptions OptionsOf(SafetensorsReader reader)
    {
        string bound = reader.RequireMetadata(BoundKey);
        EnergyNetworkOptions options = new()
        {
            Bound = bound == Infinity ? double.PositiveInfinity : Number(reader, BoundKey),
            Confinement = Number(reader, ConfinementKey),
            DataScale = Number(reader, ScaleKey),
            DataOffset = Number(reader, OffsetKey),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "an energy network", unusable.Message);
        }

        return options;
    }

    private static double Number(SafetensorsReader reader, string key)
    {
        string text = reader.RequireMetadata(key);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            Throw.Input(reader.Source, "a finite number", SafetensorsText.Shorten(text), $"metadata {key}");
        }

        return value;
    }

    private static UnitFunction FunctionOf(SafetensorsReader reader, string name)
    {
        foreach (UnitFunction function in Enum.GetValues<UnitFunction>())
        {
            if (NameOf(function) == name)
            {
                return function;
            }
        }

        throw new InvalidInputException(
            reader.Source, $"functions out of {string.Join(", ", Enum.GetValues<UnitFunction>().Select(NameOf))}", SafetensorsText.Shorten(name), $"metadata {FunctionsKey}");
    }

    private static string NameOf(UnitFunction function) => function switch
    {
        UnitFunction.Linear => "linear",
        UnitFunction.Sigmoid => "sigmoid",
        UnitFunction.Tanh => "tanh",
        UnitFunction.Softplus => "softplus",
        UnitFunction.Swish => "swish",
        _ => "relu",
    };

    private static string Weights(int layer) => FormattableString.Invariant($"weights_{layer}");

    private static string Bias(int layer) => FormattableString.Invariant($"bias_{layer}");

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
