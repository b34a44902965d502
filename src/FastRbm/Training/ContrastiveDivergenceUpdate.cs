using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>One update of a binary RBM: positive phase, k sweeps of the negative chains, and the parameter step.</summary>
/// <remarks>
/// Three passes with a barrier after each: rows and chains (each thread carries its own through all sweeps), pattern lists by
/// visible words, weight tiles. All sums over rows are exact integers, so that the split can't be seen in the result.
/// </remarks>
internal sealed unsafe class ContrastiveDivergenceUpdate : IDisposable
{
    /// <summary>Below this many row x weight products a second thread costs more than it saves.</summary>
    private const long LeastWorkForThreads = 1 << 20;

    private readonly Rbm _rbm;
    private readonly IVisibleRows _rows;
    private readonly TrainingOptions _options;
    private readonly BinaryRowReader _reader;
    private readonly ThreadTeam _team;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly SamplingPass _sampling;
    private readonly ListPass _listing;
    private readonly WeightPass _weighing;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly float[][] _rowScratch;

    private readonly BitMatrix _data;
    private readonly BitMatrix _dataHidden;
    private readonly BitMatrix _chainVisible;
    private readonly PhaseMoments _positive;
    private readonly PhaseMoments _negative;
    private readonly float _meanScale;

    // Only where a later half step of the same update can go on from them.
    private readonly RunningSums? _hiddenSums;
    private readonly RunningSums? _visibleSums;

    // Only when the data are means.
    private readonly Matrix? _dense;
    private readonly Matrix? _denseHidden;
    private readonly Matrix? _denseMoments;
    private readonly Matrix? _denseVisible;
    private readonly GemmWorkspace[]? _gemm;

    private int[] _order = [];
    private int _firstRow;
    private int _batch;
    private int _chains;
    private int _epoch;
    private long _update;
    private WeightUpdateArguments _arguments;

    /// <summary>Allocates everything that updates need.</summary>
    public ContrastiveDivergenceUpdate(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        _rbm = rbm;
        _rows = rows;
        _options = options;
        _reader = new BinaryRowReader(rows, options.Binarization, options.Seed);
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        bool persistent = options.Algorithm == TrainingAlgorithm.PersistentContrastiveDivergence;
        _chains = persistent && options.Chains > 0 ? options.Chains : options.BatchSize;
        int most = Math.Max(options.BatchSize, _chains);
        long work = (long)most * visible * hidden;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : options.Threads);

        // Means in fixed point with as many bits as the sum over all rows leaves room for: 24, a float's, up to 127 rows.
        _meanScale = MathF.ScaleB(1, Math.Min(24, (int)Math.ILogB(int.MaxValue / (double)most)));
        _data = new BitMatrix(options.BatchSize, visible);
        _dataHidden = new BitMatrix(options.BatchSize, hidden);
        _chainVisible = new BitMatrix(_chains, visible);
        ChainHidden = persistent ? new BitMatrix(_chains, hidden) : _dataHidden;
        _hiddenSums = !persistent || options.Steps > 1 ? new RunningSums(_chains, visible, hidden) : null;
        _visibleSums = options.Steps > 1 ? new RunningSums(_chains, hidden, visible) : null;
        _positive = new PhaseMoments(options.BatchSize, rbm);
        _negative = new PhaseMoments(_chains, rbm);
        WeightVelocity = new Matrix(visible, hidden);
        VisibleBiasVelocity = new Matrix(1, visible);
        HiddenBiasVelocity = new Matrix(1, hidden);

        long scratch = Math.Max(
            HalfStep.ScratchLength(Math.Max(visible, hidden), most), WeightUpdate.ScratchLength(options.BatchSize, _chains));
        _scratch = new AlignedBuffer<int>[_team.Members];
        _rowScratch = new float[_team.Members][];
        for (int member = 0; member < _team.Members; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(scratch);
            _rowScratch[member] = new float[visible];
        }

        if (!rows.IsBinary && options.Binarization == Binarization.None)
        {
            _dense = new Matrix(options.BatchSize, visible);
            _denseHidden = new Matrix(options.BatchSize, hidden);
            _denseMoments = new Matrix(visible, hidden);
            _denseVisible = new Matrix(1, visible);
            _gemm = new GemmWorkspace[_team.Members];
            for (int member = 0; member < _gemm.Length; member++)
            {
                _gemm[member] = new GemmWorkspace();
            }
        }

        _sampling = new SamplingPass(this);
        _listing = new ListPass(this);
        _weighing = new WeightPass(this);
        if (persistent)
        {
            StartChains();
        }
    }

    /// <summary>The hidden states that persistent chains go on from.</summary>
    public BitMatrix ChainHidden { get; }

    /// <summary>Velocities of the weights.</summary>
    public Matrix WeightVelocity { get; }

    /// <summary>Velocities of the visible biases, one row.</summary>
    public Matrix VisibleBiasVelocity { get; }

    /// <summary>Velocities of the hidden biases, one row.</summary>
    public Matrix HiddenBiasVelocity { get; }

    private bool Persistent => _options.Algorithm == TrainingAlgorithm.PersistentContrastiveDivergence;

    /// <summary>Runs one update.</summary>
    /// <param name="order">The order of the data in this epoch.</param>
    /// <param name="firstRow">Where the minibatch starts in it.</param>
    /// <param name="batch">The rows of the minibatch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="update">The update, from 0.</param>
    /// <param name="learningRate">The learning rate of a full minibatch.</param>
    /// <param name="momentum">The momentum.</param>
    /// <returns>False when parameters left the range of the fixed-point copy.</returns>
    public bool Run(int[] order, int firstRow, int batch, int epoch, long update, double learningRate, double momentum)
    {
        _order = order;
        _firstRow = firstRow;
        _batch = batch;
        _epoch = epoch;
        _update = update;
        if (!Persistent)
        {
            _chains = batch;
        }

        _positive.Moments.Rows = batch;
        _negative.Moments.Rows = _chains;
        _team.Run(_sampling);
        _team.Run(_listing);
        Prepare(learningRate, momentum);
        _team.Run(_weighing);
        return _rbm.FixedPoint.Refit(_level, _rbm.WeightMatrix, _rbm.Visible.Parameters, _rbm.Hidden.Parameters);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void StartChains()
    {
        for (int chain = 0; chain < _chains; chain++)
        {
            _reader.CopyBits(chain % _rows.Rows, epoch: 0, _rowScratch[0], _chainVisible.Row(chain));
        }

        HalfStepArguments arguments = HalfStepFrom(toHidden: true, _chainVisible, ChainHidden, StreamPurpose.ChainStart, StreamPurpose.ChainStartTie, 0);
        HalfStep.Run(_level, arguments, 0, _chains, _scratch[0].DangerousGetPointer());
    }

    private void Prepare(double learningRate, double momentum)
    {
        // A short batch weighs what its rows weigh: its share of the learning rate, in both phases and in the decay.
        double share = learningRate * _batch / _options.BatchSize;
        double positive = share / _batch;
        double negative = share / _chains;
        _arguments = new WeightUpdateArguments
        {
            Weights = _rbm.WeightMatrix.DangerousGetPointer(),
            WeightStride = _rbm.WeightMatrix.Stride,
            VisibleBias = _rbm.Visible.Parameters.DangerousGetPointer(),
            HiddenBias = _rbm.Hidden.Parameters.DangerousGetPointer(),
            WeightVelocity = WeightVelocity.DangerousGetPointer(),
            VisibleBiasVelocity = VisibleBiasVelocity.DangerousGetPointer(),
            HiddenBiasVelocity = HiddenBiasVelocity.DangerousGetPointer(),
            Positive = _positive.Moments,
            Negative = _negative.Moments,
            PositiveRate = (float)(positive / _meanScale),
            NegativeRate = (float)(negative / _meanScale),
            PositiveVisibleRate = (float)positive,
            NegativeVisibleRate = (float)negative,
            PositiveDenseRate = (float)positive,
            PositiveDense = _denseMoments is null ? null : _denseMoments.DangerousGetPointer(),
            PositiveDenseVisible = _denseVisible is null ? null : _denseVisible.DangerousGetPointer(),
            Momentum = (float)momentum,
            L2 = (float)(share * _options.WeightDecay),
            L1 = (float)(share * _options.L1Decay),
        };
    }

    private HalfStepArguments HalfStepFrom(
        bool toHidden, BitMatrix source, BitMatrix? states, StreamPurpose draws, StreamPurpose ties, long step)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = states is null ? null : states.DangerousGetPointer();
        arguments.Draws = new RandomStream(_options.Seed, draws, step, 0);
        arguments.Ties = new RandomStream(_options.Seed, ties, step, 0);
        return arguments;
    }

    private void PositivePhase(int first, int end, int member)
    {
        bool sample = !Persistent;
        int* scratch = _scratch[member].DangerousGetPointer();
        if (_dense is not null)
        {
            DensePositivePhase(first, end, member, sample);
            return;
        }

        for (int row = first; row < end; row++)
        {
            _reader.CopyBits(_order[_firstRow + row], _epoch, _rowScratch[member], _data.Row(row));
        }

        HalfStepArguments arguments = HalfStepFrom(
            toHidden: true, _data, sample ? _dataHidden : null, StreamPurpose.HiddenSample, StreamPurpose.HiddenTie, _update);
        _positive.WantMeans(ref arguments, _meanScale);
        if (!Persistent)
        {
            _hiddenSums!.Keep(ref arguments, hold: false);
        }

        HalfStep.Run(_level, arguments, first, end, scratch);
    }

    private void DensePositivePhase(int first, int end, int member, bool sample)
    {
        for (int row = first; row < end; row++)
        {
            _rows.CopyMeans(_order[_firstRow + row], _dense!.Row(row));
        }

        if (first < end)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, GemmLayout.NN, _gemm![member],
                _dense!.AsSpan2D()[first..end, ..], _rbm.WeightMatrix.AsSpan2D(), _rbm.Hidden.Bias, _denseHidden!.AsSpan2D()[first..end, ..]);
        }

        for (int row = first; row < end; row++)
        {
            Span<float> inputs = _denseHidden!.Row(row);
            if (sample)
            {
                RandomStream draws = new(_options.Seed, StreamPurpose.HiddenSample, _update, row);
                RandomStream ties = new(_options.Seed, StreamPurpose.HiddenTie, _update, row);
                BernoulliRow.Sample(_level, inputs, draws, ties, _dataHidden.Row(row));
            }

            BernoulliRow.FixedMeans(_level, inputs, _meanScale, _positive.Moments.Means, _positive.Moments.MeanRows, row);
            ElementaryKernels.Sigmoid(_level, inputs, inputs);
        }
    }

    private void NegativePhase(int first, int end, int member)
    {
        int* scratch = _scratch[member].DangerousGetPointer();
        for (int sweep = 0; sweep < _options.Steps; sweep++)
        {
            long step = (_update * _options.Steps) + sweep;
            HalfStepArguments down = HalfStepFrom(
                toHidden: false, ChainHidden, _chainVisible, StreamPurpose.VisibleSample, StreamPurpose.VisibleTie, step);
            _visibleSums?.Keep(ref down, hold: sweep > 0);
            HalfStep.Run(_level, down, first, end, scratch);

            bool last = sweep == _options.Steps - 1;
            HalfStepArguments up = HalfStepFrom(
                toHidden: true, _chainVisible, last && !Persistent ? null : ChainHidden,
                StreamPurpose.NegativeHiddenSample, StreamPurpose.NegativeHiddenTie, step);
            if (last)
            {
                _negative.WantMeans(ref up, _meanScale);
            }

            // Chains of CD start at the rows of data, whose sums the positive phase has left.
            _hiddenSums?.Keep(ref up, hold: sweep > 0 || (!Persistent && _dense is null));
            HalfStep.Run(_level, up, first, end, scratch);
        }
    }

    private void DenseMoments(int member, int members)
    {
        // Rows of v'h are visible units: each thread makes its own, over the whole batch.
        (int first, int end) = ThreadTeam.Share(_rbm.Visible.Count, member, members);
        if (first == end)
        {
            return;
        }

        FloatGemm.Multiply(
            _level, GemmLayout.TN, _gemm![member],
            _dense!.AsSpan2D()[.._batch, first..end], _denseHidden!.AsSpan2D()[.._batch, ..], _denseMoments!.AsSpan2D()[first..end, ..]);
        Span<float> sums = _denseVisible!.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < _batch; row++)
        {
            ReadOnlySpan<float> values = _dense!.Row(row)[first..end];
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        }
    }

    private sealed class SamplingPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._batch, member, members);
            owner.PositivePhase(first, end, member);
            (first, end) = ThreadTeam.Share(owner._chains, member, members);
            owner.NegativePhase(first, end, member);
        }
    }

    private sealed class ListPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._data.WordsPerRow, member, members);
            PatternLists.Build(owner._chainVisible.DangerousGetPointer(), owner._chainVisible.WordsPerRow, first, end, owner._negative.Moments);
            if (owner._dense is null)
            {
                PatternLists.Build(owner._data.DangerousGetPointer(), owner._data.WordsPerRow, first, end, owner._positive.Moments);
            }
            else
            {
                owner.DenseMoments(member, members);
            }
        }
    }

    private sealed class WeightPass(ContrastiveDivergenceUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            WeightUpdate.Run(owner._level, copy, owner._arguments, first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
