using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Random;

namespace FastRbm.Training.Classification;

/// <summary>The rows of an update: labelled ones first, then those without; what each weighs in which term of the objective.</summary>
internal sealed class ClassificationBatch
{
    private readonly ILabelledRows _rows;
    private readonly ClassificationOptions _options;
    private readonly BinaryRowReader _reader;
    private readonly RowOrder _labelled;
    private readonly RowOrder? _unlabelled;
    private readonly int[] _labelledRows;
    private readonly int _columns;
    private readonly int _words;
    private readonly int[] _epochs;
    private readonly float[][] _scratch;

    /// <summary>Sorts the rows of data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The data.</param>
    /// <param name="options">The options, validated.</param>
    public ClassificationBatch(ClassificationRbm model, ILabelledRows rows, ClassificationOptions options)
    {
        _rows = rows;
        _options = options;
        _columns = model.Columns;
        _words = BitMatrix.WordsFor(_columns);
        _reader = new BinaryRowReader(rows, options.Binarization, options.Seed);
        ReadOnlyMemory<byte> labels = rows.Labels;
        _labelledRows = [.. Enumerable.Range(0, rows.Rows).Where(row => labels.Span[row] != ClassLabels.Unlabelled)];
        _labelled = new RowOrder(_labelledRows, options.Seed, StreamPurpose.Shuffle);
        if (options.IsSemiSupervised)
        {
            int[] others = [.. Enumerable.Range(0, rows.Rows).Where(row => labels.Span[row] == ClassLabels.Unlabelled)];
            _unlabelled = new RowOrder(others, options.Seed, StreamPurpose.UnlabelledShuffle);
        }

        LabelledSize = _unlabelled is null ? options.BatchSize : Math.Min(options.LabelledBatchSize, _labelled.Count);
        MostRows = LabelledSize + (_unlabelled is null ? 0 : options.BatchSize);
        HasMeans = !rows.IsBinary && options.Binarization == Binarization.None;
        Sources = new int[MostRows];
        _epochs = new int[MostRows];
        _scratch = [.. Enumerable.Range(0, Math.Max(1, options.Threads)).Select(_ => new float[_columns])];
    }

    /// <summary>The most rows of an update.</summary>
    public int MostRows { get; }

    /// <summary>Rows of an epoch: those that the epoch is counted by.</summary>
    public int EpochRows => (_unlabelled ?? _labelled).Count;

    /// <summary>Whether values are used as means.</summary>
    public bool HasMeans { get; }

    /// <summary>The rows of this update in the data.</summary>
    public int[] Sources { get; }

    /// <summary>How many rows this update has.</summary>
    public int Rows { get; private set; }

    /// <summary>How many of them, the first, have labels.</summary>
    public int LabelledRows { get; private set; }

    private int LabelledSize { get; }

    /// <summary>The mean of each unit of the joint visible layer over the data as they are trained on: of columns, then of classes.</summary>
    /// <param name="classes">The number of classes.</param>
    public float[] Means(int classes)
    {
        ReadOnlySpan<byte> labels = _rows.Labels.Span;
        float[] shares = new float[classes];
        for (int y = 0; y < classes; y++)
        {
            shares[y] = labels.Count((byte)y) / (float)_labelledRows.Length;
        }

        return [.. DataMeans.Of(_rows, _options.Step), .. shares];
    }

    /// <summary>Names the rows of an update.</summary>
    /// <param name="update">Which, from 0.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="firstRow">Rows of the epoch that are done.</param>
    public void Begin(long update, int epoch, int firstRow)
    {
        if (_unlabelled is null)
        {
            LabelledRows = Math.Min(LabelledSize, _labelled.Count - firstRow);
            Take(_labelled, ((long)epoch * _labelled.Count) + firstRow, 0, LabelledRows);
            Rows = LabelledRows;
            return;
        }

        // Labelled rows go round at a pace of their own.
        LabelledRows = LabelledSize;
        Take(_labelled, update * LabelledSize, 0, LabelledSize);
        int others = Math.Min(_options.BatchSize, _unlabelled.Count - firstRow);
        Take(_unlabelled, ((long)epoch * _unlabelled.Count) + firstRow, LabelledSize, others);
        Rows = LabelledSize + others;
    }

    /// <summary>The label of a row of this update.</summary>
    public int Label(int row) => _rows.Labels.Span[Sources[row]];

    /// <summary>What a row weighs in -ln p(y,v), or without a label in -ln p(v): a last minibatch weighs as many rows as it has.</summary>
    public float JointWeight(int row) =>
        (float)(row < LabelledRows ? _options.JointWeight / LabelledSize : _options.UnlabelledWeight / _options.BatchSize);

    /// <summary>e_y: what class y's free energy weighs in the positive part of a row's objective.</summary>
    /// <param name="row">The row.</param>
    /// <param name="y">The class.</param>
    /// <param name="probability">p(y | v).</param>
    public float Coefficient(int row, int y, double probability)
    {
        if (row >= LabelledRows)
        {
            return (float)(_options.UnlabelledWeight * probability / _options.BatchSize);
        }

        double label = y == Label(row) ? 1 : 0;
        double sum = _options.JointWeight * label;
        if (_options.IsDiscriminative)
        {
            sum += label - probability;
        }

        return (float)(sum / LabelledSize);
    }

    /// <summary>Reads a row of this update.</summary>
    /// <param name="row">The row.</param>
    /// <param name="member">The thread.</param>
    /// <param name="values">Its values as trained on, written.</param>
    /// <param name="bits">The same as bits of the joint visible layer, the label's columns off, unless they are means.</param>
    public void Read(int row, int member, Span<float> values, Span<ulong> bits)
    {
        if (HasMeans)
        {
            _rows.CopyMeans(Sources[row], values);
            return;
        }

        bits[_words..].Clear();
        _reader.CopyBits(Sources[row], _epochs[row], _scratch[member], bits[.._words]);
        Expand(bits, values);
    }

    /// <summary>The state that a persistent chain starts at: bits of a labelled row with its label.</summary>
    public void CopyStart(int chain, Span<ulong> bits)
    {
        int row = _labelledRows[chain % _labelledRows.Length];
        bits[_words..].Clear();
        _reader.CopyBits(row, 0, _scratch[0], bits[.._words]);
        int unit = _columns + _rows.Labels.Span[row];
        bits[unit >> 6] |= 1UL << (unit & 63);
    }

    /// <summary>The class of a state of the joint visible layer.</summary>
    public static int LabelOf(ReadOnlySpan<ulong> bits, int columns)
    {
        int y = 0;
        while ((bits[(columns + y) >> 6] >> ((columns + y) & 63) & 1) == 0)
        {
            y++;
        }

        return y;
    }

    /// <summary>Bits as floats.</summary>
    public static void Expand(ReadOnlySpan<ulong> bits, Span<float> values)
    {
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] = bits[unit >> 6] >> (unit & 63) & 1;
        }
    }

    private void Take(RowOrder order, long place, int first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Sources[first + i] = order.At(place + i);
            _epochs[first + i] = (int)order.PassOf(place + i);
        }
    }
}
