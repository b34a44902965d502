using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Kernels.Enumeration;

/// <summary>
/// log Z of many models that differ in the biases of their smaller layer only: the products over units of the larger layer, which are
/// most of the work, are found once for all of them.
/// </summary>
/// <remarks>
/// <para>exp(c'.s) = exp(c.s) exp((c' - c).s), whose second factor is one of the low bits, one of the middle and one of the top bits. So a
/// model costs a multiply-add a state. Weights of a block may be as small as 2^-600 times its largest, and what is smaller counts as
/// that: models whose differences sum to at most <see cref="MostDifference"/> lose nothing that a double shows.</para>
/// <para>A model's sum is a chain over ascending blocks, whoever adds it up. Not thread-safe.</para>
/// </remarks>
internal sealed unsafe class ClampedPartitionSums
{
    /// <summary>The largest sum of absolute differences to the loaded biases: 2^-600 is exp(-415).</summary>
    public const double MostDifference = 350;

    /// <summary>Blocks that are weighed before all models go over them: their weights fit the second-level cache.</summary>
    private const int BlocksAtOnce = 8;

    private readonly EnumerationTables _tables;
    private readonly ThreadTeam _team;
    private readonly SimdLevel _level;
    private readonly StateBlock[] _blocks = new StateBlock[BlocksAtOnce];
    private readonly double[] _scales = new double[BlocksAtOnce];
    private readonly WeighTask _weighing;
    private readonly SumTask _summing;
    private readonly int _most;
    private readonly AlignedBuffer<double> _lows;
    private readonly AlignedBuffer<double> _mids;
    private readonly double[] _tops;
    private readonly double[] _largest;
    private readonly double[] _sums;
    private int _models;
    private int _first;
    private int _end;

    /// <summary>Allocates for a number of models.</summary>
    /// <param name="tables">What states are enumerated from, loaded.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="level">The vector width.</param>
    /// <param name="models">The most models at once.</param>
    public ClampedPartitionSums(EnumerationTables tables, ThreadTeam team, SimdLevel level, int models)
    {
        _tables = tables;
        _team = team;
        _level = level;
        _most = models;
        for (int i = 0; i < BlocksAtOnce; i++)
        {
            _blocks[i] = new StateBlock(tables, level);
        }

        _lows = new AlignedBuffer<double>((long)models * tables.Lanes);
        _mids = new AlignedBuffer<double>((long)models * tables.Settings);
        _tops = new double[(long)models * tables.TopBits];
        _largest = new double[models];
        _sums = new double[models];
        _weighing = new WeighTask(this);
        _summing = new SumTask(this);
    }

    /// <summary>Forgets all models.</summary>
    public void Clear() => _models = 0;

    /// <summary>Adds a model.</summary>
    /// <param name="differences">Its biases of the smaller layer minus those of the tables.</param>
    public void Add(ReadOnlySpan<double> differences)
    {
        int model = _models++;
        Fill(differences[.._tables.LowBits], _lows.Span.Slice(model * _tables.Lanes, _tables.Lanes));
        Fill(differences.Slice(_tables.LowBits, _tables.MidBits), _mids.Span.Slice(model * _tables.Settings, _tables.Settings));
        differences[(_tables.LowBits + _tables.MidBits)..].CopyTo(_tops.AsSpan(model * _tables.TopBits));
    }

    /// <summary>Whether there is room for another model.</summary>
    public bool HasRoom => _models < _most;

    /// <summary>The models added.</summary>
    public int Models => _models;

    /// <summary>Computes log Z of all models.</summary>
    /// <param name="results">A number of nats a model, written.</param>
    /// <param name="progress">Told the share of the states that is done; or null.</param>
    /// <param name="cancellation">Stops.</param>
    public void Compute(Span<double> results, IProgress<double>? progress, CancellationToken cancellation)
    {
        _largest.AsSpan().Fill(double.NegativeInfinity);
        _sums.AsSpan().Clear();
        for (_first = 0; _first < _tables.Tops; _first = _end)
        {
            cancellation.ThrowIfCancellationRequested();
            _end = Math.Min(_tables.Tops, _first + BlocksAtOnce);
            _team.Run(_weighing);
            _team.Run(_summing);
            progress?.Report((double)_end / _tables.Tops);
        }

        for (int model = 0; model < _models; model++)
        {
            results[model] = _largest[model] + DoubleMath.Log(_sums[model]);
        }
    }

    /// <summary>exp of the sums of the differences that are on, for each setting; 0 for settings that don't exist.</summary>
    private static void Fill(ReadOnlySpan<double> differences, Span<double> factors)
    {
        factors.Clear();
        for (int setting = 0; setting < 1 << differences.Length; setting++)
        {
            double sum = 0;
            for (int bit = 0; bit < differences.Length; bit++)
            {
                sum += (setting >> bit & 1) != 0 ? differences[bit] : 0;
            }

            factors[setting] = DoubleMath.Exp(sum);
        }
    }

    private void Sum(int model)
    {
        ReadOnlySpan<double> tops = _tops.AsSpan(model * _tables.TopBits, _tables.TopBits);
        double* lows = _lows.DangerousGetPointer() + ((nint)model * _tables.Lanes);
        double* mids = _mids.DangerousGetPointer() + ((nint)model * _tables.Settings);
        for (int top = _first; top < _end; top++)
        {
            StateBlock block = _blocks[top - _first];
            double sum = StateSums.Run(_level, block.Weights, lows, _tables.Lanes, mids, _tables.Settings);
            double log = _scales[top - _first] * StateBlock.NatsPerScale(_tables);
            for (int bit = 0; bit < tops.Length; bit++)
            {
                log += (top >> bit & 1) != 0 ? tops[bit] : 0;
            }

            log += DoubleMath.Log(sum);
            double largest = _largest[model];
            if (log > largest)
            {
                _sums[model] = (_sums[model] * DoubleMath.Exp(largest - log)) + 1;
                _largest[model] = log;
            }
            else
            {
                _sums[model] += DoubleMath.Exp(log - largest);
            }
        }
    }

    private sealed class WeighTask(ClampedPartitionSums owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._end - owner._first, member, members);
            for (int i = first; i < end; i++)
            {
                owner._scales[i] = owner._blocks[i].Weigh(owner._first + i).Scale;
            }
        }
    }

    private sealed class SumTask(ClampedPartitionSums owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._models, member, members);
            for (int model = first; model < end; model++)
            {
                owner.Sum(model);
            }
        }
    }
}
