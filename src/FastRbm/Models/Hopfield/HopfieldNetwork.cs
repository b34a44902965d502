using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Recall;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>A Hopfield network: E(x) = -1/2 sum_ij w_ij x_i x_j + sum_i theta_i x_i with symmetric weights and no self-coupling.</summary>
/// <remarks>
/// <para>A unit's input is h_i = sum_j w_ij x_j - theta_i; an update sets it to its upper value for h_i above 0, to its lower one below, and keeps it at 0. Energy never
/// rises when units are updated one by one: a flip changes it by -2 |h_i| for spins, by -|h_i| for binary units.</para>
/// <para>Weights are integers times <see cref="WeightScale"/>: by Hebb's rule sums of products over N, exactly; by other rules round(w 2^s) with the largest s for
/// which no input can overflow (s = 0 for given weights that are integers). So inputs, flips and energies in integers are exact, whatever the order, the SIMD level or
/// the number of threads. Inside, states are spins s = 2 b - 1 of bits b: with Q_ij = w_ij / scale an input is J_i = sum_j Q_ij s_j + t_i, where the field t_i is
/// -theta_i / scale for spins and sum_j Q_ij - 2 theta_i / scale for binary units.</para>
/// <para>Immutable; thread-safe. Source: Hopfield (PNAS 1982).</para>
/// </remarks>
public sealed class HopfieldNetwork
{
    /// <summary>The largest |field| + sum of |weights| of a unit, in integers.</summary>
    internal const int MostInput = (1 << 30) - 1;

    /// <summary>Rows that take more bytes than this are left in the form of patterns, where there is one.</summary>
    internal const long MostRowBytes = 32L << 20;

    private readonly Lock _gate = new();
    private readonly PatternCouplings? _byPatterns;
    private readonly int[] _fields;
    private readonly long _constant;
    private readonly long[] _rowSums;
    private Couplings? _rows;

    /// <summary>A network that keeps its weights as patterns.</summary>
    internal HopfieldNetwork(BitMatrix patterns, HopfieldUnits units, int[] fields, PatternCouplings byPatterns)
        : this(patterns, units, LearningRule.Hebb, 1.0 / patterns.Columns, fields, byPatterns, rows: null)
    {
    }

    /// <summary>A network with rows of weights.</summary>
    internal HopfieldNetwork(BitMatrix patterns, HopfieldUnits units, LearningRule rule, double scale, int[] fields, Couplings rows)
        : this(patterns, units, rule, scale, fields, byPatterns: null, rows)
    {
    }

    private HopfieldNetwork(
        BitMatrix patterns, HopfieldUnits kind, LearningRule rule, double scale, int[] fields, PatternCouplings? byPatterns, Couplings? rows)
    {
        Patterns = patterns;
        Kind = kind;
        Rule = rule;
        WeightScale = scale;
        _fields = fields;
        _byPatterns = byPatterns;
        _rows = rows;
        _rowSums = RowSums((Couplings?)byPatterns ?? rows!, fields);
        _constant = _rowSums.Sum() - (2 * fields.Sum(static field => (long)field));
    }

    /// <summary>The number of units, N.</summary>
    public int Units => _fields.Length;

    /// <summary>What values units have.</summary>
    public HopfieldUnits Kind { get; }

    /// <summary>Where the weights come from.</summary>
    public LearningRule Rule { get; }

    /// <summary>The stored patterns, a row each, on for the upper value; no rows for given weights. Not to be changed.</summary>
    public BitMatrix Patterns { get; }

    /// <summary>Patterns over units, P / N.</summary>
    public double Load => (double)Patterns.Rows / Units;

    /// <summary>What one integer of the weights is worth: 1/N by Hebb's rule, else 2^-s.</summary>
    public double WeightScale { get; }

    /// <summary>Whether the weights exist only as patterns so far.</summary>
    public bool IsByPatterns => _rows is null;

    /// <summary>Learns patterns.</summary>
    /// <param name="patterns">A row a pattern, at least one; copied. Repeated ones count as often as they are there, and are refused by the pseudo-inverse rule.</param>
    /// <param name="options">How; Hebb's rule for spins if null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The network. Memory: N P bits by Hebb's rule; N^2 integers, and N^2 doubles while it learns, by the others.</returns>
    /// <exception cref="ArgumentException">
    /// There are no patterns or units, thresholds don't fit or aren't finite, patterns depend linearly (named), or sums would overflow.
    /// </exception>
    public static HopfieldNetwork Learn(BitMatrix patterns, HopfieldOptions? options = null, CancellationToken cancellation = default) =>
        HopfieldLearning.Learn(patterns, options ?? new HopfieldOptions(), cancellation);

    /// <summary>Takes given weights.</summary>
    /// <param name="weights">N x N, finite. The diagonal must be 0 and the matrix symmetric, unless <paramref name="repair"/> is set.</param>
    /// <param name="thresholds">A number a unit, or nothing for 0.</param>
    /// <param name="units">What values units have.</param>
    /// <param name="repair">Whether asymmetric weights become (w_ij + w_ji) / 2 and the diagonal 0 instead of an error.</param>
    /// <returns>The network, with weights rounded to the scale.</returns>
    /// <exception cref="ArgumentException">The shape, a value, the symmetry or the diagonal is wrong; the message says where.</exception>
    public static HopfieldNetwork FromWeights(
        ReadOnlySpan2D<double> weights, ReadOnlySpan<double> thresholds = default, HopfieldUnits units = HopfieldUnits.Spin, bool repair = false) =>
        HopfieldLearning.FromWeights(weights, thresholds, units, repair);

    /// <summary>w_ij as an integer.</summary>
    /// <param name="i">From 0 to Units - 1.</param>
    /// <param name="j">From 0 to Units - 1.</param>
    /// <returns>The weight over <see cref="WeightScale"/>.</returns>
    public int IntegerWeight(int i, int j)
    {
        CheckUnit(i, nameof(i));
        CheckUnit(j, nameof(j));
        return (_rows ?? _byPatterns!)[i, j];
    }

    /// <summary>w_ij.</summary>
    /// <param name="i">From 0 to Units - 1.</param>
    /// <param name="j">From 0 to Units - 1.</param>
    /// <returns>The weight.</returns>
    public double Weight(int i, int j) => IntegerWeight(i, j) * WeightScale;

    /// <summary>theta_i.</summary>
    /// <param name="i">From 0 to Units - 1.</param>
    /// <returns>The threshold.</returns>
    public double Threshold(int i)
    {
        CheckUnit(i, nameof(i));
        return Kind == HopfieldUnits.Spin ? -_fields[i] * WeightScale : (_rowSums[i] - _fields[i]) * WeightScale / 2;
    }

    /// <summary>The inputs h_i of all units in a state.</summary>
    /// <param name="state">ceil(N / 64) words of bits, pad bits zero.</param>
    /// <param name="inputs">N numbers, overwritten.</param>
    /// <exception cref="ArgumentException">A length differs.</exception>
    public void Inputs(ReadOnlySpan<ulong> state, Span<double> inputs)
    {
        Throw.IfLengthDiffers(inputs.Length, Units, nameof(inputs));
        long[] integers = new long[Units];
        IntegerInputs(state, integers);
        double scale = Kind == HopfieldUnits.Spin ? WeightScale : WeightScale / 2;
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = integers[i] * scale;
        }
    }

    /// <summary>The energy of a state. Allocates scratch memory.</summary>
    /// <param name="state">ceil(N / 64) words of bits, pad bits zero.</param>
    /// <returns>E.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public double Energy(ReadOnlySpan<ulong> state) => EnergyOf(TwiceIntegerEnergy(state));

    /// <summary>The overlap of a state with a pattern, 1/N sum_i s_i s_i^p with both as spins: 1 for equal ones, -1 for opposite ones.</summary>
    /// <param name="state">ceil(N / 64) words of bits.</param>
    /// <param name="pattern">From 0 to Patterns.Rows - 1.</param>
    /// <returns>The overlap.</returns>
    public double Overlap(ReadOnlySpan<ulong> state, int pattern) =>
        1 - (2.0 * BitCounts.Different(state, Patterns.Row(pattern)) / Units);

    /// <summary>J_i of all units, in integers.</summary>
    internal void IntegerInputs(ReadOnlySpan<ulong> state, Span<long> inputs)
    {
        Throw.IfLengthDiffers(state.Length, BitMatrix.WordsFor(Units), nameof(state));
        ((Couplings?)_byPatterns ?? _rows!).CreateWorker(SimdSelection.Current).Inputs(state, inputs);
    }

    /// <summary>2 E of the spins in integers: -sum_i s_i (J_i + t_i).</summary>
    internal long TwiceIntegerEnergy(ReadOnlySpan<ulong> state)
    {
        long[] inputs = new long[Units];
        IntegerInputs(state, inputs);
        long sum = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            long both = inputs[i] + _fields[i];
            sum += (state[i >> 6] >> (i & 63) & 1) != 0 ? -both : both;
        }

        return sum;
    }

    /// <summary>-sum_i s_i t_i, which a worker's energy lacks.</summary>
    internal long FieldEnergy(ReadOnlySpan<ulong> state)
    {
        long sum = 0;
        for (int i = 0; i < _fields.Length; i++)
        {
            sum += (state[i >> 6] >> (i & 63) & 1) != 0 ? -_fields[i] : _fields[i];
        }

        return sum;
    }

    /// <summary>E of 2 E in integers.</summary>
    internal double EnergyOf(long twice) => Kind == HopfieldUnits.Spin
        ? twice * WeightScale / 2
        : (twice + _constant) * WeightScale / 8;

    /// <summary>t_i.</summary>
    internal ReadOnlySpan<int> Fields => _fields;

    /// <summary>The couplings in the form that a path asks for, made at first need.</summary>
    internal Couplings CouplingsFor(RecallPath path)
    {
        if (path == RecallPath.Patterns && _byPatterns is null)
        {
            Throw.Argument(nameof(path), "a network of Hebb's rule for recall by patterns", $"{Rule}");
        }

        lock (_gate)
        {
            bool rows = path == RecallPath.Rows || (path == RecallPath.Auto && (_byPatterns is null || (long)Units * Units * sizeof(short) <= MostRowBytes));
            if (!rows)
            {
                return _byPatterns!;
            }

            return _rows ??= HopfieldLearning.Rows(_fields, _byPatterns!.FillRow, Patterns);
        }
    }

    private static long[] RowSums(Couplings couplings, int[] fields)
    {
        // With all spins up J_i = sum_j Q_ij + t_i.
        ulong[] up = new ulong[BitMatrix.WordsFor(fields.Length)];
        Array.Fill(up, ulong.MaxValue);
        up[^1] = BitMatrix.LastWordMask(fields.Length);
        long[] sums = new long[fields.Length];
        couplings.CreateWorker(SimdSelection.Current).Inputs(up, sums);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] -= fields[i];
        }

        return sums;
    }

    private void CheckUnit(int unit, string name)
    {
        if ((uint)unit >= (uint)Units)
        {
            Throw.OutOfRange(name, $"0 to {Units - 1}", unit);
        }
    }
}
