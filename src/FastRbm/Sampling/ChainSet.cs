using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>Many independent Gibbs chains of one model: each sweep draws h from p(h | v), then v from p(v | h).</summary>
/// <remarks>
/// The states after any number of sweeps are a function of model, seed, start and chain number alone: not of threads, nor of how
/// the sweeps were cut into calls. A sweep allocates nothing. Holds 4 bytes a chain and unit: the inputs of the last sweep, so that
/// the next one need only add what flipped. Not thread-safe; dispose it to end its threads.
/// </remarks>
public sealed class ChainSet : IDisposable
{
    private const long LeastWorkForThreads = 1 << 20;

    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly ThreadTeam _team;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly SweepTask _task;
    private readonly RunningSums _hiddenSums;
    private readonly RunningSums _visibleSums;
    private readonly ShortWeights? _shortWeights;

    // Only where units aren't drawn bit by bit.
    private readonly Matrix? _hiddenInputs;
    private readonly Matrix? _visibleInputs;
    private long _version = -1;
    private bool _sumsHold;

    /// <summary>Makes chains that start at random: every visible unit on with probability one half, every category as likely.</summary>
    /// <param name="rbm">The model. It must not be edited while sweeps run.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. States don't depend on it.</param>
    /// <param name="precision">How finely weights are held.</param>
    /// <exception cref="ArgumentException">The model's sums of absolute weights are too large for 16 bits.</exception>
    public ChainSet(Rbm rbm, int chains, ulong seed, int threads = 1, WeightPrecision precision = WeightPrecision.Full)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        if (!rbm.Visible.StatesAreBits || !rbm.Hidden.StatesAreBits)
        {
            Throw.Argument(nameof(rbm), "units whose states are bits (UnitChains takes all kinds)", $"{rbm.Visible.Name} and {rbm.Hidden.Name}");
        }

        if (precision == WeightPrecision.SixteenBits && (rbm.Visible.Kind == UnitKind.Spin || rbm.Hidden.Kind == UnitKind.Spin))
        {
            Throw.Argument(nameof(precision), "full precision with spins", "16 bits");
        }

        _rbm = rbm;
        _seed = seed;
        Visible = new BitMatrix(chains, rbm.Visible.Count);
        Hidden = new BitMatrix(chains, rbm.Hidden.Count);
        long work = (long)chains * rbm.Visible.Count * rbm.Hidden.Count;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : Math.Min(threads, chains));
        _scratch = new AlignedBuffer<int>[_team.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(HalfStep.ScratchLength(Math.Max(rbm.Visible.Count, rbm.Hidden.Count), chains));
        }

        _hiddenInputs = rbm.NeedsInputs(toHidden: true) ? new Matrix(chains, rbm.Hidden.Count) : null;
        _visibleInputs = rbm.NeedsInputs(toHidden: false) ? new Matrix(chains, rbm.Visible.Count) : null;
        _hiddenSums = new RunningSums(chains, rbm.Visible.Count, rbm.Hidden.Count);
        _visibleSums = new RunningSums(chains, rbm.Hidden.Count, rbm.Visible.Count);
        _shortWeights = precision == WeightPrecision.SixteenBits ? new ShortWeights(rbm.FixedPoint) : null;
        UseWeights();
        _task = new SweepTask(this);
        for (int chain = 0; chain < chains; chain++)
        {
            StartRandom(chain);
        }
    }

    /// <summary>The visible states, a chain a row.</summary>
    public BitMatrix Visible { get; }

    /// <summary>The hidden states that the visible ones were drawn from, a chain a row.</summary>
    public BitMatrix Hidden { get; }

    /// <summary>The number of chains.</summary>
    public int Chains => Visible.Rows;

    /// <summary>Bits after the binary point of the weights that chains are sampled with.</summary>
    public int FixedPointBits => _shortWeights?.ScaleBits ?? _rbm.FixedPointBits;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>Puts the chains at rows of data: chain c at row c, beginning again when the rows run out.</summary>
    /// <param name="rows">Rows of states; bits are up or down for spins.</param>
    /// <exception cref="ArgumentException">The rows aren't states of the visible units, there are none, or their width isn't the model's.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        if (rows.Columns != _rbm.Visible.Count)
        {
            Throw.Argument(nameof(rows), $"rows of {_rbm.Visible.Count} values, the model's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary && _rbm.Visible.Kind == UnitKind.Binary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them");
        }

        PartialRows.RequireComplete(rows, nameof(rows));

        for (int chain = 0; chain < Chains; chain++)
        {
            int row = chain % rows.Rows;
            if (rows.IsBinary && _rbm.Visible.Kind is UnitKind.Binary or UnitKind.Spin)
            {
                rows.CopyBits(row, Visible.Row(chain));
                continue;
            }

            StartAt(rows, row, chain);
        }
    }

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps) => Run(sweeps, null);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    /// <summary>The number of threads that sweeps run on.</summary>
    internal int Members => _team.Members;

    /// <summary>Says that the visible states were written by others. Sums that are held say which states they are of, so nothing is lost.</summary>
    internal void StatesWritten() => _sumsHold = false;

    /// <summary>Runs sweeps and shows each to an observer.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    /// <param name="observer">Told of every sweep, on several threads; or null.</param>
    internal void Run(int sweeps, ISweepObserver? observer)
    {
        Throw.IfLess(sweeps, 0);
        if (sweeps == 0)
        {
            return;
        }

        UseWeights();
        _task.Count = sweeps;
        _task.SumsHold = _sumsHold;
        _task.Observer = observer;
        _sumsHold = false;
        _team.Run(_task);
        _task.Observer = null;
        _sumsHold = true;
        Sweeps += sweeps;
    }

    /// <summary>Follows changes of the model since the last run.</summary>
    private void UseWeights()
    {
        if (_version == _rbm.FixedPoint.Version)
        {
            return;
        }

        _sumsHold = false;
        if (_shortWeights is not null)
        {
            _shortWeights.Rebuild(_rbm.FixedPoint);
            if (_shortWeights.ScaleBits < 0)
            {
                Throw.Argument("rbm", "sums of absolute weights below 32,768 for 16-bit sums", $"an input bound of {_rbm.InputBound:G3}");
            }
        }

        _version = _rbm.FixedPoint.Version;
    }

    private void StartAt(IVisibleRows rows, int row, int chain)
    {
        float[] states = System.Buffers.ArrayPool<float>.Shared.Rent(rows.Columns);
        Span<float> used = states.AsSpan(0, rows.Columns);
        rows.CopyMeans(row, used);
        _rbm.Visible.Check(used, nameof(rows), $"row {row}");
        _rbm.Visible.ToBits(used, Visible.Row(chain));
        System.Buffers.ArrayPool<float>.Shared.Return(states);
    }

    private void StartRandom(int chain)
    {
        RandomStream stream = new(_seed, StreamPurpose.SamplingStart, 0, chain);
        Span<ulong> row = Visible.Row(chain);
        if (_visibleInputs is not null)
        {
            // All categories alike: inputs of 0.
            _rbm.Visible.SampleBits(_visibleInputs.Row(chain), stream, stream, row);
            return;
        }

        for (int word = 0; word < row.Length; word++)
        {
            row[word] = ((ulong)stream.Bits(2L * word) << 32) | stream.Bits((2L * word) + 1);
        }

        row[^1] &= BitMatrix.LastWordMask(Visible.Columns);
    }

    private unsafe void Sweep(int first, int end, int count, bool sumsHold, int member, ISweepObserver? observer)
    {
        int* scratch = _scratch[member].DangerousGetPointer();
        for (int sweep = 0; sweep < count; sweep++)
        {
            HalfStepArguments up = Arguments(toHidden: true, Visible, Hidden, Sweeps + sweep);
            _hiddenSums.Keep(ref up, sumsHold);
            Run(up, toHidden: true, first, end, scratch);
            HalfStepArguments down = Arguments(toHidden: false, Hidden, Visible, Sweeps + sweep);
            _visibleSums.Keep(ref down, sumsHold);
            Run(down, toHidden: false, first, end, scratch);
            sumsHold = true;
            observer?.AfterSweep(member, first, end, Sweeps + sweep + 1);
        }
    }

    private unsafe void Run(in HalfStepArguments arguments, bool toHidden, int first, int end, int* scratch)
    {
        Matrix? inputs = toHidden ? _hiddenInputs : _visibleInputs;
        _rbm.RunHalfStep(arguments, toHidden, first, end, scratch, inputs is null ? null : inputs.DangerousGetPointer(), inputs?.Stride ?? 0);
    }

    private unsafe HalfStepArguments Arguments(bool toHidden, BitMatrix source, BitMatrix target, long sweep)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden);
        _shortWeights?.Use(ref arguments, toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = target.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, toHidden ? StreamPurpose.ChainHidden : StreamPurpose.ChainVisible, sweep, 0);
        arguments.Ties = new RandomStream(_seed, toHidden ? StreamPurpose.ChainHiddenTie : StreamPurpose.ChainVisibleTie, sweep, 0);
        return arguments;
    }

    private sealed class SweepTask(ChainSet owner) : ITeamTask
    {
        public int Count { get; set; }

        public bool SumsHold { get; set; }

        public ISweepObserver? Observer { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.Chains, member, members);
            owner.Sweep(first, end, Count, SumsHold, member, Observer);
        }
    }
}
