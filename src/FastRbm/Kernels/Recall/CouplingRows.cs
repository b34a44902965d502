using System.Numerics;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Couplings as rows of integers, with the inputs of stored patterns beside them.</summary>
/// <remarks>
/// <code>
///   Rows    [unit][Stride]      2 Q_ij, so that a flip of unit i changes the inputs by plus or minus row i; zeros from Units to Stride
///   Base    [Stride]            t_i - sum_j Q_ij: the inputs when all bits are off
///   Anchors [pattern][Stride]   the inputs in a stored pattern: a probe begins at the nearest one and flips what differs
/// </code>
/// Bound: |t_i| + sum_j |Q_ij| fits T for every unit, so every input does, in every state; sums wrap around on the way and are exact in the end.
/// </remarks>
/// <typeparam name="T">short or int.</typeparam>
internal sealed unsafe class CouplingRows<T> : Couplings
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>Units come in whole words of bits.</summary>
    public const int StrideMultiple = 64;

    private readonly AlignedBuffer<T> _rows;
    private readonly AlignedBuffer<T> _base;
    private AlignedBuffer<T> _anchors = new(0);

    /// <summary>Takes couplings over.</summary>
    /// <param name="fields">t_i.</param>
    /// <param name="row">Writes Q_ij of row i, for all j.</param>
    public CouplingRows(ReadOnlySpan<int> fields, RowFiller row)
    {
        Units = fields.Length;
        Stride = (Units + StrideMultiple - 1) / StrideMultiple * StrideMultiple;
        _rows = new AlignedBuffer<T>((long)Units * Stride);
        _base = new AlignedBuffer<T>(Stride);
        int[] values = new int[Units];
        for (int i = 0; i < Units; i++)
        {
            row(i, values);
            Span<T> destination = _rows.Span.Slice(i * Stride, Units);
            long sum = fields[i];
            for (int j = 0; j < values.Length; j++)
            {
                destination[j] = T.CreateTruncating(2 * values[j]);
                sum -= values[j];
            }

            _base.Span[i] = T.CreateTruncating(sum);
        }
    }

    /// <summary>Writes the couplings of one unit.</summary>
    public delegate void RowFiller(int unit, Span<int> values);

    /// <inheritdoc/>
    public override int Units { get; }

    /// <summary>The distance of two rows.</summary>
    public int Stride { get; }

    /// <inheritdoc/>
    public override long MemoryBytes => ((long)_rows.Length + _base.Length + _anchors.Length) * sizeof(T);

    /// <inheritdoc/>
    public override int this[int i, int j] => int.CreateTruncating(_rows.Span[(i * Stride) + j]) / 2;

    /// <summary>The stored patterns whose inputs are known; null for none.</summary>
    public BitMatrix? Patterns { get; private set; }

    /// <summary>The rows.</summary>
    public T* Rows => _rows.DangerousGetPointer();

    /// <summary>The inputs when all bits are off.</summary>
    public T* Base => _base.DangerousGetPointer();

    /// <summary>The inputs in stored patterns.</summary>
    public T* Anchors => _anchors.DangerousGetPointer();

    /// <summary>Computes the inputs in stored patterns.</summary>
    public void AddAnchors(SimdLevel level, BitMatrix patterns)
    {
        AlignedBuffer<T> anchors = new((long)patterns.Rows * Stride);
        for (int pattern = 0; pattern < patterns.Rows; pattern++)
        {
            RowRecall.Inputs(level, this, patterns.Row(pattern), anchors.Span.Slice(pattern * Stride, Stride));
        }

        _anchors = anchors;
        Patterns = patterns;
    }

    /// <inheritdoc/>
    public override RecallWorker CreateWorker(SimdLevel level) => new RowWorker<T>(this, level);
}
