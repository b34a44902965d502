using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>Rows of spins: bits are up or down; of other data, positive values are up.</summary>
internal sealed class SpinRows(IVisibleRows source) : IPartialRows
{
    /// <inheritdoc/>
    public int Rows => source.Rows;

    /// <inheritdoc/>
    public int Columns => source.Columns;

    /// <inheritdoc/>
    public bool IsBinary => true;

    /// <inheritdoc/>
    public bool HasMissing => PartialRows.HasMissing(source);

    /// <inheritdoc/>
    public void CopyObserved(int row, Span<ulong> destination) => PartialRows.CopyObserved(source, row, destination);

    /// <inheritdoc/>
    public void CopyBits(int row, Span<ulong> destination)
    {
        if (source.IsBinary)
        {
            source.CopyBits(row, destination);
            return;
        }

        float[] values = System.Buffers.ArrayPool<float>.Shared.Rent(Columns);
        source.CopyMeans(row, values.AsSpan(0, Columns));
        destination[..BitMatrix.WordsFor(Columns)].Clear();
        for (int unit = 0; unit < Columns; unit++)
        {
            destination[unit >> 6] |= (values[unit] > 0 ? 1UL : 0) << (unit & 63);
        }

        System.Buffers.ArrayPool<float>.Shared.Return(values);
    }

    /// <summary>Copies one row as -1 and 1.</summary>
    public void CopyMeans(int row, Span<float> destination)
    {
        source.CopyMeans(row, destination);
        for (int unit = 0; unit < Columns; unit++)
        {
            destination[unit] = destination[unit] > 0 ? 1 : -1;
        }
    }
}
