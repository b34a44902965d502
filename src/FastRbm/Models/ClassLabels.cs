using FastRbm.Errors;

namespace FastRbm.Models;

/// <summary>Checks of class labels: a byte a row, from 0 to the number of classes - 1, or unknown.</summary>
/// <remarks>Stateless, thread-safe.</remarks>
public static class ClassLabels
{
    /// <summary>The label of a row whose class isn't known: 255. So there are at most 255 classes.</summary>
    public const byte Unlabelled = 255;

    /// <summary>The number of classes: the largest label and one.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>2 to 255.</returns>
    /// <exception cref="ArgumentException">The rows have no labels, or all that are known are the same.</exception>
    public static int Count(ILabelledRows rows)
    {
        ReadOnlySpan<byte> labels = Require(rows).Span;
        int largest = -1;
        int smallest = Unlabelled;
        foreach (byte label in labels)
        {
            if (label != Unlabelled)
            {
                largest = Math.Max(largest, label);
                smallest = Math.Min(smallest, label);
            }
        }

        if (largest == smallest)
        {
            Throw.Argument(nameof(rows), "labels of at least two classes", $"class {largest} only");
        }

        return largest + 1;
    }

    /// <summary>Refuses labels that a model of so many classes can't take.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="classes">The number of classes: 2 to 255.</param>
    /// <param name="allowUnlabelled">Whether some rows, though not all, may be without a label.</param>
    /// <exception cref="ArgumentException">There are no labels, or one isn't from 0 to classes - 1; the message names the row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There can't be so many classes.</exception>
    public static void Check(ILabelledRows rows, int classes, bool allowUnlabelled = false)
    {
        if (classes is < 2 or > Unlabelled)
        {
            Throw.OutOfRange(nameof(classes), $"2 to {Unlabelled} classes", classes);
        }

        ReadOnlySpan<byte> labels = Require(rows).Span;
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= classes && !(allowUnlabelled && labels[row] == Unlabelled))
            {
                string found = labels[row] == Unlabelled ? "none" : $"{labels[row]}";
                Throw.Argument(nameof(rows), $"a label from 0 to {classes - 1} in row {row}", found);
            }
        }
    }

    /// <summary>The labels of rows that have some.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>A label a row.</returns>
    /// <exception cref="ArgumentException">No row has a label, or there are more or fewer labels than rows.</exception>
    public static ReadOnlyMemory<byte> Require(ILabelledRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ReadOnlyMemory<byte> labels = rows.Labels;
        if (labels.Span.IndexOfAnyExcept(Unlabelled) < 0)
        {
            Throw.Argument(nameof(rows), "rows with class labels", $"{rows.Rows} rows without");
        }

        Throw.IfLengthDiffers(labels.Length, rows.Rows, nameof(rows));
        return labels;
    }
}
