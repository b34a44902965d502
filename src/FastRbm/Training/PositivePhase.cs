using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>The statistics of a minibatch: its rows, the means of the hidden units, and hidden states where chains start.</summary>
/// <remarks>
/// Rows of bits with equal weights are summed exactly, as integers. Rows of means, and rows with weights, go through float
/// products; each thread makes rows of the result over the whole batch, so that the split can't be seen.
/// </remarks>
internal sealed unsafe class PositivePhase
{
    private readonly Rbm _rbm;
    private readonly IVisibleRows _rows;
    private readonly TrainingOptions _options;
    private readonly BinaryRowReader _reader;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly PhaseMoments _moments;
    private readonly float _meanScale;
    private readonly float[][] _rowScratch;
    private readonly float[] _rowWeights;
    private readonly double _meanWeight = 1;

    // Only where hidden units aren't drawn bit by bit.
    private readonly Matrix? _hiddenInputs;

    // Only when missing values are sampled.
    private readonly BitMatrix? _drawn;
    private readonly Matrix? _drawnInputs;
    private readonly RunningSums? _clampedSums;
    private readonly RunningSums? _drawnSums;

    // Only when the data are means or have weights.
    private readonly Matrix? _dense;
    private readonly Matrix? _denseHidden;
    private readonly Matrix? _denseMoments;
    private readonly Matrix? _denseVisible;
    private readonly GemmWorkspace[]? _gemm;

    private Minibatch _minibatch;

    /// <summary>Allocates for minibatches.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="rows">The data.</param>
    /// <param name="options">The options.</param>
    /// <param name="meanScale">The power of two that means hold.</param>
    /// <param name="members">Threads.</param>
    public PositivePhase(Rbm rbm, IVisibleRows rows, TrainingOptions options, float meanScale, int members)
    {
        _rbm = rbm;
        _rows = rows;
        _options = options;
        _meanScale = meanScale;
        _reader = new BinaryRowReader(rows, options.Binarization, options.Seed);
        _moments = new PhaseMoments(options.BatchSize, rbm);
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        Visible = new BitMatrix(options.BatchSize, visible);
        Hidden = new BitMatrix(options.BatchSize, hidden);
        _rowScratch = [.. Enumerable.Range(0, members).Select(_ => new float[visible])];
        _rowWeights = Relative(options.RowWeights.Span, out _meanWeight);
        _hiddenInputs = rbm.NeedsInputs(toHidden: true) ? new Matrix(options.BatchSize, hidden) : null;
        HasMeans = !rows.IsBinary && options.Binarization == Binarization.None;
        Means = DataMeans.Of(rows, options);
        if (options.Missing == MissingValues.Marginal && rows is IPartialRows { HasMissing: true } partial)
        {
            Filled = new FilledRows(partial, Means, options.Seed);
            _drawn = new BitMatrix(options.BatchSize, visible);
            _drawnInputs = rbm.NeedsInputs(toHidden: false) ? new Matrix(options.BatchSize, visible) : null;
            _clampedSums = new RunningSums(options.BatchSize, visible, hidden);
            _drawnSums = options.MissingSteps > 1 ? new RunningSums(options.BatchSize, hidden, visible) : null;
        }

        if (HasMeans || _rowWeights.Length > 0)
        {
            _dense = new Matrix(options.BatchSize, visible);
            _denseHidden = new Matrix(options.BatchSize, hidden);
            _denseMoments = new Matrix(visible, hidden);
            _denseVisible = new Matrix(1, visible);
            _gemm = [.. Enumerable.Range(0, members).Select(_ => new GemmWorkspace())];
        }
    }

    /// <summary>Visible states of the minibatch, unless the data are means.</summary>
    public BitMatrix Visible { get; }

    /// <summary>Hidden states drawn from the minibatch.</summary>
    public BitMatrix Hidden { get; }

    /// <summary>Whether the data are used as means.</summary>
    public bool HasMeans { get; }

    /// <summary>The values in the place of missing ones, or null where there are none to sample.</summary>
    public FilledRows? Filled { get; }

    /// <summary>The same as states to be saved and put back, with their name; none where there are none.</summary>
    public IEnumerable<(string Name, BitMatrix States)> FilledStates => Filled is null ? [] : [("missing_values", Filled.States)];

    /// <summary>The mean of each visible unit over the data.</summary>
    public float[] Means { get; }

    /// <summary>The share of a full minibatch that this one weighs.</summary>
    public double Weight { get; private set; }

    /// <summary>Names the minibatch.</summary>
    /// <param name="minibatch">The minibatch.</param>
    public void Begin(in Minibatch minibatch)
    {
        _minibatch = minibatch;
        int batch = minibatch.Rows;
        _moments.Moments.Rows = batch;
        double sum = batch;
        if (_rowWeights.Length > 0)
        {
            sum = 0;
            for (int row = 0; row < batch; row++)
            {
                sum += WeightOf(row);
            }
        }

        Weight = sum / (_meanWeight * _options.BatchSize);
        Sums = new PhaseSums
        {
            Binary = _moments.Moments,
            Share = sum > 0 ? 1 / sum : 0,
            DenseShare = sum > 0 ? 1 / sum : 0,
            MeanScale = _meanScale,
            Weights = _denseMoments is null ? null : _denseMoments.DangerousGetPointer(),
            Visible = _denseVisible is null ? null : _denseVisible.DangerousGetPointer(),
        };
    }

    /// <summary>The weights of the rows, or none when all are equal; over the largest of all rows.</summary>
    /// <param name="destination">As many as the minibatch has rows.</param>
    public ReadOnlySpan<float> Weights(Span<float> destination)
    {
        if (_rowWeights.Length == 0)
        {
            return [];
        }

        for (int row = 0; row < _minibatch.Rows; row++)
        {
            destination[row] = WeightOf(row);
        }

        return destination[.._minibatch.Rows];
    }

    /// <summary>What the parameter step takes.</summary>
    public PhaseSums Sums { get; private set; }

    /// <summary>Reads a row of the data as bits, with values in the place of missing ones where they are sampled, else zeros.</summary>
    public void CopyBits(int row, int member, Span<ulong> destination)
    {
        _reader.CopyBits(row, epoch: 0, _rowScratch[member], destination);
        Filled?.Fill(row, destination);
    }

    /// <summary>Turns off what isn't observed of rows of the minibatch.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="states">Visible states, a row for each row of the minibatch.</param>
    /// <param name="observed">Scratch: as many words as a row has.</param>
    public void LeaveOutAbsent(int first, int end, BitMatrix states, Span<ulong> observed)
    {
        for (int row = first; row < end; row++)
        {
            PartialRows.CopyObserved(_rows, Source(row), observed);
            Span<ulong> bits = states.Row(row);
            for (int word = 0; word < bits.Length; word++)
            {
                bits[word] &= observed[word];
            }
        }
    }

    /// <summary>Reads rows of the minibatch and finds their hidden means, and states.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="member">The thread.</param>
    /// <param name="sums">Where the fixed-point inputs of the hidden units are left, or null.</param>
    /// <param name="sample">Whether hidden states are drawn.</param>
    /// <param name="scratch">The thread's scratch.</param>
    public void Sample(int first, int end, int member, RunningSums? sums, bool sample, int* scratch)
    {
        if (HasMeans)
        {
            SampleMeans(first, end, member, sample);
            return;
        }

        for (int row = first; row < end; row++)
        {
            _reader.CopyBits(Source(row), _minibatch.Epoch, _rowScratch[member], Visible.Row(row));
            Filled?.Fill(Source(row), Visible.Row(row));
        }

        sums ??= _clampedSums;
        if (Filled is not null)
        {
            DrawMissing(first, end, sums!, scratch);
        }

        HalfStepArguments arguments = HalfStepFrom(
            toHidden: true, Visible, sample ? Hidden : null, StreamPurpose.HiddenSample, StreamPurpose.HiddenTie, _minibatch.Update);
        sums?.Keep(ref arguments, hold: Filled is not null);
        if (_dense is null)
        {
            _moments.WantMeans(ref arguments, _meanScale);
            _rbm.RunHalfStep(
                arguments, toHidden: true, first, end, scratch, _hiddenInputs is null ? null : _hiddenInputs.DangerousGetPointer(), _hiddenInputs?.Stride ?? 0);
            return;
        }

        arguments.InverseScale = _rbm.InputScale(toHidden: true);
        arguments.Inputs = _denseHidden!.DangerousGetPointer();
        arguments.InputStride = _denseHidden.Stride;
        arguments.States = null;
        HalfStep.Run(_level, arguments, first, end, scratch);
        for (int row = first; row < end; row++)
        {
            if (sample)
            {
                _rbm.Hidden.SampleBits(_denseHidden.Row(row), arguments.Draws.ForChain(row), arguments.Ties.ForChain(row), Hidden.Row(row));
            }

            Expand(Visible.Row(row), _dense.Row(row));
            Finish(row);
        }
    }

    /// <summary>Makes statistics of the visible units of words first to end - 1, over the whole minibatch.</summary>
    /// <param name="first">The first word.</param>
    /// <param name="end">One past the last word.</param>
    /// <param name="member">The thread.</param>
    public void List(int first, int end, int member)
    {
        if (_dense is null)
        {
            PatternLists.Build(Visible.DangerousGetPointer(), Visible.WordsPerRow, first, end, _moments.Moments);
            return;
        }

        // Rows of v'h are visible units: each thread makes its own, over the whole batch.
        first *= Tile.Width;
        end = Math.Min(end * Tile.Width, _rbm.Visible.Count);
        if (first >= end)
        {
            return;
        }

        FloatGemm.Multiply(
            _level, GemmLayout.TN, _gemm![member],
            _dense.AsSpan2D()[.._minibatch.Rows, first..end], _denseHidden!.AsSpan2D()[.._minibatch.Rows, ..], _denseMoments!.AsSpan2D()[first..end, ..]);
        Span<float> sums = _denseVisible!.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < _minibatch.Rows; row++)
        {
            float weight = WeightOf(row);
            ReadOnlySpan<float> values = _dense.Row(row)[first..end];
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += weight * values[i];
            }
        }
    }

    /// <summary>Gibbs steps of the missing values of rows of the minibatch, the others held.</summary>
    private void DrawMissing(int first, int end, RunningSums sums, int* scratch)
    {
        for (int sweep = 0; sweep < _options.MissingSteps; sweep++)
        {
            long step = (_minibatch.Update * _options.MissingSteps) + sweep;
            HalfStepArguments up = HalfStepFrom(
                toHidden: true, Visible, Hidden, StreamPurpose.MissingHidden, StreamPurpose.MissingHiddenTie, step);
            sums.Keep(ref up, hold: sweep > 0);
            _rbm.RunHalfStep(
                up, toHidden: true, first, end, scratch, _hiddenInputs is null ? null : _hiddenInputs.DangerousGetPointer(), _hiddenInputs?.Stride ?? 0);
            HalfStepArguments down = HalfStepFrom(
                toHidden: false, Hidden, _drawn, StreamPurpose.MissingVisible, StreamPurpose.MissingVisibleTie, step);
            _drawnSums?.Keep(ref down, hold: sweep > 0);
            _rbm.RunHalfStep(
                down, toHidden: false, first, end, scratch, _drawnInputs is null ? null : _drawnInputs.DangerousGetPointer(), _drawnInputs?.Stride ?? 0);
            for (int row = first; row < end; row++)
            {
                Filled!.Draw(Source(row), _drawn!.Row(row), Visible.Row(row));
            }
        }
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

    private int Source(int row) => _minibatch.Order[_minibatch.FirstRow + row];

    private float WeightOf(int row) => _rowWeights.Length == 0 ? 1 : _rowWeights[Source(row)];

    private void SampleMeans(int first, int end, int member, bool sample)
    {
        for (int row = first; row < end; row++)
        {
            _rows.CopyMeans(Source(row), _dense!.Row(row));
        }

        if (first < end)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, GemmLayout.NN, _gemm![member],
                _dense!.AsSpan2D()[first..end, ..], _rbm.WeightMatrix.AsSpan2D(), _rbm.Hidden.Bias, _denseHidden!.AsSpan2D()[first..end, ..]);
        }

        for (int row = first; row < end; row++)
        {
            if (sample)
            {
                RandomStream draws = new(_options.Seed, StreamPurpose.HiddenSample, _minibatch.Update, row);
                RandomStream ties = new(_options.Seed, StreamPurpose.HiddenTie, _minibatch.Update, row);
                _rbm.Hidden.SampleBits(_denseHidden!.Row(row), draws, ties, Hidden.Row(row));
            }

            Finish(row);
        }
    }

    /// <summary>From the inputs of a row to its weighted means, as floats and in fixed point.</summary>
    private void Finish(int row)
    {
        Span<float> hidden = _denseHidden!.Row(row);
        float weight = WeightOf(row);
        _rbm.Hidden.FixedMeans(hidden, _meanScale * weight, _moments.Moments.Means, _moments.Moments.MeanRows, row);
        _rbm.Hidden.Mean(hidden, hidden);
        if (_rbm.Hidden.Kind == UnitKind.Spin)
        {
            // Statistics are of bits.
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                hidden[unit] = (0.5f * hidden[unit]) + 0.5f;
            }
        }

        if (_rowWeights.Length > 0)
        {
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                hidden[unit] *= weight;
            }
        }
    }

    private static void Expand(ReadOnlySpan<ulong> bits, Span<float> values)
    {
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] = bits[unit >> 6] >> (unit & 63) & 1;
        }
    }

    /// <summary>Weights over the largest of them, and their mean.</summary>
    internal static float[] Relative(ReadOnlySpan<float> weights, out double mean)
    {
        mean = 1;
        if (weights.IsEmpty)
        {
            return [];
        }

        double largest = 0;
        foreach (float weight in weights)
        {
            largest = Math.Max(largest, weight);
        }

        float[] relative = new float[weights.Length];
        mean = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            relative[row] = (float)(weights[row] / largest);
            mean += relative[row] / (double)weights.Length;
        }

        return relative;
    }
}
