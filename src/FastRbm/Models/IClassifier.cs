using FastRbm.Memory;

namespace FastRbm.Models;

/// <summary>A model that gives the probability of each class for a row.</summary>
/// <remarks>An implementation may keep scratch memory of its own: use it from one thread at a time.</remarks>
public interface IClassifier
{
    /// <summary>The number of values a row.</summary>
    int Columns { get; }

    /// <summary>The number of classes.</summary>
    int Classes { get; }

    /// <summary>Computes ln p(y | row) for all classes of some rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="firstRow">The first row that is read; as many are as the destination has.</param>
    /// <param name="destination">A line a row, a column a class; overwritten. The exponentials of a line sum to 1.</param>
    /// <exception cref="ArgumentException">Widths differ, or there aren't so many rows.</exception>
    void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination);
}
