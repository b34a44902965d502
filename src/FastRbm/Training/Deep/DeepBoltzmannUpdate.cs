using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Training.Deep;

/// <summary>One update of a deep Boltzmann machine: mean field | chains | gradient of the joined weights | parameters.</summary>
/// <remarks>
/// <code>
///   lines of Even and Odd    0 .. r - 1      the minibatch: v and mean-field means
///                            r .. r + C - 1  the chains: bits of the even layers, E[odd | even]
///   G = Even' S Odd with S = 1/r for the minibatch and -1/C for chains, offsets taken off both
/// </code>
/// Products of floats have one stated order, chains are exact sums of integers: the same bits for any number of threads and any SIMD
/// level. An update allocates nothing.
/// </remarks>
internal sealed unsafe class DeepBoltzmannUpdate : IDisposable
{
    private const long LeastWorkForThreads = 1 << 20;

    private readonly DeepBoltzmannMachine _machine;
    private readonly DeepBoltzmannOptions _options;
    private readonly BinaryRowReader _reader;
    private readonly IVisibleRows _rows;
    private readonly ThreadTeam _team;
    private readonly GemmWorkspace _gemm;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly Matrix _even;
    private readonly Matrix _odd;
    private readonly DeepMeanField _meanField;
    private readonly BitMatrix _evenChains;
    private readonly Matrix _gradient;
    private readonly Matrix _evenGradient;
    private readonly Matrix _oddGradient;
    private readonly Matrix _evenShift;
    private readonly Matrix _oddShift;
    private readonly Matrix _reconstruction;
    private readonly ulong[] _bits;
    private readonly float[] _row;
    private readonly ChainPass _chaining;
    private readonly WeightPass _weighing;

    /// <summary>Allocates for minibatches.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rows">The data.</param>
    /// <param name="options">The options, validated.</param>
    public DeepBoltzmannUpdate(DeepBoltzmannMachine machine, IVisibleRows rows, DeepBoltzmannOptions options)
    {
        _machine = machine;
        _options = options;
        _rows = rows;
        _reader = new BinaryRowReader(rows, options.Binarization, options.Seed);
        int chains = options.ChainCount;
        int even = machine.Joined.Visible.Count;
        int odd = machine.Joined.Hidden.Count;
        _team = new ThreadTeam((long)(options.BatchSize + chains) * even * odd < LeastWorkForThreads ? 1 : options.Threads);
        _gemm = new GemmWorkspace(_team);
        long scratch = Math.Max(HalfStep.ScratchLength(Math.Max(even, odd), chains), WeightUpdate.ScratchLength(0, 0) + 1);
        _scratch = [.. Enumerable.Range(0, _team.Members).Select(_ => new AlignedBuffer<int>(scratch))];
        _even = new Matrix(options.BatchSize + chains, even);
        _odd = new Matrix(options.BatchSize + chains, odd);
        _meanField = new DeepMeanField(machine, _even, _odd, _team);
        _evenChains = new BitMatrix(chains, even);
        OddChains = new BitMatrix(chains, odd);
        _gradient = new Matrix(even, odd);
        _evenGradient = new Matrix(1, even);
        _oddGradient = new Matrix(1, odd);
        _evenShift = new Matrix(1, even);
        _oddShift = new Matrix(1, odd);
        _reconstruction = new Matrix(options.BatchSize, machine.Visible);
        EvenOffsets = new Matrix(1, even);
        OddOffsets = new Matrix(1, odd);
        _bits = new ulong[BitMatrix.WordsFor(machine.Visible)];
        _row = new float[machine.Visible];
        _chaining = new ChainPass(this);
        _weighing = new WeightPass(this);
        TrainingOptions step = options.AsTrainingOptions();
        Step = new ParameterStep(machine.Joined, step, new float[even]);
        if (options.Centring != Centring.None)
        {
            DataMeans.Of(rows, step).CopyTo(EvenOffsets.Row(0));
        }

        StartChains();
    }

    /// <summary>From gradient to parameters.</summary>
    public ParameterStep Step { get; }

    /// <summary>The states of the odd layers that chains go on from.</summary>
    public BitMatrix OddChains { get; }

    /// <summary>The offsets of the even layers; zero without centring.</summary>
    public Matrix EvenOffsets { get; }

    /// <summary>The offsets of the odd layers.</summary>
    public Matrix OddOffsets { get; }

    /// <summary>The gradient of the joined weights of the last update.</summary>
    internal Matrix Gradient => _gradient;

    /// <summary>Runs an update.</summary>
    /// <param name="minibatch">Which rows.</param>
    /// <param name="learningRate">The learning rate of a whole minibatch.</param>
    /// <param name="momentum">The momentum.</param>
    /// <param name="squaredError">The sum over rows and units of squared reconstruction errors.</param>
    /// <returns>False when parameters left the range of exact sums, or aren't finite.</returns>
    public bool Run(in Minibatch minibatch, double learningRate, double momentum, out double squaredError)
    {
        Positive(minibatch);
        squaredError = Reconstruct(minibatch.Rows);
        _chaining.FirstLine = minibatch.Rows;
        _chaining.FirstSweep = minibatch.Update * _options.Steps;
        _team.Run(_chaining);
        Gradients(minibatch.Rows, minibatch.Update == 0);
        PhaseSums gradient = new()
        {
            MeanScale = 1,
            DenseShare = 1,
            Weights = _gradient.DangerousGetPointer(),
            Visible = _evenGradient.DangerousGetPointer(),
            Hidden = _oddGradient.DangerousGetPointer(),
            HiddenOfData = _oddGradient.DangerousGetPointer(),
        };
        double share = (double)minibatch.Rows / _options.BatchSize;
        Step.Begin(gradient, new PhaseSums { MeanScale = 1 }, minibatch, learningRate * share, momentum);
        FixedPointWeights copy = _machine.Joined.FixedPoint;
        Step.Visible(0, copy.VisibleTiles);
        Step.Hidden(0, copy.HiddenTiles);
        _team.Run(_weighing);
        return Step.End();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _meanField.Dispose();
        _team.Dispose();
    }

    private void StartChains()
    {
        for (int chain = 0; chain < OddChains.Rows; chain++)
        {
            RandomStream stream = new(_options.Seed, StreamPurpose.DeepChainStart, 0, chain);
            Span<ulong> row = OddChains.Row(chain);
            for (int word = 0; word < row.Length; word++)
            {
                row[word] = ((ulong)stream.Bits(2L * word) << 32) | stream.Bits((2L * word) + 1);
            }

            row[^1] &= BitMatrix.LastWordMask(OddChains.Columns);
        }
    }

    /// <summary>Visible values of the minibatch and their mean-field means.</summary>
    private void Positive(in Minibatch minibatch)
    {
        for (int row = 0; row < minibatch.Rows; row++)
        {
            int source = minibatch.Order[minibatch.FirstRow + row];
            Span<float> visible = _even.Row(row)[.._machine.Visible];
            if (_options.Binarization == Binarization.None && !_rows.IsBinary)
            {
                _rows.CopyMeans(source, visible);
            }
            else
            {
                _reader.CopyBits(source, minibatch.Epoch, _row, _bits);
                LayerBits.ToFloats(_bits, 0, visible);
            }
        }

        _meanField.Start(minibatch.Rows);
        _meanField.Run(_options.MeanFieldSweeps);
    }

    private double Reconstruct(int rows)
    {
        SimdLevel level = SimdSelection.Current;
        Span2D<float> means = _reconstruction.AsSpan2D()[..rows, ..];
        FloatGemm.MultiplyBias<Epilogues.Sigmoid>(
            level, GemmLayout.NT, _gemm, _odd.AsSpan2D().Slice(0, 0, rows, _machine.Layers[1]), _machine.Block(0), _machine.Bias(0), means);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> visible = _even.Row(row);
            ReadOnlySpan<float> guess = means.GetRowSpan(row);
            for (int unit = 0; unit < guess.Length; unit++)
            {
                double error = visible[unit] - guess[unit];
                sum += error * error;
            }
        }

        return sum;
    }

    /// <summary>Carries chains: all even layers given the odd ones, then all odd ones given the even ones, whose means are kept too.</summary>
    private void Carry(int first, int end, int member)
    {
        Rbm joined = _machine.Joined;
        int* scratch = _scratch[member].DangerousGetPointer();
        for (int sweep = 0; sweep < _options.Steps; sweep++)
        {
            long step = _chaining.FirstSweep + sweep;
            HalfStepArguments down = joined.HalfStepFrom(toHidden: false);
            down.Source = OddChains.DangerousGetPointer();
            down.SourceWords = OddChains.WordsPerRow;
            down.States = _evenChains.DangerousGetPointer();
            down.Draws = new RandomStream(_options.Seed, StreamPurpose.DeepEven, step, 0);
            down.Ties = new RandomStream(_options.Seed, StreamPurpose.DeepEvenTie, step, 0);
            HalfStep.Run(SimdSelection.Current, down, first, end, scratch);
            HalfStepArguments up = joined.HalfStepFrom(toHidden: true);
            up.Source = _evenChains.DangerousGetPointer();
            up.SourceWords = _evenChains.WordsPerRow;
            up.States = OddChains.DangerousGetPointer();
            up.Draws = new RandomStream(_options.Seed, StreamPurpose.DeepOdd, step, 0);
            up.Ties = new RandomStream(_options.Seed, StreamPurpose.DeepOddTie, step, 0);
            if (sweep == _options.Steps - 1)
            {
                up.Inputs = _odd.DangerousGetPointer() + ((nint)_chaining.FirstLine * _odd.Stride);
                up.InputStride = _odd.Stride;
            }

            HalfStep.Run(SimdSelection.Current, up, first, end, scratch);
        }

        for (int chain = first; chain < end; chain++)
        {
            Span<float> means = _odd.Row(_chaining.FirstLine + chain);
            ElementaryKernels.Sigmoid(SimdSelection.Current, means, means);
            LayerBits.ToFloats(_evenChains.Row(chain), 0, _even.Row(_chaining.FirstLine + chain));
        }
    }

    private void Gradients(int rows, bool first)
    {
        int lines = rows + OddChains.Rows;
        if (_options.Centring != Centring.None)
        {
            FollowMeans(_even, EvenOffsets.Row(0), _evenShift.Row(0), rows, first, firstUnit: _options.Centring == Centring.Enhanced ? 0 : _machine.Visible);
            FollowMeans(_odd, OddOffsets.Row(0), _oddShift.Row(0), rows, first, firstUnit: 0);
        }

        _evenGradient.Clear();
        _oddGradient.Clear();
        float chainShare = -1f / OddChains.Rows;
        for (int line = 0; line < lines; line++)
        {
            float share = line < rows ? 1f / rows : chainShare;
            FloatRows.AddMultiple(_even.Row(line), share, _evenGradient.Row(0));
            FloatRows.AddMultiple(_odd.Row(line), share, _oddGradient.Row(0));
            if (_options.Centring != Centring.None)
            {
                FloatRows.AddMultiple(EvenOffsets.Row(0), -1, _even.Row(line));
                FloatRows.AddMultiple(OddOffsets.Row(0), -1, _odd.Row(line));
            }

            FloatRows.Multiply(_odd.Row(line), share);
        }

        SimdLevel level = SimdSelection.Current;
        for (int layer = 0; layer + 1 < _machine.Layers.Count; layer++)
        {
            int odd = layer | 1;
            int even = odd == layer ? layer + 1 : layer;
            FloatGemm.Multiply(level, GemmLayout.TN, _gemm, Lines(even, lines), Lines(odd, lines), _machine.Block(_gradient, layer));
        }

        if (_options.Centring != Centring.None)
        {
            // The biases follow, so that the step is that of E = -(x - m)'b - ...: each loses what the weights gain at the offsets.
            FloatGemm.Multiply(level, GemmLayout.NT, _gemm, OddOffsets.AsSpan2D(), _gradient.AsSpan2D(), _evenShift.AsSpan2D());
            FloatGemm.Multiply(level, GemmLayout.NN, _gemm, EvenOffsets.AsSpan2D(), _gradient.AsSpan2D(), _oddShift.AsSpan2D());
            FloatRows.AddMultiple(_evenShift.Row(0), -1, _evenGradient.Row(0));
            FloatRows.AddMultiple(_oddShift.Row(0), -1, _oddGradient.Row(0));
        }
    }

    /// <summary>The lines of a layer.</summary>
    private Span2D<float> Lines(int layer, int lines) =>
        (DeepBoltzmannMachine.IsEven(layer) ? _even : _odd).AsSpan2D().Slice(0, _machine.StartOf(layer), lines, _machine.Layers[layer]);

    /// <summary>Moves offsets towards the means of the minibatch, or half way between those of minibatch and chains.</summary>
    private void FollowMeans(Matrix states, Span<float> offsets, Span<float> means, int rows, bool first, int firstUnit)
    {
        bool enhanced = _options.Centring == Centring.Enhanced;
        means.Clear();
        for (int row = 0; row < rows; row++)
        {
            FloatRows.AddMultiple(states.Row(row), (enhanced ? 0.5f : 1f) / rows, means);
        }

        for (int chain = 0; chain < OddChains.Rows && enhanced; chain++)
        {
            FloatRows.AddMultiple(states.Row(rows + chain), 0.5f / OddChains.Rows, means);
        }

        float rate = first ? 1 : (float)_options.OffsetRate;
        for (int unit = firstUnit; unit < offsets.Length; unit++)
        {
            offsets[unit] += (means[unit] - offsets[unit]) * rate;
        }
    }

    private sealed class ChainPass(DeepBoltzmannUpdate owner) : ITeamTask
    {
        public int FirstLine { get; set; }

        public long FirstSweep { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.OddChains.Rows, member, members);
            owner.Carry(first, end, member);
        }
    }

    private sealed class WeightPass(DeepBoltzmannUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._machine.Joined.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
