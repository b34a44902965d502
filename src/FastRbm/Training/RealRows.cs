using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>The rows of a minibatch as states of units of any kinds, with their weights, and what is kept of their missing values.</summary>
/// <remarks>Rows may be used by different threads. Nothing is allocated after construction.</remarks>
internal sealed class RealRows
{
    private readonly UnitLayer _layer;
    private readonly IVisibleRows _rows;
    private readonly TrainingOptions _options;
    private readonly BinaryRowReader? _reader;
    private readonly float[] _weights;
    private readonly double _meanWeight;
    private readonly BitMatrix _bits;
    private readonly BitMatrix? _observed;
    private Minibatch _minibatch;
    private double _sum;

    /// <summary>Allocates, and starts the chains of missing values at draws about the means of their columns.</summary>
    public RealRows(UnitLayer layer, IVisibleRows rows, TrainingOptions options, Standardisation standard)
    {
        _layer = layer;
        _rows = rows;
        _options = options;
        _reader = layer.Kind == UnitKind.Binary ? new BinaryRowReader(rows, options.Binarization, options.Seed) : null;
        _weights = PositivePhase.Relative(options.RowWeights.Span, out _meanWeight);
        _bits = new BitMatrix(options.BatchSize, layer.Count);
        if (!PartialRows.HasMissing(rows))
        {
            return;
        }

        // Without weights a unit is at the mean of its column: the layer's own start.
        Kept = new Matrix(rows.Rows, layer.Count);
        _observed = new BitMatrix(options.BatchSize, layer.Count);
        for (int row = 0; row < rows.Rows; row++)
        {
            RandomStream draws = new(options.Seed, StreamPurpose.MissingStart, 0, row);
            layer.Sample(layer.Bias, 1, draws, draws, Kept.Row(row));
        }
    }

    /// <summary>The last states of all units of each row of the data, of which those of missing values count; null when nothing is missing.</summary>
    public Matrix? Kept { get; }

    /// <summary>The rows of the minibatch.</summary>
    public int Count => _minibatch.Rows;

    /// <summary>The share of a full minibatch that this one weighs.</summary>
    public double Share => _sum / (_meanWeight * _options.BatchSize);

    /// <summary>Names the minibatch.</summary>
    public void Begin(in Minibatch minibatch)
    {
        _minibatch = minibatch;
        _sum = 0;
        for (int row = 0; row < minibatch.Rows; row++)
        {
            _sum += WeightOf(row);
        }
    }

    /// <summary>The weight of a row of the minibatch over the sum of all.</summary>
    public float RelativeWeight(int row) => _sum > 0 ? (float)(1 / _sum * WeightOf(row)) : 0;

    /// <summary>Reads a row of the minibatch, missing values as they were kept.</summary>
    public void Load(int row, Span<float> states)
    {
        int source = Source(row);
        Read(source, _minibatch.Epoch, _bits.Row(row), states);
        if (Kept is not null)
        {
            PartialRows.CopyObserved(_rows, source, _observed!.Row(row));
            Fill(row, Kept.Row(source), states);
        }
    }

    /// <summary>Reads a row of the data to start a chain from, missing values as they were first drawn.</summary>
    public void LoadFirst(int chain, Span<float> states)
    {
        int source = chain % _rows.Rows;
        Read(source, 0, _bits.Row(0), states);
        if (Kept is not null)
        {
            PartialRows.CopyObserved(_rows, source, _observed!.Row(0));
            Merge(_observed.Row(0), Kept.Row(source), states);
        }
    }

    /// <summary>Takes over drawn values where they are missing, here and in the row.</summary>
    public void Fill(int row, ReadOnlySpan<float> drawn, Span<float> states)
    {
        Merge(_observed!.Row(row), drawn, states);
        states.CopyTo(Kept!.Row(Source(row)));
    }

    private static void Merge(ReadOnlySpan<ulong> observed, ReadOnlySpan<float> drawn, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if ((observed[unit >> 6] >> (unit & 63) & 1) == 0)
            {
                states[unit] = drawn[unit];
            }
        }
    }

    private int Source(int row) => _minibatch.Order[_minibatch.FirstRow + row];

    private float WeightOf(int row) => _weights.Length == 0 ? 1 : _weights[Source(row)];

    private void Read(int source, int epoch, Span<ulong> bits, Span<float> states)
    {
        if (_reader is null)
        {
            _rows.CopyMeans(source, states);
            return;
        }

        _reader.CopyBits(source, epoch, states, bits);
        _layer.FromBits(bits, states);
    }
}
