using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Threading;

namespace FastRbm.Training.Classification;

/// <summary>One update of a classification RBM: the exact gradient of -ln p(y | v), positive and negative phase of -ln p(y,v) and -ln p(v).</summary>
/// <remarks>
/// <para>With o_yj = c_j + U_yj + (vW)_j every objective's positive part is, a row, sum over y of e_y d(-F(v,y)): of W v_i sum_y e_y
/// sigmoid(o_yj), of U_y e_y sigmoid(o_yj), of d_y e_y; e_y is [y is the label] - p(y | v) for -ln p(y | v), [y is the label] for
/// -ln p(y,v), and p(y | v) for -ln p(v), times the weights of the terms. So one matrix of hidden means serves all, and that of
/// chains lies behind it, with the sign turned: the gradient of W is one float product.</para>
/// <para>Rows are handled in blocks of <see cref="BlockRows"/>, whose sums for U are added in order: the split over threads can't be
/// seen in the result.</para>
/// </remarks>
internal sealed unsafe partial class ClassificationUpdate : IDisposable
{
    private const int BlockRows = 16;
    private const long LeastWorkForThreads = 1 << 18;

    private readonly ClassificationRbm _model;
    private readonly Rbm _joint;
    private readonly ClassificationOptions _options;
    private readonly ClassificationBatch _batch;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly LayerStep _up;
    private readonly LayerStep _down;
    private readonly LayerStates _data;
    private readonly LayerStates _chainVisible;
    private readonly LayerStates _chainHidden;
    private readonly Matrix _inputs;
    private readonly Matrix _chainInputs;
    private readonly Matrix _visibleInputs;
    private readonly Matrix _visible;
    private readonly Matrix _hidden;
    private readonly Matrix _coefficients;
    private readonly Matrix _blockSums;
    private readonly Matrix _gradient;
    private readonly Matrix _visibleSums;
    private readonly Matrix _hiddenSums;
    private readonly Matrix _hiddenMeans;
    private readonly Matrix[] _classMeans;
    private readonly double[][] _scores;
    private readonly float[] _visibleWeights;
    private readonly GemmWorkspace[] _gemm;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly double[] _losses;
    private readonly bool[] _wrong;
    private readonly RowPass _sampling;
    private readonly UnitPass _summing;
    private readonly WeightPass _weighing;
    private readonly int _mostRows;
    private float _chainWeight;
    private long _update;

    /// <summary>Allocates everything that updates need.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The rows of updates.</param>
    /// <param name="options">The options.</param>
    public ClassificationUpdate(ClassificationRbm model, ClassificationBatch batch, ClassificationOptions options)
    {
        _model = model;
        _joint = model.Joint;
        _options = options;
        _batch = batch;
        int rows = batch.MostRows;
        int hidden = model.Hidden;
        _mostRows = rows;
        int chains = options.HasChains ? rows : 0;
        Team = new ThreadTeam((long)rows * model.Columns * hidden < LeastWorkForThreads ? 1 : options.Threads);
        int members = Team.Members;
        _up = new LayerStep(_joint, toHidden: true, rows, members);
        _down = new LayerStep(_joint, toHidden: false, rows, members);
        _data = new LayerStates(_joint.Visible, rows);
        _chainVisible = new LayerStates(_joint.Visible, chains);
        _chainHidden = new LayerStates(_joint.Hidden, chains);
        _inputs = new Matrix(rows, hidden);
        _chainInputs = new Matrix(chains, hidden);
        _visibleInputs = new Matrix(chains, _joint.Visible.Count);
        _visible = new Matrix(rows + chains, model.Columns);
        _hidden = new Matrix(rows + chains, hidden);
        _coefficients = new Matrix(rows + chains, model.Classes);
        _blockSums = new Matrix((Blocks(rows) + Blocks(chains)) * (model.Classes + 1), hidden);
        _gradient = new Matrix(_joint.Visible.Count, hidden);
        _visibleSums = new Matrix(1, _joint.Visible.Count);
        _hiddenSums = new Matrix(1, hidden);
        _hiddenMeans = new Matrix(1, hidden);
        _classMeans = [.. Enumerable.Range(0, members).Select(_ => new Matrix(model.Classes, hidden))];
        _scores = [.. Enumerable.Range(0, members).Select(_ => new double[model.Classes])];
        _visibleWeights = new float[rows + chains];
        _gemm = [.. Enumerable.Range(0, members).Select(_ => new GemmWorkspace())];
        _scratch = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer<int>(WeightUpdate.ScratchLength(0, 0) + 1))];
        _losses = new double[rows];
        _wrong = new bool[rows];
        Step = new ParameterStep(_joint, options.Step, batch.Means(model.Classes));
        _sampling = new RowPass(this);
        _summing = new UnitPass(this);
        _weighing = new WeightPass(this);
        if (options.Persistent && options.HasChains)
        {
            StartChains();
        }
    }

    /// <summary>The threads.</summary>
    public ThreadTeam Team { get; }

    /// <summary>The step that an update ends with.</summary>
    public ParameterStep Step { get; }

    /// <summary>Chains that the next update goes on from.</summary>
    public IEnumerable<(string Name, BitMatrix States)> Chains => _options.Persistent && _options.HasChains ? [("chains", _chainHidden.Bits!)] : [];

    /// <summary>Labelled rows of the last update that were told wrong before it.</summary>
    public int Wrong { get; private set; }

    /// <summary>The sum of -ln p(y | v) over the labelled rows of the last update, before it.</summary>
    public double Loss { get; private set; }

    /// <summary>Runs one update.</summary>
    /// <param name="update">Which, from 0.</param>
    /// <param name="updates">The length of the run.</param>
    /// <param name="epoch">Its epoch, from 0.</param>
    /// <param name="firstRow">Rows of the epoch that are done.</param>
    /// <returns>False when parameters left the range of the fixed-point copy.</returns>
    public bool Run(long update, long updates, int epoch, int firstRow)
    {
        _update = update;
        _batch.Begin(update, epoch, firstRow);
        ChainCount = !_options.HasChains ? 0 : _options.Persistent ? _mostRows : _batch.Rows;
        double sum = 0;
        for (int row = 0; row < _batch.Rows; row++)
        {
            _visibleWeights[row] = _batch.JointWeight(row);
            sum += _visibleWeights[row];
        }

        _chainWeight = (float)(sum / Math.Max(1, _mostRows));
        PhaseSums gradient = new()
        {
            MeanScale = 1,
            DenseShare = 1,
            Weights = _gradient.DangerousGetPointer(),
            Visible = _visibleSums.DangerousGetPointer(),
            Hidden = _hiddenSums.DangerousGetPointer(),
            HiddenOfData = _hiddenMeans.DangerousGetPointer(),
        };
        Minibatch minibatch = new(_batch.Sources, 0, _batch.Rows, epoch, update, updates);
        Step.Begin(gradient, new PhaseSums { MeanScale = 1 }, minibatch, _options.LearningRate.At(update, updates), _options.Momentum.At(epoch));
        Team.Run(_sampling);
        Team.Run(_summing);
        Team.Run(_weighing);
        Loss = 0;
        Wrong = 0;
        for (int row = 0; row < _batch.LabelledRows; row++)
        {
            Loss += _losses[row];
            Wrong += _wrong[row] ? 1 : 0;
        }

        return Step.End();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => Team.Dispose();

    private int ChainCount { get; set; }

    private static int Blocks(int rows) => (rows + BlockRows - 1) / BlockRows;

    /// <summary>Gradients of visible units first to end - 1 over both phases.</summary>
    private void SumVisible(int first, int end, int member)
    {
        int rows = _batch.Rows + ChainCount;
        int columns = _model.Columns;
        int pixels = Math.Min(end, columns);
        if (first < pixels)
        {
            FloatGemm.Multiply(
                _level, GemmLayout.TN, _gemm[member], _visible.AsSpan2D()[..rows, first..pixels], _hidden.AsSpan2D()[..rows, ..], _gradient.AsSpan2D()[first..pixels, ..]);
            Span<float> sums = _visibleSums.Row(0)[first..pixels];
            sums.Clear();
            for (int row = 0; row < rows && _options.HasChains; row++)
            {
                FloatRows.AddMultiple(_visible.Row(row)[first..pixels], _visibleWeights[row], sums);
            }
        }

        for (int unit = Math.Max(first, columns); unit < end; unit++)
        {
            int y = unit - columns;
            Span<float> sums = _gradient.Row(unit);
            sums.Clear();
            for (int block = 0; block < Blocks(_batch.Rows); block++)
            {
                FloatRows.Add(BlockSum(block, y), sums);
            }

            for (int block = 0; block < Blocks(ChainCount); block++)
            {
                FloatRows.Add(BlockSum(Blocks(_mostRows) + block, y), sums);
            }

            double sum = 0;
            for (int row = 0; row < rows; row++)
            {
                sum += _coefficients[row, y];
            }

            _visibleSums[0, unit] = (float)sum;
        }
    }

    private void SumHidden(int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        Span<float> sums = _hiddenSums.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < _batch.Rows + ChainCount; row++)
        {
            FloatRows.Add(_hidden.Row(row)[first..end], sums);
        }

        if (_options.Centring != Centring.None)
        {
            Span<float> means = _hiddenMeans.Row(0)[first..end];
            means.Clear();
            for (int block = 0; block < Blocks(_batch.Rows); block++)
            {
                FloatRows.Add(BlockSum(block, _model.Classes)[first..end], means);
            }

            FloatRows.Multiply(means, 1f / _batch.Rows);
        }
    }

    private ReadOnlySpan<float> Weights(int y) => _joint.WeightMatrix.Row(_model.Columns + y);

    private Span<float> BlockSum(int block, int y) => _blockSums.Row((block * (_model.Classes + 1)) + y);

    private void ClearBlock(int block)
    {
        for (int y = 0; y <= _model.Classes; y++)
        {
            BlockSum(block, y).Clear();
        }
    }

    private sealed class RowPass(ClassificationUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = Rows(owner._batch.Rows, member, members);
            owner.PositivePhase(first, end, member);
            (first, end) = Rows(owner.ChainCount, member, members);
            owner.NegativePhase(first, end, member);
        }

        /// <summary>Whole blocks of rows.</summary>
        private static (int First, int End) Rows(int rows, int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(Blocks(rows), member, members);
            return (first * BlockRows, Math.Min(rows, end * BlockRows));
        }
    }

    private sealed class UnitPass(ClassificationUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._joint.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles, member, members);
            owner.SumVisible(first * Tile.Width, Math.Min(end * Tile.Width, copy.Visible), member);
            owner.Step.Visible(first, end);
            (first, end) = ThreadTeam.Share(copy.HiddenTiles, member, members);
            owner.SumHidden(first * Tile.Width, Math.Min(end * Tile.Width, copy.Hidden));
            owner.Step.Hidden(first, end);
        }
    }

    private sealed class WeightPass(ClassificationUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._joint.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
