using System.Numerics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Threading;

namespace FastRbm.Kernels.Enumeration;

/// <summary>
/// log Z, means and pair means of p(s) ~ exp(sum_(i&lt;j) J_ij s_i s_j + sum_i b_i s_i) over bits, by going through all states.
/// </summary>
/// <remarks>
/// States come in blocks: the upper units fixed, the lower 12 in all their states. A block's log weights are a table of the lower units
/// alone, which all blocks share, plus sums of the fields of the upper ones, each one addition from the state without its lowest
/// unit: no sum is longer than 12 and none drifts, as in a walk by Gray code it would. Moments cost a few additions a state:
/// weights are summed per lower state over blocks, and folded in halves for pairs between lower and upper units. Blocks are summed in
/// 64 chunks that don't depend on threads, and those in order. Everything is allocated by the constructor.
/// </remarks>
internal sealed class PairStates : ITeamTask, IDisposable
{
    /// <summary>The most units.</summary>
    public const int MostUnits = 28;

    private const int MostLower = 12;
    private const int MostChunks = 64;
    private const int UnitsForThreads = 14;

    private readonly int _units;
    private readonly int _lower;
    private readonly int _upper;
    private readonly int _chunks;
    private readonly ThreadTeam _team;
    private readonly double[] _ofLower;
    private readonly double[][] _weights;
    private readonly double[][] _fields;
    private readonly double[][] _lowerWeights;
    private readonly double[][] _moments;
    private readonly double[] _most;
    private readonly double[] _totals;
    private double[] _couplings = [];
    private double[] _biases = [];
    private bool _withMoments;
    private IProgress<double>? _progress;
    private CancellationToken _cancellation;

    /// <summary>Allocates.</summary>
    /// <param name="units">1 to <see cref="MostUnits"/>.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="moments">Whether moments will be asked for.</param>
    public PairStates(int units, int threads, bool moments)
    {
        if (units > MostUnits)
        {
            Throw.OutOfRange(nameof(units), $"at most {MostUnits} to go through all states", units);
        }

        Throw.IfLess(units, 1);
        _units = units;
        _lower = Math.Min(units, MostLower);
        _upper = units - _lower;
        _chunks = Math.Min(MostChunks, 1 << _upper);
        _team = new ThreadTeam(units < UnitsForThreads ? 1 : Math.Min(threads, _chunks));
        _ofLower = new double[1 << _lower];
        _weights = Arrays(_team.Members, 1 << _lower);
        _fields = Arrays(_team.Members, 1 << _lower);
        _lowerWeights = Arrays(_chunks, moments ? 1 << _lower : 0);
        _moments = Arrays(_chunks, moments ? units * units : 0);
        _most = new double[_chunks];
        _totals = new double[_chunks];
        Pairs = new double[moments ? units * units : 0];
    }

    /// <summary>log Z of the last run.</summary>
    public double LogPartitionFunction { get; private set; }

    /// <summary>E[s_i s_j] of the last run with moments, row-major; the diagonal holds E[s_i].</summary>
    public double[] Pairs { get; }

    /// <summary>Goes through all states. Allocates nothing.</summary>
    /// <param name="couplings">J, row-major and symmetric; the diagonal isn't read.</param>
    /// <param name="biases">b.</param>
    /// <param name="moments">Whether <see cref="Pairs"/> are wanted.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops it.</param>
    public void Run(double[] couplings, double[] biases, bool moments, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        _couplings = couplings;
        _biases = biases;
        _withMoments = moments;
        _progress = progress;
        _cancellation = cancellation;
        TabulateLower();
        _team.Run(this);
        cancellation.ThrowIfCancellationRequested();
        Reduce();
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_chunks, member, members);
        for (int chunk = first; chunk < end && !_cancellation.IsCancellationRequested; chunk++)
        {
            RunChunk(chunk, _weights[member], _fields[member]);
            if (member == 0)
            {
                _progress?.Report((chunk + 1.0 - first) / (end - first));
            }
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void TabulateLower()
    {
        double[] fields = _fields[0];
        _ofLower[0] = 0;
        for (int unit = 0; unit < _lower; unit++)
        {
            int bit = 1 << unit;
            fields[0] = _biases[unit];
            _ofLower[bit] = fields[0];
            for (int state = 1; state < bit; state++)
            {
                fields[state] = fields[state & (state - 1)] + _couplings[(unit * _units) + BitOperations.TrailingZeroCount(state)];
                _ofLower[bit | state] = _ofLower[state] + fields[state];
            }
        }
    }

    private void RunChunk(int chunk, double[] weights, double[] fields)
    {
        _most[chunk] = double.NegativeInfinity;
        _totals[chunk] = 0;
        Array.Clear(_lowerWeights[chunk]);
        Array.Clear(_moments[chunk]);
        int blocks = 1 << _upper;
        Span<double> own = stackalloc double[MostLower];
        for (int block = (int)((long)blocks * chunk / _chunks); block < (int)((long)blocks * (chunk + 1) / _chunks); block++)
        {
            double start = Fields(block, own);
            double most = double.NegativeInfinity;
            fields[0] = start;
            for (int state = 0; state < weights.Length; state++)
            {
                if (state > 0)
                {
                    fields[state] = fields[state & (state - 1)] + own[BitOperations.TrailingZeroCount(state)];
                }

                weights[state] = fields[state] + _ofLower[state];
                most = Math.Max(most, weights[state]);
            }

            if (most > _most[chunk])
            {
                Scale(chunk, DoubleMath.Exp(_most[chunk] - most));
                _most[chunk] = most;
            }

            double sum = 0;
            for (int state = 0; state < weights.Length; state++)
            {
                weights[state] = DoubleMath.Exp(weights[state] - _most[chunk]);
                sum += weights[state];
            }

            _totals[chunk] += sum;
            if (_withMoments)
            {
                AddMoments(chunk, block, sum, weights);
            }
        }
    }

    /// <summary>The log weight of the upper units alone, and what they add to the field of each lower one.</summary>
    private double Fields(int block, Span<double> own)
    {
        own.Clear();
        double start = 0;
        for (int rest = block; rest != 0; rest &= rest - 1)
        {
            int unit = _lower + BitOperations.TrailingZeroCount(rest);
            start += _biases[unit];
            for (int others = rest & (rest - 1); others != 0; others &= others - 1)
            {
                start += _couplings[(unit * _units) + _lower + BitOperations.TrailingZeroCount(others)];
            }

            for (int lower = 0; lower < _lower; lower++)
            {
                own[lower] += _couplings[(unit * _units) + lower];
            }
        }

        return start;
    }

    private void Scale(int chunk, double factor)
    {
        _totals[chunk] *= factor;
        Scale(_lowerWeights[chunk], factor);
        Scale(_moments[chunk], factor);
    }

    private static void Scale(double[] values, double factor)
    {
        foreach (ref double value in values.AsSpan())
        {
            value *= factor;
        }
    }

    private void AddMoments(int chunk, int block, double sum, double[] weights)
    {
        double[] lower = _lowerWeights[chunk];
        for (int state = 0; state < weights.Length; state++)
        {
            lower[state] += weights[state];
        }

        if (block == 0)
        {
            return;
        }

        double[] moments = _moments[chunk];
        for (int unit = _lower - 1; unit >= 0; unit--)
        {
            int half = 1 << unit;
            double up = 0;
            for (int state = 0; state < half; state++)
            {
                up += weights[half | state];
                weights[state] += weights[half | state];
            }

            for (int rest = block; rest != 0; rest &= rest - 1)
            {
                moments[(unit * _units) + _lower + BitOperations.TrailingZeroCount(rest)] += up;
            }
        }

        for (int rest = block; rest != 0; rest &= rest - 1)
        {
            int unit = _lower + BitOperations.TrailingZeroCount(rest);
            moments[(unit * _units) + unit] += sum;
            for (int others = rest & (rest - 1); others != 0; others &= others - 1)
            {
                moments[(unit * _units) + _lower + BitOperations.TrailingZeroCount(others)] += sum;
            }
        }
    }

    private void Reduce()
    {
        double most = double.NegativeInfinity;
        foreach (double value in _most)
        {
            most = Math.Max(most, value);
        }

        double total = 0;
        for (int chunk = 0; chunk < _chunks; chunk++)
        {
            total += _totals[chunk] * DoubleMath.Exp(_most[chunk] - most);
        }

        LogPartitionFunction = most + DoubleMath.Log(total);
        if (_withMoments)
        {
            ReduceMoments(most, total);
        }
    }

    private void ReduceMoments(double most, double total)
    {
        double[] lower = _weights[0];
        Array.Clear(lower);
        Array.Clear(Pairs);
        for (int chunk = 0; chunk < _chunks; chunk++)
        {
            double factor = DoubleMath.Exp(_most[chunk] - most) / total;
            for (int state = 0; state < lower.Length; state++)
            {
                lower[state] += _lowerWeights[chunk][state] * factor;
            }

            for (int i = 0; i < Pairs.Length; i++)
            {
                Pairs[i] += _moments[chunk][i] * factor;
            }
        }

        for (int state = 1; state < lower.Length; state++)
        {
            for (int rest = state; rest != 0; rest &= rest - 1)
            {
                int unit = BitOperations.TrailingZeroCount(rest);
                for (int others = rest; others != 0; others &= others - 1)
                {
                    Pairs[(unit * _units) + BitOperations.TrailingZeroCount(others)] += lower[state];
                }
            }
        }

        for (int i = 0; i < _units; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Pairs[(i * _units) + j] = Pairs[(j * _units) + i];
            }
        }
    }

    private static double[][] Arrays(int count, int length)
    {
        double[][] arrays = new double[count][];
        for (int i = 0; i < count; i++)
        {
            arrays[i] = new double[length];
        }

        return arrays;
    }
}
