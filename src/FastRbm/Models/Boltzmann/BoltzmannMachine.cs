using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Boltzmann;

/// <summary>A fully visible Boltzmann machine: p(x) = exp(-E(x)) / Z with E(x) = -(x'Wx + b'x), W symmetric with a zero diagonal.</summary>
/// <remarks>
/// <para>The sum x'Wx runs over ordered pairs, so it counts every pair twice: a pair contributes J_ij x_i x_j with <b>J_ij = 2 W_ij</b>, which
/// is the coupling of the Ising model and of most papers. W is what is stored and written to files; an input is b_i + sum_j J_ij x_j.</para>
/// <para>Units are binary {0, 1}, p(x_i = 1 | rest) = sigmoid(b_i + sum_j J_ij x_j), or spins {-1, 1} with twice that input. Pairs that
/// the graph doesn't name have no parameter, so nothing can couple them. Beside the floats there is an integer copy, in which
/// sampling is exact: see <see cref="InputBound"/>. Not thread-safe for writing.</para>
/// <para>Source: Ackley, Hinton and Sejnowski, "A learning algorithm for Boltzmann machines" (1985).</para>
/// </remarks>
public sealed class BoltzmannMachine
{
    private readonly float[] _weights;
    private readonly float[] _biases;

    /// <summary>Makes a machine with all parameters 0.</summary>
    /// <param name="graph">Which pairs are coupled.</param>
    /// <param name="kind">Binary or spin.</param>
    /// <exception cref="ArgumentException">The units are of another kind.</exception>
    public BoltzmannMachine(CouplingGraph graph, UnitKind kind = UnitKind.Binary)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (kind is not (UnitKind.Binary or UnitKind.Spin))
        {
            Throw.Argument(nameof(kind), "binary or spin units", kind.ToString());
        }

        Graph = graph;
        Kind = kind;
        _weights = new float[graph.Edges];
        _biases = new float[graph.Units];
        FixedPoint = new FixedPointCouplings(graph, kind == UnitKind.Spin);
        FixedPoint.Rebuild(_weights, _biases);
    }

    /// <summary>Which pairs are coupled.</summary>
    public CouplingGraph Graph { get; }

    /// <summary>The number of units.</summary>
    public int Units => Graph.Units;

    /// <summary>Binary or spin.</summary>
    public UnitKind Kind { get; }

    /// <summary>W_ij of each edge, in the order of the graph's edges.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>b_i.</summary>
    public ReadOnlySpan<float> Biases => _biases;

    /// <summary>A bound on |log p(x_i = up | rest) / p(x_i = down | rest)| of any unit, in nats. Integers hold it to one part in 2^30.</summary>
    public double InputBound => FixedPoint.InputBound;

    /// <summary>The integer copy.</summary>
    internal FixedPointCouplings FixedPoint { get; }

    /// <summary>A dense machine from matrices.</summary>
    /// <param name="weights">W, units x units.</param>
    /// <param name="biases">b.</param>
    /// <param name="kind">Binary or spin.</param>
    /// <param name="rule">What becomes of a W that isn't symmetric or has a diagonal.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">The shapes don't fit, a value isn't finite, or W is refused; row and column are named.</exception>
    public static BoltzmannMachine FromWeights(
        ReadOnlySpan2D<float> weights, ReadOnlySpan<float> biases, UnitKind kind = UnitKind.Binary, SymmetryRule rule = SymmetryRule.Refuse) =>
        FromWeights(CouplingGraph.Complete(Math.Max(1, biases.Length)), weights, biases, kind, rule);

    /// <summary>A machine on a graph from matrices.</summary>
    /// <param name="graph">Which pairs are coupled.</param>
    /// <param name="weights">W, units x units: 0 for pairs that the graph doesn't name.</param>
    /// <param name="biases">b.</param>
    /// <param name="kind">Binary or spin.</param>
    /// <param name="rule">What becomes of a W that isn't symmetric or has a diagonal.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">As above, or a pair that the graph doesn't name has a weight.</exception>
    public static BoltzmannMachine FromWeights(
        CouplingGraph graph, ReadOnlySpan2D<float> weights, ReadOnlySpan<float> biases, UnitKind kind = UnitKind.Binary, SymmetryRule rule = SymmetryRule.Refuse)
    {
        BoltzmannMachine machine = new(graph, kind);
        if (!Enum.IsDefined(rule))
        {
            Throw.OutOfRange(nameof(rule), "refuse or symmetrise", (int)rule);
        }

        Throw.IfLengthDiffers(biases.Length, graph.Units, nameof(biases));
        Throw.IfLengthDiffers(weights.Height, graph.Units, nameof(weights));
        Throw.IfLengthDiffers(weights.Width, graph.Units, nameof(weights));
        biases.CopyTo(machine._biases);
        for (int i = 0; i < graph.Units; i++)
        {
            for (int j = 0; j < graph.Units; j++)
            {
                CheckFinite(weights[i, j], nameof(weights), i, j);
            }
        }

        for (int i = 0; i < graph.Units; i++)
        {
            machine.TakeDiagonal(weights[i, i], i, rule);
            for (int j = i + 1; j < graph.Units; j++)
            {
                machine.TakePair(weights[i, j], weights[j, i], i, j, rule);
            }
        }

        machine.Follow();
        return machine;
    }

    /// <summary>W_ij.</summary>
    /// <param name="first">A unit.</param>
    /// <param name="second">A unit.</param>
    /// <returns>The weight; 0 on the diagonal and for pairs that aren't coupled.</returns>
    public float Weight(int first, int second)
    {
        int edge = Graph.EdgeOf(first, second);
        return edge < 0 ? 0 : _weights[edge];
    }

    /// <summary>J_ij = 2 W_ij, what the pair contributes to -E where both units are 1.</summary>
    /// <param name="first">A unit.</param>
    /// <param name="second">A unit.</param>
    /// <returns>The coupling.</returns>
    public float Coupling(int first, int second) => 2 * Weight(first, second);

    /// <summary>Changes parameters and follows with the integer copy.</summary>
    /// <param name="editor">Writes them.</param>
    /// <exception cref="ArgumentException">A value isn't finite or too large; the parameters are as they were before.</exception>
    public void Edit(BoltzmannEditor editor)
    {
        ArgumentNullException.ThrowIfNull(editor);
        float[] weights = [.. _weights];
        float[] biases = [.. _biases];
        editor(weights, biases);
        CheckFinite(weights, "weights");
        CheckFinite(biases, "biases");
        if (!FixedPoint.Rebuild(weights, biases))
        {
            FixedPoint.Rebuild(_weights, _biases);
            TooLarge();
        }

        weights.CopyTo(_weights, 0);
        biases.CopyTo(_biases, 0);
    }

    /// <summary>E(x) in double of one row.</summary>
    /// <param name="states">Packed states: a bit of 1 is 1 or, of spins, up.</param>
    /// <returns>The energy in nats.</returns>
    /// <exception cref="ArgumentException">The row isn't of the machine's length.</exception>
    public double Energy(ReadOnlySpan<ulong> states)
    {
        Throw.IfLengthDiffers(states.Length, BitMatrix.WordsFor(Units), nameof(states));
        double low = Kind == UnitKind.Spin ? -1 : 0;
        double sum = 0;
        for (int i = 0; i < Units; i++)
        {
            double own = (states[i >> 6] >> (i & 63) & 1) != 0 ? 1 : low;
            if (own == 0)
            {
                continue;
            }

            double input = _biases[i];
            for (int edge = Graph.FirstEdge(i); edge < Graph.FirstEdge(i + 1); edge++)
            {
                int j = Graph.SecondOf(i, edge);
                double other = (states[j >> 6] >> (j & 63) & 1) != 0 ? 1 : low;
                input += 2.0 * _weights[edge] * other;
            }

            sum += own * input;
        }

        return -sum;
    }

    /// <summary>log p(x_i = up | rest) / p(x_i = down | rest) of every unit, from the integer copy.</summary>
    /// <param name="states">Packed states.</param>
    /// <param name="logOdds">A number a unit, in nats.</param>
    /// <exception cref="ArgumentException">A length isn't the machine's.</exception>
    public void LogOdds(ReadOnlySpan<ulong> states, Span<float> logOdds)
    {
        Throw.IfLengthDiffers(logOdds.Length, Units, nameof(logOdds));
        Throw.IfLengthDiffers(states.Length, BitMatrix.WordsFor(Units), nameof(states));
        int[] sums = System.Buffers.ArrayPool<int>.Shared.Rent(FixedPoint.Stride);
        FixedPoint.Sum(SimdSelection.Current, states, sums.AsSpan(0, FixedPoint.Stride));
        for (int unit = 0; unit < logOdds.Length; unit++)
        {
            logOdds[unit] = sums[unit] * FixedPoint.BitScale;
        }

        System.Buffers.ArrayPool<int>.Shared.Return(sums);
    }

    /// <summary>sum_i log p(x_i | rest) of one row, from the integer copy.</summary>
    /// <param name="states">Packed states.</param>
    /// <param name="sums">Scratch of FixedPoint.Stride integers.</param>
    internal double LogPseudoLikelihood(ReadOnlySpan<ulong> states, Span<int> sums)
    {
        FixedPoint.Sum(SimdSelection.Current, states, sums);
        double scale = Math.ScaleB(1, -FixedPoint.BitScaleBits);
        double sum = 0;
        for (int unit = 0; unit < Units; unit++)
        {
            double logOdds = sums[unit] * scale;
            sum -= DoubleMath.Softplus((states[unit >> 6] >> (unit & 63) & 1) != 0 ? -logOdds : logOdds);
        }

        return sum;
    }

    /// <summary>The parameters, for code that calls <see cref="Follow"/> or <see cref="TryFollow"/> after it.</summary>
    internal Span<float> MutableWeights => _weights;

    /// <summary>As above.</summary>
    internal Span<float> MutableBiases => _biases;

    /// <summary>Follows changed parameters. Allocates nothing.</summary>
    /// <returns>False when they aren't finite or too large.</returns>
    internal bool TryFollow() => FixedPoint.Rebuild(_weights, _biases);

    /// <summary>Follows changed parameters.</summary>
    /// <exception cref="ArgumentException">They aren't finite or too large.</exception>
    internal void Follow()
    {
        CheckFinite(_weights, "weights");
        CheckFinite(_biases, "biases");
        if (!TryFollow())
        {
            TooLarge();
        }
    }

    private void TakeDiagonal(float value, int unit, SymmetryRule rule)
    {
        if (value != 0 && rule == SymmetryRule.Refuse)
        {
            Throw.Argument("weights", "a zero diagonal", Text($"{value} at row {unit}, column {unit}"));
        }

        _biases[unit] += Kind == UnitKind.Binary ? value : 0;
    }

    private void TakePair(float upper, float lower, int i, int j, SymmetryRule rule)
    {
        if (upper != lower && rule == SymmetryRule.Refuse)
        {
            Throw.Argument("weights", "a symmetric matrix", Text($"{upper} at row {i}, column {j} and {lower} at row {j}, column {i}"));
        }

        float weight = upper == lower ? upper : (float)(0.5 * ((double)upper + lower));
        int edge = Graph.EdgeOf(i, j);
        if (edge >= 0)
        {
            _weights[edge] = weight;
        }
        else if (weight != 0)
        {
            Throw.Argument("weights", "0 for pairs that the graph doesn't couple", Text($"{weight} at row {i}, column {j}"));
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> values, string name)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                Throw.Argument(name, "finite values", Text($"{values[i]} at {i}"));
            }
        }
    }

    private static void CheckFinite(float value, string name, int row, int column)
    {
        if (!float.IsFinite(value))
        {
            Throw.Argument(name, "finite values", Text($"{value} at row {row}, column {column}"));
        }
    }

    private static void TooLarge() =>
        Throw.Argument("parameters", "sums of a unit's absolute couplings and bias below 1e9", "larger ones");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
