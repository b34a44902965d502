using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Boltzmann;

/// <summary>
/// The integer copy of a Boltzmann machine over bits, Q_ij = round(J_ij 2^s), with s such that no input can overflow: a Boltzmann machine
/// itself, of which every sum is exact in any order.
/// </summary>
/// <remarks>
/// <code>
///   binary   log p(1) / p(0) of bit i = 2^-s (B_i + sum_j Q_ij s_j),        B_i = round(b_i 2^s)
///   spin     the same times 4, with x = 2 s - 1 and                          B_i = round((b_i 2^s - sum_j Q_ij) / 2)
/// </code>
/// Dense machines have rows of Q, others a value a neighbour. s is the largest from 0 to 30 for which |B_i| + sum |Q_ij| stays below
/// 2^31; a function of the parameters alone.
/// </remarks>
internal sealed class FixedPointCouplings
{
    private const int MaxScaleBits = 30;
    private const double MaxBound = 2147483000;

    private readonly CouplingGraph _graph;
    private readonly bool _spins;
    private readonly long[] _sums;
    private readonly double[] _norms;

    public FixedPointCouplings(CouplingGraph graph, bool spins)
    {
        _graph = graph;
        _spins = spins;
        _sums = new long[graph.Units];
        _norms = new double[graph.Units];
        Stride = StrideFor(graph.Units);
        Couplings = new AlignedBuffer<int>(graph.IsComplete ? (long)graph.Units * Stride : graph.Neighbours.Length);
        Bias = new AlignedBuffer<int>(Stride);
    }

    /// <summary>Dense: Q [unit][Stride], zero padded. Else Q of each place in the graph's list of neighbours.</summary>
    public AlignedBuffer<int> Couplings { get; }

    /// <summary>B, zero padded to Stride.</summary>
    public AlignedBuffer<int> Bias { get; }

    /// <summary>Integers from one row of inputs or couplings to the next: a multiple of 64.</summary>
    public int Stride { get; }

    /// <summary>s.</summary>
    public int ScaleBits { get; private set; }

    /// <summary>Energies and log-odds of bits are integers times 2^-BitScaleBits.</summary>
    public int BitScaleBits => _spins ? ScaleBits - 2 : ScaleBits;

    /// <summary>2^-BitScaleBits.</summary>
    public float BitScale => MathF.ScaleB(1f, -BitScaleBits);

    /// <summary>A bound on the log-odds of a bit.</summary>
    public double InputBound { get; private set; }

    /// <summary>-E of the state that is all 0 bits, in nats: 0 but for spins.</summary>
    public double Shift { get; private set; }

    /// <summary>Grows whenever integers may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>Units padded to whole tiles, and not to a power of two that would put columns of rows in one cache set.</summary>
    public static int StrideFor(int units)
    {
        int tiles = Tile.Count(units);
        return Tile.Width * (tiles > 1 && tiles % 2 == 0 ? tiles + 1 : tiles);
    }

    /// <summary>Makes the integers. Allocates nothing.</summary>
    /// <returns>False when parameters are too large for any scale, or not finite.</returns>
    public bool Rebuild(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        Version++;
        double most = Largest(weights, biases);
        InputBound = double.PositiveInfinity;
        if (!(most + (2.0 * biases.Length) + 2 <= MaxBound))
        {
            return false;
        }

        ScaleBits = MaxScaleBits;
        while (Math.ScaleB(most, ScaleBits) + (2.0 * biases.Length) + 2 > MaxBound)
        {
            ScaleBits--;
        }

        InputBound = (_spins ? 4 : 1) * most;
        Shift = _spins ? AllDown(weights, biases) : 0;
        if (_graph.IsComplete)
        {
            QuantiseRows(weights);
        }
        else
        {
            QuantiseNeighbours(weights);
        }

        Span<int> bias = Bias.Span;
        for (int unit = 0; unit < biases.Length; unit++)
        {
            double own = Math.ScaleB(biases[unit], ScaleBits);
            bias[unit] = (int)(_spins ? Math.Round((own - _sums[unit]) / 2) : Math.Round(own));
        }

        return true;
    }

    /// <summary>The integer inputs B_i + sum_j Q_ij s_j of one row of states. Allocates nothing; thread-safe.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="states">Packed states.</param>
    /// <param name="sums">Stride integers, written; those past the last unit are of no use.</param>
    public void Sum(SimdLevel level, ReadOnlySpan<ulong> states, Span<int> sums) =>
        RowSums.Run(level, states, _graph.Units, _graph.Starts, _graph.Neighbours, Couplings, Bias, sums);

    /// <summary>max_i |B_i| + sum_j |Q_ij| in natural units; infinite where a parameter isn't finite.</summary>
    private double Largest(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        _norms.AsSpan().Clear();
        double most = 0;
        for (int unit = 0; unit < biases.Length; unit++)
        {
            double sum = _norms[unit];
            for (int edge = _graph.FirstEdge(unit); edge < _graph.FirstEdge(unit + 1); edge++)
            {
                double size = Math.Abs(2.0 * weights[edge]);
                sum += size;
                _norms[_graph.SecondOf(unit, edge)] += size;
            }

            double own = Math.Abs((double)biases[unit]);
            double bound = _spins ? (1.5 * sum) + (0.5 * own) : sum + own;
            if (!double.IsFinite(bound))
            {
                return double.PositiveInfinity;
            }

            most = Math.Max(most, bound);
        }

        return most;
    }

    private static double AllDown(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        sum *= 2;
        foreach (float bias in biases)
        {
            sum -= bias;
        }

        return sum;
    }

    private void QuantiseRows(ReadOnlySpan<float> weights)
    {
        Span<int> rows = Couplings.Span;
        double scale = Math.ScaleB(2.0, ScaleBits);
        int edge = 0;
        _sums.AsSpan().Clear();
        for (int i = 0; i < _graph.Units; i++)
        {
            Span<int> row = rows.Slice(i * Stride, _graph.Units);
            long sum = _sums[i];
            for (int j = i + 1; j < row.Length; j++)
            {
                int value = (int)Math.Round(weights[edge++] * scale);
                row[j] = value;
                rows[(j * Stride) + i] = value;
                sum += value;
                _sums[j] += value;
            }

            _sums[i] = sum;
        }
    }

    private void QuantiseNeighbours(ReadOnlySpan<float> weights)
    {
        ReadOnlySpan<int> edges = _graph.NeighbourEdges;
        ReadOnlySpan<int> starts = _graph.Starts;
        Span<int> values = Couplings.Span;
        double scale = Math.ScaleB(2.0, ScaleBits);
        for (int unit = 0; unit < _graph.Units; unit++)
        {
            long sum = 0;
            for (int place = starts[unit]; place < starts[unit + 1]; place++)
            {
                values[place] = (int)Math.Round(weights[edges[place]] * scale);
                sum += values[place];
            }

            _sums[unit] = sum;
        }
    }
}
