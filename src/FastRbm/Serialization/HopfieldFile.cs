using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Serialization;

/// <summary>Hopfield networks as safetensors files.</summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "hopfield", <c>form</c> = "pairwise", "polynomial:N", "exponential:BETA" or "softmax:BETA", <c>units</c> = the number of
/// units, for pairwise ones <c>unit</c> = "spin" or "binary", <c>rule</c> and <c>scale_bits</c>. Tensors: <c>patterns</c>, U64 [patterns, ceil(units / 64)] of packed bits
/// or, for softmax, F32 [patterns, units]; <c>fields</c>, I32 [units]; by other rules than Hebb's <c>weights</c>, I32 [units, units], in units of 2^-scale_bits. Weights of Hebb's rule
/// follow from the patterns and aren't stored. Everything is checked before memory for the model is allocated.
/// </remarks>
public static class HopfieldFile
{
    internal const string FormKey = "form";
    private const string UnitsKey = "units";
    private const string UnitKey = "unit";
    private const string RuleKey = "rule";
    private const string ScaleKey = "scale_bits";
    private const string PatternsName = "patterns";
    private const string FieldsName = "fields";
    private const string WeightsName = "weights";
    private const string Pairwise = "pairwise";
    private const string PolynomialPrefix = "polynomial:";
    private const string ExponentialPrefix = "exponential:";
    private const string SoftmaxPrefix = "softmax:";
    private const int MostScaleBits = 30;

    private static readonly string[] _reserved = [FormKey, UnitsKey, UnitKey, RuleKey, ScaleKey];

    private static readonly (LearningRule Rule, string Name)[] _rules =
        [(LearningRule.Given, "given"), (LearningRule.Hebb, "hebb"), (LearningRule.Storkey, "storkey"), (LearningRule.PseudoInverse, "pseudo-inverse")];

    /// <summary>Saves a pairwise network.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="network">The network.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="ArgumentException">An extra has a key of the format.</exception>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void Save(string path, HopfieldNetwork network, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsWriter writer = Begin(extras, Pairwise, network.Units);
        writer.SetMetadata(UnitKey, network.Kind == HopfieldUnits.Spin ? "spin" : "binary");
        writer.SetMetadata(RuleKey, _rules.First(rule => rule.Rule == network.Rule).Name);
        AddPatterns(writer, network.Patterns);
        if (network.Rule != LearningRule.Hebb)
        {
            writer.SetMetadata(ScaleKey, Text(-Math.ILogB(network.WeightScale)));
            int[] row = new int[network.Units];
            writer.Add<int>(WeightsName, [network.Units, network.Units], i =>
            {
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] = network.IntegerWeight(i, j);
                }

                return row;
            });
        }

        writer.Add<int>(FieldsName, [network.Units], _ => network.Fields);
        writer.Save(path);
    }

    /// <summary>Saves a dense network.</summary>
    /// <inheritdoc cref="Save(string, HopfieldNetwork, IReadOnlyDictionary{string, string})"/>
    public static void Save(string path, DenseHopfieldNetwork network, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsWriter writer = Begin(extras, network.Interaction.ToString(), network.Units);
        AddPatterns(writer, network.Patterns);
        writer.Save(path);
    }

    /// <summary>Saves a continuous network.</summary>
    /// <inheritdoc cref="Save(string, HopfieldNetwork, IReadOnlyDictionary{string, string})"/>
    public static void Save(string path, SoftmaxHopfieldNetwork network, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsWriter writer = Begin(extras, SoftmaxPrefix + network.Beta.ToString("R", CultureInfo.InvariantCulture), network.Units);
        writer.Add<float>(PatternsName, [network.Patterns.Rows, network.Units], row => network.Patterns.Row(row));
        writer.Save(path);
    }

    /// <summary>Loads a network of any form.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of a continuous network.</param>
    /// <returns>A <see cref="HopfieldNetwork"/>, a <see cref="DenseHopfieldNetwork"/> or a <see cref="SoftmaxHopfieldNetwork"/>.</returns>
    /// <exception cref="InvalidInputException">The file is no valid model of this kind; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static object LoadAny(string path, int threads = 1)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        ModelFormat.Require(reader, ModelKinds.Hopfield);
        string form = reader.RequireMetadata(FormKey);
        int units = Integer(reader, UnitsKey, 1, int.MaxValue);
        try
        {
            return form switch
            {
                Pairwise => LoadPairwise(reader, units),
                _ when form.StartsWith(SoftmaxPrefix, StringComparison.Ordinal) => LoadSoftmax(reader, units, Number(reader, form, SoftmaxPrefix), threads),
                _ when form.StartsWith(ExponentialPrefix, StringComparison.Ordinal) =>
                    new DenseHopfieldNetwork(ReadPatterns(reader, units, 1), DenseInteraction.Exponential(Number(reader, form, ExponentialPrefix))),
                _ when form.StartsWith(PolynomialPrefix, StringComparison.Ordinal) =>
                    new DenseHopfieldNetwork(ReadPatterns(reader, units, 1), Polynomial(reader, form)),
                _ => throw Wrong(reader, FormKey, "pairwise, polynomial:N, exponential:BETA or softmax:BETA", form),
            };
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "a network that can be used", unusable.Message);
        }
    }

    /// <summary>Loads a pairwise network.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">The file is no valid pairwise network; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static HopfieldNetwork Load(string path) =>
        LoadAny(path) as HopfieldNetwork ?? throw new InvalidInputException(path, "a pairwise network", "another form", $"metadata {FormKey}");

    /// <summary>Reads a network's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file holds no network.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        ModelFormat.Require(reader, ModelKinds.Hopfield);
        return reader.Metadata;
    }

    private static SafetensorsWriter Begin(IReadOnlyDictionary<string, string>? extras, string form, int units)
    {
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Hopfield, extras, _reserved);
        writer.SetMetadata(FormKey, form);
        writer.SetMetadata(UnitsKey, Text(units));
        return writer;
    }

    private static void AddPatterns(SafetensorsWriter writer, BitMatrix patterns) =>
        writer.Add<ulong>(PatternsName, [patterns.Rows, patterns.WordsPerRow], row => patterns.Row(row));

    private static HopfieldNetwork LoadPairwise(SafetensorsReader reader, int units)
    {
        string unit = reader.RequireMetadata(UnitKey);
        HopfieldUnits kind = unit switch
        {
            "spin" => HopfieldUnits.Spin,
            "binary" => HopfieldUnits.Binary,
            _ => throw Wrong(reader, UnitKey, "spin or binary", unit),
        };
        string name = reader.RequireMetadata(RuleKey);
        int found = Array.FindIndex(_rules, rule => rule.Name == name);
        if (found < 0)
        {
            throw Wrong(reader, RuleKey, string.Join(", ", _rules.Select(static rule => rule.Name)), name);
        }

        LearningRule rule = _rules[found].Rule;
        reader.RequireShape(FieldsName, units);
        if (rule != LearningRule.Hebb)
        {
            reader.RequireShape(WeightsName, units, units);
        }

        BitMatrix patterns = ReadPatterns(reader, units, rule == LearningRule.Given ? 0 : 1);
        int[] fields = new int[units];
        reader.Read<int>(FieldsName, fields);
        if (rule == LearningRule.Hebb)
        {
            return HopfieldLearning.Hebb(patterns, kind, fields);
        }

        int bits = Integer(reader, ScaleKey, -MostScaleBits, MostScaleBits);
        int[] weights = new int[checked(units * units)];
        reader.Read<int>(WeightsName, weights);
        CheckWeights(reader, weights, fields);
        return HopfieldLearning.OfIntegers(weights, fields, bits, kind, rule, patterns);
    }

    private static SoftmaxHopfieldNetwork LoadSoftmax(SafetensorsReader reader, int units, double beta, int threads)
    {
        TensorEntry entry = reader.RequireDimensions(PatternsName, 2);
        if (entry.Shape[0] < 1 || entry.Shape[1] != units)
        {
            Throw.Input(reader.Source, $"at least one pattern of {units} units", TensorEntry.Describe(entry.Shape), entry.Place);
        }

        Matrix patterns = new(checked((int)entry.Shape[0]), units);
        reader.ReadFloats(PatternsName, patterns.Row);
        return new SoftmaxHopfieldNetwork(patterns, beta, threads);
    }

    private static BitMatrix ReadPatterns(SafetensorsReader reader, int units, int least)
    {
        TensorEntry entry = reader.RequireDimensions(PatternsName, 2);
        int words = BitMatrix.WordsFor(units);
        if (entry.Shape[0] < least || entry.Shape[0] > int.MaxValue || entry.Shape[1] != words)
        {
            Throw.Input(reader.Source, $"at least {least} patterns of {words} words, for {units} units", TensorEntry.Describe(entry.Shape), entry.Place);
        }

        BitMatrix patterns = new((int)entry.Shape[0], units);
        reader.Read<ulong>(PatternsName, patterns.Row);
        ulong pads = ~BitMatrix.LastWordMask(units);
        for (int row = 0; row < patterns.Rows; row++)
        {
            if ((patterns.Row(row)[^1] & pads) != 0)
            {
                Throw.Input(reader.Source, $"zero bits past unit {units - 1}", "others", $"{entry.Place}, row {row}");
            }
        }

        return patterns;
    }

    private static void CheckWeights(SafetensorsReader reader, int[] weights, int[] fields)
    {
        int units = fields.Length;
        for (int i = 0; i < units; i++)
        {
            long bound = Math.Abs((long)fields[i]);
            for (int j = 0; j < units; j++)
            {
                int weight = weights[(i * units) + j];
                if (i == j ? weight != 0 : weight != weights[(j * units) + i])
                {
                    Throw.Input(
                        reader.Source, i == j ? "0 on the diagonal" : "symmetric weights", Text(weight), $"tensor {WeightsName}, row {i}, column {j}");
                }

                bound += Math.Abs((long)weight);
            }

            if (bound > HopfieldNetwork.MostInput)
            {
                Throw.Input(
                    reader.Source, $"|field| + sum of |weights| of at most {HopfieldNetwork.MostInput}", bound.ToString(CultureInfo.InvariantCulture), $"unit {i}");
            }
        }
    }

    private static DenseInteraction Polynomial(SafetensorsReader reader, string form) =>
        int.TryParse(form.AsSpan(PolynomialPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int degree)
            ? DenseInteraction.Polynomial(degree)
            : throw Wrong(reader, FormKey, $"a degree from 2 to {DenseInteraction.MostDegree}", form);

    private static double Number(SafetensorsReader reader, string form, string prefix) =>
        double.TryParse(form.AsSpan(prefix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out double beta) && double.IsFinite(beta)
            ? beta
            : throw Wrong(reader, FormKey, $"a number after {prefix}", form);

    private static int Integer(SafetensorsReader reader, string key, int least, int most)
    {
        string text = reader.RequireMetadata(key);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Wrong(reader, key, $"a whole number from {least} to {most}", text);
    }

    private static InvalidInputException Wrong(SafetensorsReader reader, string key, string expected, string found) =>
        new(reader.Source, expected, SafetensorsText.Shorten(found), $"metadata {key}");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
