namespace FastRbm.Models;

/// <summary>Rows of visible states of which each may belong to a class.</summary>
/// <remarks>Immutable and safe to read from many threads, as all rows are. <see cref="ClassLabels"/> checks labels.</remarks>
public interface ILabelledRows : IVisibleRows
{
    /// <summary>The class of each row, from 0, <see cref="ClassLabels.Unlabelled"/> where it isn't known; empty when there are no classes.</summary>
    ReadOnlyMemory<byte> Labels { get; }
}
