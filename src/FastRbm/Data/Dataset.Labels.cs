using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Data;

/// <content>Rows by their numbers, and other labels.</content>
public abstract partial class Dataset
{
    /// <summary>Rows of this set by their numbers, with their labels, as a data set of its own.</summary>
    /// <param name="rows">From 0 to Rows - 1 each, in any order; a row may come more than once.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or no row is asked for.</exception>
    public Dataset Select(ReadOnlySpan<int> rows)
    {
        Throw.IfLess(rows.Length, 1, nameof(rows));
        foreach (int row in rows)
        {
            CheckRow(row);
        }

        return SelectCopy(rows);
    }

    /// <summary>The same rows with other labels.</summary>
    /// <param name="labels">The class of each row, <see cref="ClassLabels.Unlabelled"/> where it isn't known; or nothing. Copied.</param>
    /// <returns>A data set that shares the values of this one.</returns>
    /// <exception cref="ArgumentException">There are labels, but not as many as rows.</exception>
    public Dataset WithLabels(ReadOnlySpan<byte> labels) => Relabelled(labels);

    /// <summary>The same rows, of which only the first of each class keep their labels: for experiments with few labels.</summary>
    /// <param name="perClass">How many rows of each class keep theirs: at least 1.</param>
    /// <returns>A data set that shares the values of this one; the other rows are <see cref="ClassLabels.Unlabelled"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="perClass"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The rows have no labels.</exception>
    public Dataset KeepLabels(int perClass)
    {
        Throw.IfLess(perClass, 1);
        ClassLabels.Require(this);
        byte[] kept = [.. _labels];
        Span<int> counts = stackalloc int[ClassLabels.Unlabelled];
        counts.Clear();
        for (int row = 0; row < kept.Length; row++)
        {
            if (kept[row] != ClassLabels.Unlabelled && ++counts[kept[row]] > perClass)
            {
                kept[row] = ClassLabels.Unlabelled;
            }
        }

        return Relabelled(kept);
    }

    /// <summary>The rows that have a label.</summary>
    /// <returns>These rows if all have one, else a copy of those.</returns>
    /// <exception cref="ArgumentException">No row has a label.</exception>
    public Dataset Labelled()
    {
        ClassLabels.Require(this);
        if (!_labels.Contains(ClassLabels.Unlabelled))
        {
            return this;
        }

        int[] rows = [.. Enumerable.Range(0, Rows).Where(row => _labels[row] != ClassLabels.Unlabelled)];
        return SelectCopy(rows);
    }

    /// <summary>A copy of some rows, which there are.</summary>
    private protected abstract Dataset SelectCopy(ReadOnlySpan<int> rows);

    /// <summary>The same values with other labels.</summary>
    private protected abstract Dataset Relabelled(ReadOnlySpan<byte> labels);

    /// <summary>The labels of some rows, none if there are none.</summary>
    private protected byte[] LabelsOf(ReadOnlySpan<int> rows) => _labels.Length == 0 ? [] : Gather(_labels, 1, rows);

    /// <summary>The bits of some rows that say what is observed; null if no value is missing.</summary>
    private protected byte[]? ObservedOf(ReadOnlySpan<int> rows) => _observed is null ? null : Gather(_observed, BitDataset.BytesFor(Columns), rows);

    /// <summary>Copies rows of <paramref name="width"/> items each.</summary>
    private protected static T[] Gather<T>(T[] values, int width, ReadOnlySpan<int> rows)
    {
        T[] gathered = new T[checked(rows.Length * width)];
        for (int i = 0; i < rows.Length; i++)
        {
            values.AsSpan(rows[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        }

        return gathered;
    }
}
