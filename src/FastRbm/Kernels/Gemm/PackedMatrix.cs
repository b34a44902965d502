using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Kernels.Gemm;

/// <summary>The right factor of products, B [depth, columns], laid out once for many products.</summary>
/// <remarks>
/// <code>
///   panel 0: B[0, 0..15], B[1, 0..15], ... B[depth - 1, 0..15]
///   panel 1: B[0, 16..31], ...             columns beyond the last are zero
/// </code>
/// <para>A row of a panel is a cache line: one vector of 512 bits, two of 256, four of 128. So the layout, like the product, is the same
/// at every level. It doesn't follow changes of the matrix that it was packed from.</para>
/// <para>Several threads may use it at the same time, but not while it is packed.</para>
/// </remarks>
internal sealed class PackedMatrix
{
    /// <summary>The columns of a panel.</summary>
    public const int PanelColumns = 16;

    private readonly AlignedBuffer<float> _panels;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="depth">The rows of B, at least 1.</param>
    /// <param name="columns">The columns of B, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the whole is too large for one array.</exception>
    public PackedMatrix(int depth, int columns)
    {
        Throw.IfLess(depth, 1);
        Throw.IfLess(columns, 1);
        Depth = depth;
        Columns = columns;
        _panels = new AlignedBuffer<float>(((long)columns + PanelColumns - 1) / PanelColumns * PanelColumns * depth);
    }

    /// <summary>The rows of B.</summary>
    public int Depth { get; }

    /// <summary>The columns of B.</summary>
    public int Columns { get; }

    /// <summary>Copies B. Allocates nothing.</summary>
    /// <param name="transposed">Whether B is stored transposed, [columns, depth].</param>
    /// <param name="b">B. Read, not kept.</param>
    /// <exception cref="ArgumentException">The shape isn't that of the constructor.</exception>
    public void Pack(bool transposed, ReadOnlySpan2D<float> b) => Pack(transposed, b, 0, (Columns + PanelColumns - 1) / PanelColumns);

    /// <summary>Copies some panels of B, so that several threads can share the work.</summary>
    /// <param name="transposed">Whether B is stored transposed, [columns, depth].</param>
    /// <param name="b">The whole of B. Read, not kept.</param>
    /// <param name="firstPanel">The first panel to write.</param>
    /// <param name="endPanel">The end of the panels to write, exclusive.</param>
    /// <exception cref="ArgumentException">The shape isn't that of the constructor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no such panels.</exception>
    public unsafe void Pack(bool transposed, ReadOnlySpan2D<float> b, int firstPanel, int endPanel)
    {
        (int height, int width) = transposed ? (Columns, Depth) : (Depth, Columns);
        if (b.Height != height || b.Width != width)
        {
            Throw.Argument(nameof(b), $"{height} x {width}", $"{b.Height} x {b.Width}");
        }

        int panels = (Columns + PanelColumns - 1) / PanelColumns;
        if ((uint)endPanel > (uint)panels)
        {
            Throw.OutOfRange(nameof(endPanel), $"0 to {panels}", endPanel);
        }

        if ((uint)firstPanel > (uint)endPanel)
        {
            Throw.OutOfRange(nameof(firstPanel), $"0 to {endPanel}", firstPanel);
        }

        fixed (float* source = b)
        {
            nint stride = FloatGemm.Stride(b);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                nint column = panel * PanelColumns;
                nint count = Math.Min(PanelColumns, Columns - column);
                float* destination = DangerousGetPointer() + (column * Depth);
                if (transposed)
                {
                    Packing.OneAfterAnother(source + (column * stride), stride, count, Depth, destination, PanelColumns);
                }
                else
                {
                    Packing.SideBySide(source + column, stride, count, Depth, destination, PanelColumns);
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Copies some rows of a B that isn't transposed, so that whoever has changed them can bring the copy up to date.</summary>
    /// <param name="b">The whole of B. Read, not kept.</param>
    /// <param name="firstRow">The first row to copy.</param>
    /// <param name="endRow">The end of the rows to copy, exclusive.</param>
    /// <exception cref="ArgumentException">The shape isn't that of the constructor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public unsafe void PackRows(ReadOnlySpan2D<float> b, int firstRow, int endRow)
    {
        if (b.Height != Depth || b.Width != Columns)
        {
            Throw.Argument(nameof(b), $"{Depth} x {Columns}", $"{b.Height} x {b.Width}");
        }

        if ((uint)endRow > (uint)Depth)
        {
            Throw.OutOfRange(nameof(endRow), $"0 to {Depth}", endRow);
        }

        if ((uint)firstRow > (uint)endRow)
        {
            Throw.OutOfRange(nameof(firstRow), $"0 to {endRow}", firstRow);
        }

        fixed (float* source = b)
        {
            nint stride = FloatGemm.Stride(b);
            for (nint column = 0; column < Columns; column += PanelColumns)
            {
                float* destination = DangerousGetPointer() + (column * Depth) + (firstRow * PanelColumns);
                Packing.SideBySide(source + (firstRow * stride) + column, stride, Math.Min(PanelColumns, Columns - column), endRow - firstRow, destination, PanelColumns);
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>The address of the first panel. Keep this object alive while it is in use.</summary>
    internal unsafe float* DangerousGetPointer() => _panels.DangerousGetPointer();
}
