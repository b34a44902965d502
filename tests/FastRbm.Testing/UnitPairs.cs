using FastRbm.Reference;

namespace FastRbm.Testing;

/// <summary>Small models of every pair of kinds of units, by brute force.</summary>
/// <param name="Visible">The kind of the visible units.</param>
/// <param name="Hidden">The kind of the hidden units.</param>
public sealed record UnitPairs(string Visible, string Hidden)
{
    /// <summary>Words of a document.</summary>
    public const int Total = 2;

    /// <summary>Kinds of visible units.</summary>
    public static IReadOnlyList<string> VisibleKinds { get; } =
        ["binary", "spin", "potts:3", "binomial:3", "replicated-softmax", "gaussian", "relu", "double-relu", "spike-and-slab"];

    /// <summary>Kinds of hidden units.</summary>
    public static IReadOnlyList<string> HiddenKinds { get; } = [.. VisibleKinds.Where(static kind => kind != "replicated-softmax")];

    /// <summary>All pairs.</summary>
    public static IEnumerable<UnitPairs> All { get; } = [.. VisibleKinds.SelectMany(static visible => HiddenKinds.Select(hidden => new UnitPairs(visible, hidden)))];

    /// <summary>The visible group by brute force.</summary>
    /// <param name="seed">As for the engine.</param>
    public ReferenceGroup VisibleGroup(ulong seed) => ReferenceGroup.Of(Visible, Parameters(seed).Visible, Total);

    /// <summary>The hidden group by brute force.</summary>
    /// <param name="seed">As for the engine.</param>
    public ReferenceGroup HiddenGroup(ulong seed)
    {
        double[][] parameters = Parameters(seed).Hidden;
        if (Visible == "replicated-softmax")
        {
            parameters[0] = Array.ConvertAll(parameters[0], static bias => Total * bias);
        }

        return ReferenceGroup.Of(Hidden, parameters);
    }

    /// <summary>The model by brute force.</summary>
    /// <param name="seed">As for the engine.</param>
    public ReferencePair Reference(ulong seed) => new(VisibleGroup(seed), HiddenGroup(seed), Parameters(seed).Weights);

    /// <inheritdoc/>
    public override string ToString() => $"{Visible} x {Hidden}";

    /// <summary>Parameters that are floats, so that the engine has the same ones: rows of each layer, and weights.</summary>
    /// <param name="seed">Draws them.</param>
    public (double[][] Visible, double[][] Hidden, double[,] Weights) Parameters(ulong seed)
    {
        SplitMix64 random = new(seed);
        double[][] visible = Rows(Visible, random);
        double[][] hidden = Rows(Hidden, random);

        // Weak between unbounded units, so that the density is finite.
        double size = IsUnbounded(Visible) && IsUnbounded(Hidden) ? 0.5 : 1.2;
        double[,] weights = new double[visible[0].Length, hidden[0].Length];
        for (int i = 0; i < visible[0].Length; i++)
        {
            for (int j = 0; j < hidden[0].Length; j++)
            {
                weights[i, j] = (float)((random.NextBool() ? 1 : -1) * random.NextDouble(0.6 * size, size));
            }
        }

        return (visible, hidden, weights);
    }

    private static int Units(string kind) => kind switch
    {
        "binary" or "spin" => 2,
        "potts:3" or "replicated-softmax" => 3,
        _ => 1,
    };

    private static bool IsUnbounded(string kind) => ParameterRows(kind) > 1;

    private static int ParameterRows(string kind) => kind switch
    {
        "gaussian" or "relu" => 2,
        "spike-and-slab" => 3,
        "double-relu" => 4,
        _ => 1,
    };

    private static double[][] Rows(string kind, SplitMix64 random) =>
        [.. Enumerable.Range(0, ParameterRows(kind)).Select(_ =>
            random.NextDoubles(Units(kind)).Select(value => (double)(float)((0.8 * value) - 0.4)).ToArray())];
}
