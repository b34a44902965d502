using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Networks;

namespace FastRbm.Serialization;

/// <summary>What the files of deep models share: sizes of layers, and a classifier of sigmoid layers and a linear one.</summary>
internal static class DeepTensors
{
    private const string ClassifierPrefix = "classifier_";
    private const int MostLayers = 64;

    /// <summary>The name of a layer's tensor.</summary>
    public static string Name(string what, int layer) => $"{what}_{layer.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Adds a classifier, if there is one.</summary>
    public static void Add(SafetensorsWriter writer, Network? network)
    {
        for (int layer = 0; layer < (network?.Layers.Count ?? 0); layer++)
        {
            DenseLayer dense = network!.Layers[layer];
            ModelFile.AddMatrix(writer, Name(ClassifierPrefix + ModelFile.WeightsName, layer), dense.WeightMatrix);
            writer.Add<float>(Name(ClassifierPrefix + "bias", layer), [dense.Outputs], _ => dense.Bias);
        }
    }

    /// <summary>Checks the shapes of a chain of matrices of which each begins with as many rows as the one before has columns.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="name">Their name, without the number.</param>
    /// <param name="least">The least number of them.</param>
    /// <returns>Sizes: rows of the first, then columns of each; empty if there is none and none is needed.</returns>
    public static int[] CheckChain(SafetensorsReader reader, string name, int least)
    {
        List<int> sizes = [];
        for (int layer = 0; layer < MostLayers && (layer < least || reader.Tensors.ContainsKey(Name(name, layer))); layer++)
        {
            TensorEntry weights = reader.RequireDimensions(Name(name, layer), 2);
            long rows = weights.Shape[0];
            long columns = weights.Shape[1];
            if (rows < 1 || columns < 1 || rows > 1 << 24 || columns > 1 << 24)
            {
                Throw.Input(reader.Source, "1 to 2^24 units a layer", TensorEntry.Describe(weights.Shape), weights.Place);
            }

            if (layer > 0 && rows != sizes[^1])
            {
                Throw.Input(reader.Source, $"{sizes[^1].ToString(CultureInfo.InvariantCulture)} rows, the columns of {Name(name, layer - 1)}", TensorEntry.Describe(weights.Shape), weights.Place);
            }

            if (layer == 0)
            {
                sizes.Add((int)rows);
            }

            sizes.Add((int)columns);
        }

        return [.. sizes];
    }

    /// <summary>Loads the classifier, if there is one.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="inputs">The inputs that it must have.</param>
    /// <returns>The classifier, or null.</returns>
    public static Network? Load(SafetensorsReader reader, int inputs)
    {
        int[] sizes = CheckChain(reader, ClassifierPrefix + ModelFile.WeightsName, 0);
        if (sizes.Length == 0)
        {
            return null;
        }

        if (sizes[0] != inputs || sizes[^1] < 2)
        {
            Throw.Input(
                reader.Source, string.Create(CultureInfo.InvariantCulture, $"a classifier of {inputs} inputs and at least two classes"),
                string.Create(CultureInfo.InvariantCulture, $"{sizes[0]} and {sizes[^1]}"), $"tensor {Name(ClassifierPrefix + ModelFile.WeightsName, 0)}");
        }

        for (int layer = 0; layer + 1 < sizes.Length; layer++)
        {
            reader.RequireShape(Name(ClassifierPrefix + "bias", layer), sizes[layer + 1]);
        }

        DenseLayer[] layers = new DenseLayer[sizes.Length - 1];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            UnitFunction function = layer == layers.Length - 1 ? UnitFunction.Linear : UnitFunction.Sigmoid;
            layers[layer] = new DenseLayer(sizes[layer], sizes[layer + 1], function);
            reader.ReadFloats(Name(ClassifierPrefix + ModelFile.WeightsName, layer), layers[layer].WeightMatrix.Row);
            reader.ReadFloats(Name(ClassifierPrefix + "bias", layer), layers[layer].Bias);
        }

        return new Network(layers);
    }

    /// <summary>Reads a matrix.</summary>
    public static Matrix ReadMatrix(SafetensorsReader reader, string name, int rows, int columns)
    {
        Matrix matrix = new(rows, columns);
        reader.ReadFloats(name, matrix.Row);
        return matrix;
    }

    /// <summary>Turns what a model refuses into what is wrong with its file.</summary>
    public static T Usable<T>(SafetensorsReader reader, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "weights that can be used", unusable.Message);
        }
    }
}
