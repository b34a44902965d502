namespace FastRbm.Models;

/// <summary>Rows of visible states of which some values may be missing.</summary>
/// <remarks>
/// A missing value is copied as 0 by <see cref="IVisibleRows.CopyBits"/> and <see cref="IVisibleRows.CopyMeans"/>; only
/// <see cref="CopyObserved"/> tells it from an observed 0. What can't do without a value refuses rows with <see cref="HasMissing"/>.
/// </remarks>
public interface IPartialRows : IVisibleRows
{
    /// <summary>Whether any value is missing.</summary>
    bool HasMissing { get; }

    /// <summary>Copies which values of a row are observed: a 1 for each that is; pad bits are zero.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="destination">ceil(Columns / 64) words, overwritten.</param>
    void CopyObserved(int row, Span<ulong> destination);
}
