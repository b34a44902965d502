namespace FastRbm.Models;

/// <summary>Rows of visible states that can be trained on or evaluated: a data set, or anything that looks like one.</summary>
/// <remarks>Implementations are immutable and safe to read from many threads; copying allocates nothing.</remarks>
public interface IVisibleRows
{
    /// <summary>The number of rows.</summary>
    int Rows { get; }

    /// <summary>The number of visible units.</summary>
    int Columns { get; }

    /// <summary>Whether every value is 0 or 1, so that <see cref="CopyBits"/> works.</summary>
    bool IsBinary { get; }

    /// <summary>Copies one row as packed bits; pad bits are zero.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="destination">ceil(Columns / 64) words, overwritten.</param>
    /// <exception cref="InvalidOperationException">The rows aren't binary.</exception>
    void CopyBits(int row, Span<ulong> destination);

    /// <summary>Copies one row as numbers: from 0 to 1 for binary units, else states as the visible units have them.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="destination">Columns floats, overwritten.</param>
    void CopyMeans(int row, Span<float> destination);
}
