using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Random;
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

    private static RandomStream Draws(ulong seed, StreamPurpose purpose, long step) => new(seed, purpose, step, 0);

    /// <summary>Chains begin at labelled rows, which come again when they run out.</summary>
    private void StartChains()
    {
        for (int chain = 0; chain < _mostRows; chain++)
        {
            _batch.CopyStart(chain, _chainVisible.Bits!.Row(chain));
        }

        _up.Inputs(0, _mostRows, 0, _chainVisible, default, _chainInputs, 0);
        _up.Sample(
            0, _mostRows, _chainInputs, 0, default, Draws(_options.Seed, StreamPurpose.ChainStart, 0), Draws(_options.Seed, StreamPurpose.ChainStartTie, 0), _chainHidden);
    }

    private void PositivePhase(int first, int end, int member)
    {
        if (first >= end)
        {
            return;
        }

        for (int row = first; row < end; row++)
        {
            _batch.Read(row, member, _visible.Row(row), _data.Bits!.Row(row));
        }

        if (_batch.HasMeans)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, GemmLayout.NN, _gemm[member], _visible.AsSpan2D()[first..end, ..], _model.Weights, _model.HiddenBias, _inputs.AsSpan2D()[first..end, ..]);
        }
        else
        {
            // The label's columns are off: c + vW alone.
            _up.Inputs(first, end, member, _data, default, _inputs, 0);
        }

        for (int row = first; row < end; row++)
        {
            if (row % BlockRows == 0)
            {
                ClearBlock(row / BlockRows);
            }

            Classify(row, member);
        }
    }

    /// <summary>p(y | v) of a row, its statistics, and the state that its chain starts at.</summary>
    private void Classify(int row, int member)
    {
        ReadOnlySpan<float> inputs = _inputs.Row(row);
        Matrix means = _classMeans[member];
        double[] scores = _scores[member];
        int label = _batch.Label(row);
        for (int y = 0; y < scores.Length; y++)
        {
            scores[y] = _model.ClassBias[y] + ClassSum.Run(_level, inputs, Weights(y), means.Row(y));
        }

        double sum = DoubleMath.LogSumExp(scores);
        if (label != ClassLabels.Unlabelled)
        {
            _losses[row] = sum - scores[label];
            _wrong[row] = Largest(scores) != label;
        }

        Span<float> hidden = _hidden.Row(row);
        hidden.Clear();
        for (int y = 0; y < scores.Length; y++)
        {
            scores[y] = DoubleMath.Exp(scores[y] - sum);
            float coefficient = _batch.Coefficient(row, y, scores[y]);
            _coefficients[row, y] = coefficient;
            if (coefficient != 0)
            {
                FloatRows.AddMultiple(means.Row(y), coefficient, hidden);
                FloatRows.AddMultiple(means.Row(y), coefficient, BlockSum(row / BlockRows, y));
            }
        }

        AddMeans(row, label, means, scores);
        if (_options.Persistent || !_options.HasChains)
        {
            return;
        }

        int start = label != ClassLabels.Unlabelled ? label : Draw(scores, new RandomStream(_options.Seed, StreamPurpose.ClassLabel, _update, row).Uniform(0));
        Span<float> startInputs = _chainInputs.Row(row);
        inputs.CopyTo(startInputs);
        FloatRows.Add(Weights(start), startInputs);
        _joint.Hidden.SampleBits(
            startInputs, new RandomStream(_options.Seed, StreamPurpose.ClassHidden, _update, row),
            new RandomStream(_options.Seed, StreamPurpose.ClassHiddenTie, _update, row), _chainHidden.Bits!.Row(row));
    }

    /// <summary>The hidden means of a row as the data have it, for offsets: those of its class, or over all classes.</summary>
    private void AddMeans(int row, int label, Matrix means, double[] probabilities)
    {
        Span<float> sums = BlockSum(row / BlockRows, _model.Classes);
        if (_options.Centring == Centring.None)
        {
            return;
        }

        if (label != ClassLabels.Unlabelled)
        {
            FloatRows.Add(means.Row(label), sums);
            return;
        }

        for (int y = 0; y < probabilities.Length; y++)
        {
            FloatRows.AddMultiple(means.Row(y), (float)probabilities[y], sums);
        }
    }

    private void NegativePhase(int first, int end, int member)
    {
        if (first >= end)
        {
            return;
        }

        ulong seed = _options.Seed;
        for (int sweep = 0; sweep < _options.Steps; sweep++)
        {
            long step = (_update * _options.Steps) + sweep;
            _down.Inputs(first, end, member, _chainHidden, default, _visibleInputs, 0);
            _down.Sample(
                first, end, _visibleInputs, 0, default, Draws(seed, StreamPurpose.ClassVisible, step), Draws(seed, StreamPurpose.ClassVisibleTie, step), _chainVisible);
            _up.Inputs(first, end, member, _chainVisible, default, _chainInputs, 0);
            if (sweep < _options.Steps - 1 || _options.Persistent)
            {
                _up.Sample(
                    first, end, _chainInputs, 0, default, Draws(seed, StreamPurpose.ClassNegativeHidden, step),
                    Draws(seed, StreamPurpose.ClassNegativeHiddenTie, step), _chainHidden);
            }
        }

        int offset = _batch.Rows;
        int firstBlock = Blocks(_mostRows);
        for (int chain = first; chain < end; chain++)
        {
            int block = firstBlock + (chain / BlockRows);
            if (chain % BlockRows == 0)
            {
                ClearBlock(block);
            }

            float weight = _options.Persistent ? _chainWeight : _visibleWeights[chain];
            ReadOnlySpan<ulong> bits = _chainVisible.Bits!.Row(chain);
            int label = ClassificationBatch.LabelOf(bits, _model.Columns);
            ClassificationBatch.Expand(bits, _visible.Row(offset + chain));
            Span<float> hidden = _hidden.Row(offset + chain);
            ElementaryKernels.Sigmoid(_level, _chainInputs.Row(chain), hidden);
            FloatRows.Multiply(hidden, -weight);
            FloatRows.Add(hidden, BlockSum(block, label));
            _coefficients.Row(offset + chain).Clear();
            _coefficients[offset + chain, label] = -weight;
            _visibleWeights[offset + chain] = -weight;
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

    private static int Largest(double[] scores)
    {
        int largest = 0;
        for (int y = 1; y < scores.Length; y++)
        {
            largest = scores[y] > scores[largest] ? y : largest;
        }

        return largest;
    }

    /// <summary>A class by its probability: the first whose sum of probabilities passes the draw.</summary>
    private static int Draw(double[] probabilities, double uniform)
    {
        double sum = 0;
        for (int y = 0; y < probabilities.Length - 1; y++)
        {
            sum += probabilities[y];
            if (uniform < sum)
            {
                return y;
            }
        }

        return probabilities.Length - 1;
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
}
