using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Classification;

/// <summary>Rows with their labels behind them, one column a class: states of the visible layer of <see cref="ClassificationRbm.Joint"/>.</summary>
/// <remarks>Immutable and safe to read from many threads; copying allocates nothing. Values between 0 and 1 stay what they are.</remarks>
public sealed class JointRows : IVisibleRows
{
    private readonly ILabelledRows _rows;
    private readonly int _classes;

    /// <summary>Joins rows with their labels.</summary>
    /// <param name="rows">Rows that all have labels.</param>
    /// <param name="classes">The number of classes: 2 to 255.</param>
    /// <exception cref="ArgumentException">A label is missing or isn't one of the classes; the message names the row.</exception>
    public JointRows(ILabelledRows rows, int classes)
    {
        ClassLabels.Check(rows, classes);
        _rows = rows;
        _classes = classes;
    }

    /// <inheritdoc/>
    public int Rows => _rows.Rows;

    /// <inheritdoc/>
    public int Columns => _rows.Columns + _classes;

    /// <inheritdoc/>
    public bool IsBinary => _rows.IsBinary;

    /// <inheritdoc/>
    public void CopyBits(int row, Span<ulong> destination)
    {
        Throw.IfLengthDiffers(destination.Length, BitMatrix.WordsFor(Columns), nameof(destination));
        int words = BitMatrix.WordsFor(_rows.Columns);
        destination[words..].Clear();
        _rows.CopyBits(row, destination[..words]);
        int unit = _rows.Columns + _rows.Labels.Span[row];
        destination[unit >> 6] |= 1UL << (unit & 63);
    }

    /// <inheritdoc/>
    public void CopyMeans(int row, Span<float> destination)
    {
        Throw.IfLengthDiffers(destination.Length, Columns, nameof(destination));
        _rows.CopyMeans(row, destination[.._rows.Columns]);
        destination[_rows.Columns..].Clear();
        destination[_rows.Columns + _rows.Labels.Span[row]] = 1;
    }
}
