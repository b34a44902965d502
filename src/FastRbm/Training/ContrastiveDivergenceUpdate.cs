using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>One update of a binary RBM: positive phase, k sweeps of the negative chains, and the parameter step.</summary>
/// <remarks>
/// Three passes with a barrier after each: rows and chains (each thread carries its own through all sweeps), statistics by visible
/// words and hidden tiles, weight tiles. All sums over rows are exact integers, so that the split can't be seen in the result.
/// </remarks>
internal sealed unsafe class ContrastiveDivergenceUpdate : IParameterUpdate
{
    /// <summary>Below this many row x weight products a second thread costs more than it saves.</summary>
    private const long LeastWorkForThreads = 1 << 20;

    private readonly Rbm _rbm;
    private readonly IVisibleRows _rows;
    private readonly TrainingOptions _options;
    private readonly ThreadTeam _team;
    private readonly SamplingPass _sampling;
    private readonly ListPass _listing;
    private readonly WeightPass _weighing;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly PositivePhase _positive;
    private readonly PhaseMoments _negative;
    private readonly BitMatrix _chainVisible;
    private readonly BitMatrix _chainHidden;
    private readonly float _meanScale;
    private readonly bool _persistent;
    private readonly FastWeights? _fast;
    private readonly IChainMixer? _mixer;
    private readonly int _steps;
    private readonly Rbm _sampled;

    // Only where units aren't drawn bit by bit.
    private readonly Matrix? _hiddenInputs;
    private readonly Matrix? _visibleInputs;

    // Only where absent units are left out: scratch of each thread.
    private readonly ulong[][]? _observed;

    // Only where a later half step of the same update can go on from them.
    private readonly RunningSums? _hiddenSums;
    private readonly RunningSums? _visibleSums;

    private Minibatch _minibatch;
    private int _chains;

    /// <summary>Allocates everything that updates need.</summary>
    public ContrastiveDivergenceUpdate(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        _rbm = rbm;
        _rows = rows;
        _options = options;
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        _persistent = options.Algorithm != TrainingAlgorithm.ContrastiveDivergence;
        _chains = _persistent && options.Chains > 0 ? options.Chains : options.BatchSize;
        int most = Math.Max(options.BatchSize, _chains);
        long work = (long)most * visible * hidden;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : options.Threads);

        // Means in fixed point with as many bits as the sum over all rows leaves room for: 24, a float's, up to 127 rows.
        _meanScale = MathF.ScaleB(1, Math.Min(24, (int)Math.ILogB(int.MaxValue / (double)most)));
        _positive = new PositivePhase(rbm, rows, options, _meanScale, _team.Members);
        _negative = new PhaseMoments(_chains, rbm);
        _chainVisible = new BitMatrix(_chains, visible);
        _chainHidden = _persistent ? new BitMatrix(_chains, hidden) : _positive.Hidden;
        float[] visibleMeans = _positive.Means;
        Step = new ParameterStep(rbm, options, visibleMeans);
        if (options.Missing == MissingValues.Absent && PartialRows.HasMissing(rows))
        {
            _observed = [.. Enumerable.Range(0, _team.Members).Select(_ => new ulong[_chainVisible.WordsPerRow])];
        }

        long scratch = Math.Max(
            HalfStep.ScratchLength(Math.Max(visible, hidden), most), WeightUpdate.ScratchLength(options.BatchSize, _chains));
        _scratch = [.. Enumerable.Range(0, _team.Members).Select(_ => new AlignedBuffer<int>(scratch))];
        _fast = options.Algorithm == TrainingAlgorithm.FastPersistentContrastiveDivergence ? new FastWeights(rbm, _team, _scratch) : null;
        _sampled = _fast?.Sum ?? rbm;
        _mixer = options.Algorithm switch
        {
            TrainingAlgorithm.ParallelTempering => new TemperedMixer(rbm, _chains, options, _team, visibleMeans),
            TrainingAlgorithm.ParallelTrajectoryTempering => new TrajectoryMixer(rbm, _chains, options, _team),
            _ => null,
        };
        _steps = _mixer?.Steps ?? options.Steps;
        _hiddenInputs = rbm.NeedsInputs(toHidden: true) ? new Matrix(most, hidden) : null;
        _visibleInputs = rbm.NeedsInputs(toHidden: false) ? new Matrix(_chains, visible) : null;
        _hiddenSums = !_persistent || _steps > 1 ? new RunningSums(_chains, visible, hidden) : null;
        _visibleSums = _steps > 1 ? new RunningSums(_chains, hidden, visible) : null;
        _sampling = new SamplingPass(this);
        _listing = new ListPass(this);
        _weighing = new WeightPass(this);
        if (_persistent)
        {
            StartChains();
        }
    }

    /// <inheritdoc/>
    public ParameterStep Step { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix States)> Chains =>
    [
        .. OwnChains,
        .. _positive.FilledStates,
    ];

    /// <inheritdoc/>
    public FilledRows? Filled => _positive.Filled;

    private IEnumerable<(string Name, BitMatrix States)> OwnChains =>
        !_persistent ? [] : _mixer is null ? [("chains", _chainHidden)] : [("chains", _chainHidden), ("chains_visible", _chainVisible), .. _mixer.Chains];

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> Values => _fast?.Values ?? _mixer?.Values ?? [];

    /// <inheritdoc/>
    public double InputBound => _rbm.InputBound;

    /// <inheritdoc/>
    public double LogPartitionFunction => _mixer?.LogPartitionFunction ?? double.NaN;

    /// <inheritdoc/>
    public bool Run(in Minibatch minibatch, double learningRate, double momentum)
    {
        _minibatch = minibatch;
        _positive.Begin(minibatch);
        if (!_persistent)
        {
            _chains = minibatch.Rows;
        }

        _negative.Moments.Rows = _chains;
        PhaseSums negative = new() { Binary = _negative.Moments, Share = 1.0 / _chains, MeanScale = _meanScale };

        // A short batch weighs what its rows weigh: its share of the learning rate, in both phases and in the decay.
        Step.Begin(_positive.Sums, negative, minibatch, learningRate * _positive.Weight, momentum);
        _mixer?.Mix(minibatch.Update, _chainVisible, _chainHidden);
        _team.Run(_sampling);
        _team.Run(_listing);
        _team.Run(_weighing);
        bool inRange = Step.End();
        return _fast is null ? inRange : inRange && _fast.Move(Step.Arguments);
    }

    /// <inheritdoc/>
    public void EndEpoch() => _mixer?.EndEpoch(_chainVisible, _chainHidden);

    /// <inheritdoc/>
    public double[] SaveCounters() => _mixer?.SaveCounters() ?? [];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters) => _mixer?.RestoreCounters(counters);

    /// <inheritdoc/>
    public void Restored()
    {
        _fast?.Add();
        _mixer?.Restored();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _mixer?.Dispose();
        _team.Dispose();
    }

    private void StartChains()
    {
        for (int chain = 0; chain < _chains; chain++)
        {
            _positive.CopyBits(chain % _rows.Rows, 0, _chainVisible.Row(chain));
        }

        HalfStepArguments arguments = HalfStepFrom(toHidden: true, _chainVisible, _chainHidden, StreamPurpose.ChainStart, StreamPurpose.ChainStartTie, 0);
        Run(arguments, toHidden: true, 0, _chains, _scratch[0].DangerousGetPointer());
    }

    private HalfStepArguments HalfStepFrom(
        bool toHidden, BitMatrix source, BitMatrix? states, StreamPurpose draws, StreamPurpose ties, long step)
    {
        HalfStepArguments arguments = _sampled.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = states is null ? null : states.DangerousGetPointer();
        arguments.Draws = new RandomStream(_options.Seed, draws, step, 0);
        arguments.Ties = new RandomStream(_options.Seed, ties, step, 0);
        return arguments;
    }

    private void Run(in HalfStepArguments arguments, bool toHidden, int first, int end, int* scratch)
    {
        Matrix? inputs = toHidden ? _hiddenInputs : _visibleInputs;
        _sampled.RunHalfStep(arguments, toHidden, first, end, scratch, inputs is null ? null : inputs.DangerousGetPointer(), inputs?.Stride ?? 0);
    }

    private void NegativePhase(int first, int end, int member)
    {
        int* scratch = _scratch[member].DangerousGetPointer();
        for (int sweep = 0; sweep < _steps; sweep++)
        {
            long step = (_minibatch.Update * _steps) + sweep;
            HalfStepArguments down = HalfStepFrom(
                toHidden: false, _chainHidden, _chainVisible, StreamPurpose.VisibleSample, StreamPurpose.VisibleTie, step);
            _visibleSums?.Keep(ref down, hold: sweep > 0);
            Run(down, toHidden: false, first, end, scratch);
            if (_observed is not null)
            {
                _positive.LeaveOutAbsent(first, end, _chainVisible, _observed[member]);
            }

            bool last = sweep == _steps - 1;
            HalfStepArguments up = HalfStepFrom(
                toHidden: true, _chainVisible, last && !_persistent ? null : _chainHidden,
                StreamPurpose.NegativeHiddenSample, StreamPurpose.NegativeHiddenTie, step);
            if (last)
            {
                _negative.WantMeans(ref up, _meanScale);
            }

            // Chains of CD start at the rows of data, whose sums the positive phase has left.
            _hiddenSums?.Keep(ref up, hold: sweep > 0 || (!_persistent && !_positive.HasMeans));
            Run(up, toHidden: true, first, end, scratch);
        }
    }

    private sealed class SamplingPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._minibatch.Rows, member, members);
            owner._positive.Sample(
                first, end, member, owner._persistent ? null : owner._hiddenSums, !owner._persistent, owner._scratch[member].DangerousGetPointer());
            (first, end) = ThreadTeam.Share(owner._chains, member, members);
            owner.NegativePhase(first, end, member);
        }
    }

    private sealed class ListPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles, member, members);
            PatternLists.Build(owner._chainVisible.DangerousGetPointer(), owner._chainVisible.WordsPerRow, first, end, owner._negative.Moments);
            owner._positive.List(first, end, member);
            owner.Step.Visible(first, end);
            (first, end) = ThreadTeam.Share(copy.HiddenTiles, member, members);
            owner.Step.Hidden(first, end);
        }
    }

    private sealed class WeightPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
