using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
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

    private readonly Rbm _rbm;
    private readonly RealRows _rows;
    private readonly TrainingOptions _options;
    private readonly ThreadTeam _team;
    private readonly LayerStep _up;
    private readonly LayerStep _down;
    private readonly LayerStates _data;
    private readonly LayerStates _chainVisible;
    private readonly LayerStates _chainHidden;
    private readonly RealGradients _gradients;
    private readonly Matrix _visible;
    private readonly Matrix _hidden;
    private readonly Standardisation _standard;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly UnitParameterPair _parameters;
    private readonly Matrix? _totals;
    private readonly double[] _dataTotals;
    private readonly double[] _chainTotals;
    private readonly bool _persistent;
    private readonly PackPass _packing;
    private readonly RowPass _sampling;
    private readonly UnitPass _summing;
    private readonly WeightPass _weighing;

    // Only with missing values.
    private readonly LayerStates? _missingHidden;
    private readonly Matrix? _missingVisible;
    private readonly LayerStates? _missingStates;
    private Minibatch _minibatch;
    private int _chains;

    /// <summary>Allocates everything that updates need.</summary>
    public RealUnitUpdate(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        _rbm = rbm;
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
        _standard = new Standardisation(rbm.Visible, new ColumnMoments(rows, options.RowWeights.Span));
        _rows = new RealRows(rbm.Visible, rows, options, _standard);
        _gradients = new RealGradients(rbm, batch, _chains, members);
        _visible = _gradients.VisibleStates;
        _hidden = _gradients.HiddenMeans;
        _data = new LayerStates(rbm.Visible, batch, _visible, 0);
        _chainVisible = new LayerStates(rbm.Visible, _chains, _visible, batch);
        _chainHidden = new LayerStates(rbm.Hidden, _chains);
        int most = Math.Max(batch, _chains);
        _up = new LayerStep(rbm, toHidden: true, most, members);
        _down = new LayerStep(rbm, toHidden: false, most, members);
        _scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer<int>(WeightUpdate.ScratchLength(0, 0) + 1))];
        _parameters = new UnitParameterPair(rbm, options, Blocks(batch) + Blocks(_chains), members);
        _dataTotals = new double[batch];
        _chainTotals = new double[_chains];
        _totals = rbm.Visible.KeepsTotal && _persistent ? new Matrix(1, _chains) : null;
        Step = new ParameterStep(rbm, options, _standard.Means, statisticsAreBits: false, _standard.InverseVariances);
        _packing = new PackPass(this);
        _sampling = new RowPass(this);
        _summing = new UnitPass(this);
        _weighing = new WeightPass(this);
        if (_rows.Kept is not null)
        {
            _missingHidden = new LayerStates(rbm.Hidden, batch);
            _missingVisible = new Matrix(batch, visible);
            _missingStates = new LayerStates(rbm.Visible, batch, _missingVisible, 0);
        }

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
                ("missing_values", _rows.Kept), ("chains_hidden", _persistent ? _chainHidden.Values : null), ("chains_totals", _totals),
            ];
            return all.Concat(_parameters.Values).Where(static buffer => buffer.Values is not null).Select(static buffer => (buffer.Name, buffer.Values!));
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
            _parameters.Clear();
        }

        _rows.Begin(minibatch);
        double share = _rows.Share;
        Step.Begin(_gradients.Sums, new PhaseSums { MeanScale = 1 }, minibatch, learningRate * share, momentum);
        _team.Run(_packing);
        _team.Run(_sampling);
        _team.Run(_summing);
        _team.Run(_weighing);

        // Before the end of the step, which makes the fixed-point copy of biases: a precision's move takes its bias along.
        _parameters.Move(Step.Arguments, _standard, _gradients.VisibleSums, minibatch.Update, learningRate * share, momentum);
        return Step.End();
    }

    /// <summary>Over real-valued data only hidden units have bounded inputs, and those grow with how far from 0 the data lie.</summary>
    public double InputBound => _rbm.Visible.IsUnbounded ? _rbm.FixedPoint.HiddenInputBound / _standard.Reach : _rbm.InputBound;

    /// <inheritdoc/>
    public void EndEpoch()
    {
    }

    /// <inheritdoc/>
    public void TakeAverage()
    {
        _parameters.TakeAverage();
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

    private void StartChains()
    {
        _up.UseWeights(0, 1);
        for (int chain = 0; chain < _chains; chain++)
        {
            Span<float> states = _visible.Row(_options.BatchSize + chain);
            _rows.LoadFirst(chain, states);
            _chainVisible.Set(chain, states);
            _chainTotals[chain] = TotalOf(states);
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

    private void ReadRows(int first, int end, int member)
    {
        for (int row = first; row < end; row++)
        {
            Span<float> states = _visible.Row(row);
            _rows.Load(row, states);
            _dataTotals[row] = TotalOf(states);
            if (_data.Bits is not null)
            {
                _data.Set(row, states);
            }
        }

        for (int sweep = 0; sweep < _options.MissingSteps && _rows.Kept is not null; sweep++)
        {
            DrawMissing(first, end, member, (_minibatch.Update * _options.MissingSteps) + sweep);
        }

        _up.Inputs(first, end, member, _data, _dataTotals, _hidden, 0);
        if (!_persistent)
        {
            _up.Sample(
                first, end, _hidden, 0, default, new RandomStream(_options.Seed, StreamPurpose.HiddenSample, _minibatch.Update, 0),
                new RandomStream(_options.Seed, StreamPurpose.HiddenTie, _minibatch.Update, 0), _chainHidden);
        }

        Statistics(first, end, member, 0, Blocks(0), negative: false);
    }

    /// <summary>One Gibbs step of the missing values of rows, with the observed ones held.</summary>
    private void DrawMissing(int first, int end, int member, long step)
    {
        _up.Inputs(first, end, member, _data, _dataTotals, _hidden, 0);
        _up.Sample(
            first, end, _hidden, 0, default, new RandomStream(_options.Seed, StreamPurpose.MissingHidden, step, 0),
            new RandomStream(_options.Seed, StreamPurpose.MissingHiddenTie, step, 0), _missingHidden!);
        _down.Inputs(first, end, member, _missingHidden!, _dataTotals, _missingVisible!, 0);
        _down.Sample(
            first, end, _missingVisible!, 0, _dataTotals, new RandomStream(_options.Seed, StreamPurpose.MissingVisible, step, 0),
            new RandomStream(_options.Seed, StreamPurpose.MissingVisibleTie, step, 0), _missingStates!);
        for (int row = first; row < end; row++)
        {
            if (_missingStates!.Bits is not null)
            {
                _missingStates.CopyTo(row, _missingVisible!.Row(row));
            }

            Span<float> states = _visible.Row(row);
            _rows.Fill(row, _missingVisible!.Row(row), states);
            if (_data.Bits is not null)
            {
                _data.Set(row, states);
            }
        }
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

        Statistics(first, end, member, offset, Blocks(offset), negative: true);
    }

    /// <summary>From inputs to weighted means; sums of other statistics by blocks of rows.</summary>
    private void Statistics(int first, int end, int member, int offset, int firstBlock, bool negative)
    {
        for (int row = first; row < end; row++)
        {
            float weight = negative ? (float)(-1.0 / _chains) : _rows.RelativeWeight(row);
            Span<float> hidden = _hidden.Row(offset + row);
            _parameters.Add(firstBlock, row, member, _visible.Row(offset + row), hidden, weight);
            _rbm.Hidden.Mean(hidden, hidden);
            FloatRows.Multiply(hidden, weight);
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
            owner._gradients.Visible(first * Tile.Width, Math.Min(end * Tile.Width, copy.Visible), member, owner._rows, owner._chains);
            owner.Step.Visible(first, end);
            (first, end) = ThreadTeam.Share(copy.HiddenTiles, member, members);
            double[]? totals = owner._rbm.Visible.KeepsTotal ? owner._dataTotals : null;
            owner._gradients.Hidden(
                first * Tile.Width, Math.Min(end * Tile.Width, copy.Hidden), owner._rows, owner._chains, totals, owner._persistent ? owner._chainTotals : totals);
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
