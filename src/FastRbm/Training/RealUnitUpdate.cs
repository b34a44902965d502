using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>One update of CD or PCD of an RBM with units of any kinds: positive phase, k sweeps of the chains, parameter step.</summary>
/// <remarks>
/// <para>Rows of both phases lie in one matrix, data first, and hidden means of chains count negatively: so the gradient of the weights
/// is one float product over all of them, cut into visible units between threads.</para>
/// <para>Real-valued visible units are trained as if their data had been standardised: with x = m + s x', gradients are taken about m and
/// divided by s^2, which is what a step in x' does to parameters of x. Bounded units have s = 1.</para>
/// <para>Source of the scaling by the precision in the energy: Cho, Ilin, Raiko (2011), "Improved learning of Gaussian-Bernoulli
/// restricted Boltzmann machines"; of the noise: exactly p(v | h), a draw of its own for each row and unit.</para>
/// </remarks>
internal sealed unsafe class RealUnitUpdate : IParameterUpdate
{
    private const long LeastWorkForThreads = 1 << 19;

    /// <summary>A standardised unit's precision may not grow beyond this: data of one value would drive its variance to 0.</summary>
    private const double LargestPrecision = 10_000;

    private readonly Rbm _rbm;
    private readonly IVisibleRows _rows;
    private readonly TrainingOptions _options;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly ThreadTeam _team;
    private readonly BinaryRowReader? _reader;
    private readonly LayerStep _up;
    private readonly LayerStep _down;
    private readonly LayerStates _data;
    private readonly LayerStates _chainVisible;
    private readonly LayerStates _chainHidden;
    private readonly Matrix _visible;
    private readonly Matrix _hidden;
    private readonly Matrix _gradient;
    private readonly Matrix _visibleSums;
    private readonly Matrix _hiddenSums;
    private readonly Matrix _hiddenOfData;
    private readonly Matrix _inverseSquares;
    private readonly Matrix _largestPrecisions;
    private readonly Matrix _offsets;
    private readonly GemmWorkspace[] _gemm;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly float[][] _rowScratch;
    private readonly UnitParameters _visibleParameters;
    private readonly UnitParameters _hiddenParameters;
    private readonly Matrix? _totals;
    private readonly double[] _dataTotals;
    private readonly double[] _chainTotals;
    private readonly float[] _rowWeights;
    private readonly double _meanWeight;
    private readonly bool _persistent;
    private readonly PackPass _packing;
    private readonly RowPass _sampling;
    private readonly UnitPass _summing;
    private readonly WeightPass _weighing;
    private Minibatch _minibatch;
    private int _chains;
    private double _weight;
    private double _reach = 1;

    /// <summary>Allocates everything that updates need.</summary>
    public RealUnitUpdate(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        _rbm = rbm;
        _rows = rows;
        _options = options;
        CheckOptions(rbm, options);
        rbm.CheckProper();
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        _persistent = options.Algorithm == TrainingAlgorithm.PersistentContrastiveDivergence;
        _chains = _persistent && options.Chains > 0 ? options.Chains : options.BatchSize;
        int batch = options.BatchSize;
        long work = (long)Math.Max(batch, _chains) * visible * hidden;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : options.Threads);
        int members = _team.Members;
        _reader = rbm.Visible.StatesAreBits ? new BinaryRowReader(rows, options.Binarization, options.Seed) : null;
        _visible = new Matrix(batch + _chains, visible);
        _hidden = new Matrix(batch + _chains, hidden);
        _data = new LayerStates(rbm.Visible, batch, _visible, 0);
        _chainVisible = new LayerStates(rbm.Visible, _chains, _visible, batch);
        _chainHidden = new LayerStates(rbm.Hidden, _chains);
        int most = Math.Max(batch, _chains);
        _up = new LayerStep(rbm, toHidden: true, most, members);
        _down = new LayerStep(rbm, toHidden: false, most, members);
        _gradient = new Matrix(visible, hidden);
        _visibleSums = new Matrix(1, visible);
        _hiddenSums = new Matrix(1, hidden);
        _hiddenOfData = new Matrix(1, hidden);
        _gemm = [.. Enumerable.Range(0, members).Select(_ => new GemmWorkspace())];
        _scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer<int>(WeightUpdate.ScratchLength(0, 0) + 1))];
        _rowScratch = [.. Enumerable.Range(0, members).Select(_ => new float[visible])];
        int blocks = Blocks(batch) + Blocks(_chains);
        _visibleParameters = new UnitParameters(rbm.Visible, options, blocks, members, hidden: false);
        _hiddenParameters = new UnitParameters(rbm.Hidden, options, blocks, members, hidden: true);
        _rowWeights = PositivePhase.Relative(options.RowWeights.Span, out _meanWeight);
        _dataTotals = new double[batch];
        _chainTotals = new double[_chains];
        _totals = rbm.Visible.KeepsTotal && _persistent ? new Matrix(1, _chains) : null;
        ColumnMoments moments = new(rows, options.RowWeights.Span);
        _offsets = new Matrix(1, visible);
        _inverseSquares = new Matrix(1, visible);
        _largestPrecisions = new Matrix(1, visible);
        Standardise(moments);
        Step = new ParameterStep(rbm, options, _offsets.Row(0), statisticsAreBits: false, _inverseSquares.Row(0));
        _packing = new PackPass(this);
        _sampling = new RowPass(this);
        _summing = new UnitPass(this);
        _weighing = new WeightPass(this);
        if (_persistent)
        {
            StartChains();
        }
    }

    /// <inheritdoc/>
    public ParameterStep Step { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix States)> Chains => _persistent && _chainHidden.Bits is not null ? [("chains", _chainHidden.Bits)] : [];

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> Values
    {
        get
        {
            (string Name, Matrix? Values)[] all =
            [
                ("chains_hidden", _persistent ? _chainHidden.Values : null), ("chains_totals", _totals),
                ("visible_parameters_velocity", _visibleParameters.Velocity), ("hidden_parameters_velocity", _hiddenParameters.Velocity),
                ("visible_parameters_squares", _visibleParameters.Squares), ("hidden_parameters_squares", _hiddenParameters.Squares),
                ("visible_parameters_average", _visibleParameters.Average), ("hidden_parameters_average", _hiddenParameters.Average),
            ];
            return all.Where(static buffer => buffer.Values is not null).Select(static buffer => (buffer.Name, buffer.Values!));
        }
    }

    /// <inheritdoc/>
    public FilledRows? Filled => null;

    /// <inheritdoc/>
    public double LogPartitionFunction => double.NaN;

    /// <inheritdoc/>
    public bool Run(in Minibatch minibatch, double learningRate, double momentum)
    {
        _minibatch = minibatch;
        if (!_persistent)
        {
            _chains = minibatch.Rows;
        }

        if (minibatch.Rows < _options.BatchSize)
        {
            _visibleParameters.Clear();
            _hiddenParameters.Clear();
        }

        double sum = 0;
        for (int row = 0; row < minibatch.Rows; row++)
        {
            sum += WeightOf(row);
        }

        _weight = sum;
        double share = sum / (_meanWeight * _options.BatchSize);
        PhaseSums gradient = new()
        {
            MeanScale = 1,
            DenseShare = 1,
            Weights = _gradient.DangerousGetPointer(),
            Visible = _visibleSums.DangerousGetPointer(),
            Hidden = _hiddenSums.DangerousGetPointer(),
            HiddenOfData = _hiddenOfData.DangerousGetPointer(),
        };
        Step.Begin(gradient, new PhaseSums { MeanScale = 1 }, minibatch, learningRate * share, momentum);
        _team.Run(_packing);
        _team.Run(_sampling);
        _team.Run(_summing);
        _team.Run(_weighing);

        // Before the end of the step, which makes the fixed-point copy of biases: a precision's move takes its bias along.
        MoveParameters(minibatch.Update, learningRate * share, momentum);
        return Step.End();
    }

    /// <summary>Over real-valued data only hidden units have bounded inputs, and those grow with how far from 0 the data lie.</summary>
    public double InputBound => _rbm.Visible.IsUnbounded ? _rbm.FixedPoint.HiddenInputBound / _reach : _rbm.InputBound;

    /// <inheritdoc/>
    public void EndEpoch()
    {
    }

    /// <inheritdoc/>
    public void TakeAverage()
    {
        _visibleParameters.TakeAverage();
        _hiddenParameters.TakeAverage();
        Step.TakeAverage();
    }

    /// <inheritdoc/>
    public double[] SaveCounters() => [];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
    }

    /// <inheritdoc/>
    public void Restored()
    {
        for (int chain = 0; _totals is not null && chain < _chains; chain++)
        {
            _chainTotals[chain] = _totals[0, chain];
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private static int Blocks(int rows) => (rows + UnitParameters.BlockRows - 1) / UnitParameters.BlockRows;

    private static void CheckOptions(Rbm rbm, TrainingOptions options)
    {
        string kinds = $"{rbm.Visible.Name} and {rbm.Hidden.Name} units";
        if (options.Centring == Centring.Enhanced)
        {
            Throw.Argument("centring", $"data or none with {kinds}", "enhanced");
        }

        if (rbm.Hidden.KeepsTotal)
        {
            Throw.Argument("hidden units", "units without a given total", rbm.Hidden.Name);
        }
    }

    private void Standardise(ColumnMoments moments)
    {
        double[] curvatures = new double[_rbm.Visible.Count];
        _rbm.Visible.Curvatures(curvatures);
        for (int unit = 0; unit < curvatures.Length; unit++)
        {
            double variance = curvatures[unit] > 0 && moments.Variances[unit] > 0 ? moments.Variances[unit] : 1;
            _offsets[0, unit] = (float)moments.Means[unit];
            _inverseSquares[0, unit] = (float)(1 / variance);
            _largestPrecisions[0, unit] = (float)Math.Log(LargestPrecision / variance);
            _reach = curvatures[unit] > 0 ? Math.Max(_reach, 1 + (Math.Abs(moments.Means[unit]) / Math.Sqrt(variance))) : _reach;
        }
    }

    private void StartChains()
    {
        _up.UseWeights(0, 1);
        for (int chain = 0; chain < _chains; chain++)
        {
            Load(chain % _rows.Rows, 0, _rowScratch[0]);
            _chainVisible.Set(chain, _rowScratch[0]);
            _chainTotals[chain] = TotalOf(_rowScratch[0]);
            if (_totals is not null)
            {
                _totals[0, chain] = (float)_chainTotals[chain];
            }
        }

        _up.Inputs(0, _chains, 0, _chainVisible, _chainTotals, _hidden, _options.BatchSize);
        _up.Sample(
            0, _chains, _hidden, _options.BatchSize, default, new RandomStream(_options.Seed, StreamPurpose.ChainStart, 0, 0),
            new RandomStream(_options.Seed, StreamPurpose.ChainStartTie, 0, 0), _chainHidden);
    }

    private double TotalOf(ReadOnlySpan<float> states) => _rbm.Visible.KeepsTotal ? Rbm.Total(states) : 1;

    private int Source(int row) => _minibatch.Order[_minibatch.FirstRow + row];

    private float WeightOf(int row) => _rowWeights.Length == 0 ? 1 : _rowWeights[Source(row)];

    private void Load(int source, int epoch, Span<float> states)
    {
        if (_reader is null || _rbm.Visible.Kind != UnitKind.Binary)
        {
            _rows.CopyMeans(source, states);
            return;
        }

        Span<ulong> bits = stackalloc ulong[64];
        int words = BitMatrix.WordsFor(states.Length);
        bits = words <= bits.Length ? bits[..words] : new ulong[words];
        _reader.CopyBits(source, epoch, states, bits);
        _rbm.Visible.FromBits(bits, states);
    }

    private void ReadRows(int first, int end, int member)
    {
        for (int row = first; row < end; row++)
        {
            Span<float> states = _visible.Row(row);
            Load(Source(row), _minibatch.Epoch, states);
            _dataTotals[row] = TotalOf(states);
            if (_data.Bits is not null)
            {
                _data.Set(row, states);
            }
        }

        _up.Inputs(first, end, member, _data, _dataTotals, _hidden, 0);
        if (!_persistent)
        {
            _up.Sample(
                first, end, _hidden, 0, default, new RandomStream(_options.Seed, StreamPurpose.HiddenSample, _minibatch.Update, 0),
                new RandomStream(_options.Seed, StreamPurpose.HiddenTie, _minibatch.Update, 0), _chainHidden);
        }

        double scale = _weight > 0 ? 1 / _weight : 0;
        Statistics(first, end, member, 0, Blocks(0), scale, negative: false);
    }

    private void NegativePhase(int first, int end, int member)
    {
        int offset = _options.BatchSize;
        double[] totals = _persistent ? _chainTotals : _dataTotals;
        for (int sweep = 0; sweep < _options.Steps; sweep++)
        {
            long step = (_minibatch.Update * _options.Steps) + sweep;
            _down.Inputs(first, end, member, _chainHidden, totals, _visible, offset);
            _down.Sample(
                first, end, _visible, offset, totals, new RandomStream(_options.Seed, StreamPurpose.VisibleSample, step, 0),
                new RandomStream(_options.Seed, StreamPurpose.VisibleTie, step, 0), _chainVisible);
            _up.Inputs(first, end, member, _chainVisible, totals, _hidden, offset);
            if (sweep < _options.Steps - 1 || _persistent)
            {
                _up.Sample(
                    first, end, _hidden, offset, default, new RandomStream(_options.Seed, StreamPurpose.NegativeHiddenSample, step, 0),
                    new RandomStream(_options.Seed, StreamPurpose.NegativeHiddenTie, step, 0), _chainHidden);
            }
        }

        for (int row = first; row < end && _chainVisible.Bits is not null; row++)
        {
            _chainVisible.CopyTo(row, _visible.Row(offset + row));
        }

        Statistics(first, end, member, offset, Blocks(offset), -1.0 / _chains, negative: true);
    }

    /// <summary>From inputs to weighted means; sums of other statistics by blocks of rows.</summary>
    private void Statistics(int first, int end, int member, int offset, int firstBlock, double scale, bool negative)
    {
        for (int row = first; row < end; row++)
        {
            int block = firstBlock + (row / UnitParameters.BlockRows);
            float weight = (float)(scale * (negative ? 1 : WeightOf(row)));
            Span<float> hidden = _hidden.Row(offset + row);
            if (_visibleParameters.Used)
            {
                Begin(_visibleParameters, block, row);
                _visibleParameters.Add(block, member, _visible.Row(offset + row), weight);
            }

            if (_hiddenParameters.Used)
            {
                Begin(_hiddenParameters, block, row);
                _hiddenParameters.Add(block, member, hidden, weight);
            }

            _rbm.Hidden.Mean(hidden, hidden);
            FloatRows.Multiply(hidden, weight);
        }
    }

    private static void Begin(UnitParameters parameters, int block, int row)
    {
        if (row % UnitParameters.BlockRows == 0)
        {
            parameters.Begin(block);
        }
    }

    /// <summary>Gradients of visible units first to end - 1.</summary>
    private void VisibleGradients(int first, int end, int member)
    {
        if (first >= end)
        {
            return;
        }

        int used = _options.BatchSize + _chains;
        bool whole = _minibatch.Rows == _options.BatchSize;
        Span<float> sums = _visibleSums.Row(0)[first..end];
        sums.Clear();
        double scale = _weight > 0 ? 1 / _weight : 0;
        for (int row = 0; row < used; row++)
        {
            bool data = row < _options.BatchSize;
            if (data && row >= _minibatch.Rows)
            {
                continue;
            }

            float weight = data ? (float)(scale * WeightOf(row)) : (float)(-1.0 / _chains);
            Add(_visible.Row(row)[first..end], weight, sums);
        }

        if (whole)
        {
            Product(0, used, first, end, member, add: false);
        }
        else
        {
            Product(0, _minibatch.Rows, first, end, member, add: false);
            Product(_options.BatchSize, used, first, end, member, add: true);
        }

        ReadOnlySpan<float> inverse = _inverseSquares.Row(0);
        for (int unit = first; unit < end; unit++)
        {
            float factor = inverse[unit];
            if (factor != 1)
            {
                FloatRows.Multiply(_gradient.Row(unit), factor);
            }
        }
    }

    private void Product(int firstRow, int endRow, int first, int end, int member, bool add)
    {
        var visible = _visible.AsSpan2D()[firstRow..endRow, first..end];
        var hidden = _hidden.AsSpan2D()[firstRow..endRow, ..];
        if (add)
        {
            FloatGemm.MultiplyAdd(_level, GemmLayout.TN, _gemm[member], visible, hidden, _gradient.AsSpan2D()[first..end, ..]);
        }
        else
        {
            FloatGemm.Multiply(_level, GemmLayout.TN, _gemm[member], visible, hidden, _gradient.AsSpan2D()[first..end, ..]);
        }
    }

    private void HiddenSums(int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        Span<float> sums = _hiddenSums.Row(0)[first..end];
        Span<float> ofData = _hiddenOfData.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < _minibatch.Rows; row++)
        {
            Add(_hidden.Row(row)[first..end], 1, sums);
        }

        sums.CopyTo(ofData);
        for (int row = 0; row < _chains; row++)
        {
            Add(_hidden.Row(_options.BatchSize + row)[first..end], 1, sums);
        }

        if (_rbm.Visible.KeepsTotal)
        {
            // Under word counts a hidden bias counts once a word.
            sums.Clear();
            double[] totals = _persistent ? _chainTotals : _dataTotals;
            for (int row = 0; row < _minibatch.Rows; row++)
            {
                Add(_hidden.Row(row)[first..end], (float)_dataTotals[row], sums);
            }

            for (int row = 0; row < _chains; row++)
            {
                Add(_hidden.Row(_options.BatchSize + row)[first..end], (float)totals[row], sums);
            }
        }
    }

    private static void Add(ReadOnlySpan<float> values, float weight, Span<float> sums) => FloatRows.AddMultiple(values, weight, sums);

    private void MoveParameters(long update, double rate, double momentum)
    {
        bool average = Step.Arguments.WeightAverage != null;
        if (_visibleParameters.Used)
        {
            bool centred = _options.Centring != Centring.None;
            _visibleParameters.Move(
                Blocks(_options.BatchSize) + Blocks(_chains), centred ? _offsets.Row(0) : default, _visibleSums.Row(0), _largestPrecisions.Row(0), update, rate, momentum);
            if (average)
            {
                _visibleParameters.Observe(Step.Arguments.AverageRate);
            }
        }

        if (_hiddenParameters.Used)
        {
            _hiddenParameters.Move(Blocks(_options.BatchSize) + Blocks(_chains), default, default, default, update, rate, momentum);
            if (average)
            {
                _hiddenParameters.Observe(Step.Arguments.AverageRate);
            }
        }
    }

    /// <summary>Follows the weights.</summary>
    private sealed class PackPass(RealUnitUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            owner._up.UseWeights(member, members);
            owner._down.UseWeights(member, members);
        }
    }

    private sealed class RowPass(RealUnitUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = Rows(owner._minibatch.Rows, member, members);
            owner.ReadRows(first, end, member);
            (first, end) = Rows(owner._chains, member, members);
            owner.NegativePhase(first, end, member);
        }

        /// <summary>Whole blocks of rows.</summary>
        private static (int First, int End) Rows(int rows, int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(Blocks(rows), member, members);
            return (first * UnitParameters.BlockRows, Math.Min(rows, end * UnitParameters.BlockRows));
        }
    }

    private sealed class UnitPass(RealUnitUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles, member, members);
            owner.VisibleGradients(first * Tile.Width, Math.Min(end * Tile.Width, copy.Visible), member);
            owner.Step.Visible(first, end);
            (first, end) = ThreadTeam.Share(copy.HiddenTiles, member, members);
            owner.HiddenSums(first * Tile.Width, Math.Min(end * Tile.Width, copy.Hidden));
            owner.Step.Hidden(first, end);
        }
    }

    private sealed class WeightPass(RealUnitUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
