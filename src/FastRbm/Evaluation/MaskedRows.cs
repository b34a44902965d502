using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Rows of which only the values of a mask are shown.</summary>
internal sealed class MaskedRows : IPartialRows
{
    private readonly IVisibleRows _rows;
    private readonly BitMatrix _mask;

    /// <summary>Puts a mask over rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mask">A row for each row, or one for all; 1 where a value is shown.</param>
    /// <param name="name">What the mask is called in messages.</param>
    /// <exception cref="ArgumentException">The mask has another shape.</exception>
    public MaskedRows(IVisibleRows rows, BitMatrix mask, string name)
    {
        ArgumentNullException.ThrowIfNull(mask, name);
        if (mask.Columns != rows.Columns || (mask.Rows != 1 && mask.Rows != rows.Rows))
        {
            Throw.Argument(name, $"a mask of {rows.Rows} x {rows.Columns} or 1 x {rows.Columns}", $"{mask.Rows} x {mask.Columns}");
        }

        _rows = rows;
        _mask = mask;
    }

    /// <inheritdoc/>
    public bool HasMissing => true;

    /// <inheritdoc/>
    public int Rows => _rows.Rows;

    /// <inheritdoc/>
    public int Columns => _rows.Columns;

    /// <inheritdoc/>
    public bool IsBinary => _rows.IsBinary;

    /// <inheritdoc/>
    public void CopyObserved(int row, Span<ulong> destination) => _mask.Row(_mask.Rows == 1 ? 0 : row).CopyTo(destination);

    /// <inheritdoc/>
    public void CopyBits(int row, Span<ulong> destination)
    {
        _rows.CopyBits(row, destination);
        ReadOnlySpan<ulong> mask = _mask.Row(_mask.Rows == 1 ? 0 : row);
        for (int word = 0; word < destination.Length; word++)
        {
            destination[word] &= mask[word];
        }
    }

    /// <inheritdoc/>
    public void CopyMeans(int row, Span<float> destination)
    {
        _rows.CopyMeans(row, destination);
        ReadOnlySpan<ulong> mask = _mask.Row(_mask.Rows == 1 ? 0 : row);
        for (int unit = 0; unit < destination.Length; unit++)
        {
            destination[unit] = (mask[unit >> 6] >> (unit & 63) & 1) != 0 ? destination[unit] : 0;
        }
    }
}
