using CommunityToolkit.HighPerformance;
using FastRbm.Errors;

namespace FastRbm.Memory;

/// <summary>A row-major matrix of floats whose rows start on 64-byte boundaries. Owner of its memory.</summary>
/// <remarks>
/// <code>
///   row 0: x x x x x x 0 0 ... 0    Columns values, then zeros up to Stride (a multiple of 16 floats)
///   row 1: x x x x x x 0 0 ... 0
/// </code>
/// The padding is always zero; kernels may read it and never write anything else into it. Not thread-safe for writing.
/// </remarks>
public sealed class Matrix
{
    /// <summary>Rows are padded to a multiple of this many floats: 64 bytes.</summary>
    public const int StrideMultiple = 16;

    private readonly AlignedBuffer<float> _buffer;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="columns">The number of columns, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative, or the whole is too large for one array.</exception>
    public Matrix(int rows, int columns)
    {
        Throw.IfLess(rows, 0);
        Throw.IfLess(columns, 0);
        Rows = rows;
        Columns = columns;
        Stride = checked((columns + StrideMultiple - 1) / StrideMultiple * StrideMultiple);
        _buffer = new AlignedBuffer<float>((long)rows * Stride);
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The distance between the starts of two rows, in floats.</summary>
    public int Stride { get; }

    /// <summary>Reads or writes one element.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="column">From 0 to Columns - 1.</param>
    public ref float this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return ref _buffer.Span[(row * Stride) + column];
        }
    }

    /// <summary>The values of one row, without its padding.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A view of Columns floats.</returns>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _buffer.Span.Slice(row * Stride, Columns);
    }

    /// <summary>A two-dimensional view of the values, without the padding.</summary>
    /// <returns>A view of Rows x Columns floats on this matrix's memory.</returns>
    public Span2D<float> AsSpan2D() =>
        Rows == 0 || Columns == 0 ? default : Span2D<float>.DangerousCreate(ref _buffer.Span[0], Rows, Columns, Stride - Columns);

    /// <summary>Copies all values from a matrix of the same shape.</summary>
    /// <param name="source">The matrix to read.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(Matrix source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Rows != Rows || source.Columns != Columns)
        {
            Throw.Argument(nameof(source), $"{Rows} x {Columns}", $"{source.Rows} x {source.Columns}");
        }

        source._buffer.Span.CopyTo(_buffer.Span);
    }

    /// <summary>Sets every value to zero.</summary>
    public void Clear() => _buffer.Span.Clear();

    /// <summary>The address of row 0, for kernels. Keep this object alive while it is in use.</summary>
    internal unsafe float* DangerousGetPointer() => _buffer.DangerousGetPointer();
}
