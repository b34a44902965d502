using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Models;

/// <summary>Makes layers from their names, as files and the command line write them.</summary>
/// <remarks>
/// <code>
///   binary  spin  gaussian  relu  double-relu  spike-and-slab  replicated-softmax
///   binomial:8                              counts from 0 to 8
///   noisy-mean:0.1                          means of binary units with noise of that standard deviation
///   potts:50                                one group of 50 columns, or as many as the columns make
///   potts:10x3,4,7                          groups of 10, 10, 10, 4 and 7 columns
///   mixed:gaussian[3];potts:10x2[20]        3 columns of one kind, 20 of another
/// </code>
/// Thread-safe.
/// </remarks>
public static class UnitLayers
{
    private const string Kinds =
        "binary, spin, potts:CATEGORIES, binomial:TRIALS, replicated-softmax, gaussian, relu, double-relu, spike-and-slab, noisy-mean:DEVIATION or mixed:PARTS";

    /// <summary>Makes a layer of a name; its <see cref="UnitLayer.Name"/> gives the same layer again.</summary>
    /// <param name="name">The kind and its constants.</param>
    /// <param name="count">The number of units, which for word counts is the vocabulary, for Potts units the number of columns.</param>
    /// <returns>A layer whose parameters are as new.</returns>
    /// <exception cref="ArgumentException">There is no such kind, its constants are missing, wrong or too many, or they don't make
    /// <paramref name="count"/> units; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static UnitLayer Parse(string name, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        Throw.IfLess(count, 1);
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? name : name[..colon];
        string? constants = colon < 0 ? null : name[(colon + 1)..];
        switch (kind)
        {
            case "binary":
                return WithoutConstants(new BinaryLayer(count), name);
            case "spin":
                return WithoutConstants(new SpinLayer(count), name);
            case "replicated-softmax":
                return WithoutConstants(new ReplicatedSoftmaxLayer(count), name);
            case "gaussian":
                return WithoutConstants(new GaussianLayer(count), name);
            case "relu":
                return WithoutConstants(new ReluLayer(count), name);
            case "double-relu":
                return WithoutConstants(new DoubleReluLayer(count), name);
            case "spike-and-slab":
                return WithoutConstants(new SpikeAndSlabLayer(count), name);
            case "binomial":
                return Binomial(name, constants, count);
            case "noisy-mean":
                return NoisyMean(name, constants, count);
            case "potts":
                return Potts(name, constants, count);
            case "mixed":
                return Mixed(name, constants, count);
            default:
                Throw.Argument(nameof(name), $"a kind of units: {Kinds}", $"\"{name}\"");
                return null!;
        }
    }

    private static UnitLayer WithoutConstants(UnitLayer layer, string name)
    {
        if (name != layer.Name)
        {
            Throw.Argument(nameof(name), $"\"{layer.Name}\" without constants", $"\"{name}\"");
        }

        return layer;
    }

    private static BinomialLayer Binomial(string name, string? constants, int count)
    {
        if (!TryNumber(constants, out int trials) || trials is < 1 or > BinomialLayer.MaxTrials)
        {
            Throw.Argument(nameof(name), $"binomial:TRIALS with 1 to {BinomialLayer.MaxTrials} trials", $"\"{name}\"");
        }

        return new BinomialLayer(count, trials);
    }

    private static NoisyMeanLayer NoisyMean(string name, string? constants, int count)
    {
        if (!float.TryParse(constants, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out float deviation)
            || !(deviation > 0 && deviation <= NoisyMeanLayer.MaxDeviation))
        {
            Throw.Argument(nameof(name), $"noisy-mean:DEVIATION with a standard deviation above 0, at most {NoisyMeanLayer.MaxDeviation}", $"\"{name}\"");
        }

        return new NoisyMeanLayer(count, deviation);
    }

    private static PottsLayer Potts(string name, string? constants, int count)
    {
        List<int> categories = [];
        long sum = 0;
        string[] runs = (constants ?? "").Split(',');
        foreach (string run in runs)
        {
            int times = run.IndexOf('x', StringComparison.Ordinal);
            int groups = 1;
            if (!TryNumber(times < 0 ? run : run[..times], out int size) || size < 2
                || (times >= 0 && (!TryNumber(run[(times + 1)..], out groups) || groups < 1)))
            {
                Throw.Argument(nameof(name), "potts:CATEGORIES with groups of at least 2, such as potts:10 or potts:10x3,4,7", $"\"{name}\"");
            }

            // One size alone is that of every group.
            groups = runs.Length == 1 && times < 0 && count % size == 0 ? count / size : groups;
            sum += (long)groups * size;
            if (sum > count)
            {
                break;
            }

            categories.AddRange(Enumerable.Repeat(size, groups));
        }

        if (sum != count)
        {
            string expected = runs.Length == 1 && !name.Contains('x', StringComparison.Ordinal)
                ? "a number of columns that is a multiple of the group's size"
                : "categories that sum to the number of columns";
            Throw.Argument(nameof(name), expected, string.Create(CultureInfo.InvariantCulture, $"\"{name}\" for {count} columns"));
        }

        return new PottsLayer([.. categories]);
    }

    private static MixedLayer Mixed(string name, string? constants, int count)
    {
        List<UnitLayer> parts = [];
        long sum = 0;
        foreach (string text in (constants ?? "").Split(';'))
        {
            int open = text.IndexOf('[', StringComparison.Ordinal);
            if (open < 1 || text[^1] != ']' || !TryNumber(text[(open + 1)..^1], out int columns) || columns < 1)
            {
                Throw.Argument(nameof(name), "parts such as mixed:gaussian[3];potts:10x2[20]", $"\"{text}\" in \"{name}\"");
                return null!;
            }

            sum += columns;
            parts.Add(Parse(text[..open], columns));
        }

        if (sum != count)
        {
            Throw.Argument(nameof(name), "parts that have as many columns as the layer together", string.Create(
                CultureInfo.InvariantCulture, $"\"{name}\" with {sum} for {count} columns"));
        }

        return new MixedLayer([.. parts]);
    }

    private static bool TryNumber(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
