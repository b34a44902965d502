using System.Numerics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>What simple predictors say of log p(rest | clamped), to compare a model's <see cref="ConditionalLikelihood"/> with.</summary>
/// <remarks>Allocates a copy of the data as bits. Results don't depend on threads. Thread-safe.</remarks>
public static class CompletionBaselines
{
    private const int RowsForRate = 1000;

    /// <summary>Independent units: each is on with p_i = (training rows that have it on + 1) / (training rows + 2), whatever is given.</summary>
    /// <param name="training">Binary rows, at least one.</param>
    /// <param name="rows">Binary rows to predict.</param>
    /// <param name="clamped">Which units are given: a row for each row, or one for all.</param>
    /// <returns>log p(rest) of each row, in nats.</returns>
    /// <exception cref="ArgumentException">Rows aren't binary, lack values, or shapes differ.</exception>
    public static double[] IndependentUnits(IVisibleRows training, IVisibleRows rows, BitMatrix clamped)
    {
        Check(training, rows, clamped);
        double[] on = new double[rows.Columns];
        float[] values = new float[rows.Columns];
        for (int row = 0; row < training.Rows; row++)
        {
            training.CopyMeans(row, values);
            for (int unit = 0; unit < values.Length; unit++)
            {
                on[unit] += values[unit];
            }
        }

        double[] results = new double[rows.Rows];
        double total = DoubleMath.Log(training.Rows + 2.0);
        for (int row = 0; row < results.Length; row++)
        {
            rows.CopyMeans(row, values);
            ReadOnlySpan<ulong> given = clamped.Row(clamped.Rows == 1 ? 0 : row);
            for (int unit = 0; unit < values.Length; unit++)
            {
                double count = values[unit] != 0 ? on[unit] : training.Rows - on[unit];
                results[row] += (given[unit >> 6] >> (unit & 63) & 1) != 0 ? 0 : DoubleMath.Log(count + 1) - total;
            }
        }

        return results;
    }

    /// <summary>
    /// The nearest neighbour: the training row that differs in the fewest given units says what the others are, each right with the same
    /// probability. That probability is the share of right ones when up to 1,000 training rows are predicted from the others.
    /// </summary>
    /// <param name="training">Binary rows, at least two.</param>
    /// <param name="rows">Binary rows to predict.</param>
    /// <param name="clamped">Which units are given: a row for each row, or one for all.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>log p(rest | clamped) of each row, in nats.</returns>
    /// <exception cref="ArgumentException">Rows aren't binary, lack values, or shapes differ.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] NearestNeighbour(
        IVisibleRows training, IVisibleRows rows, BitMatrix clamped, int threads = 1, CancellationToken cancellation = default)
    {
        Check(training, rows, clamped);
        Throw.IfLess(training.Rows, 2, "training rows");
        Throw.IfLess(threads, 1);
        BitMatrix known = NearestRows.Copy(training);
        (double right, double wrong) = Rates(known, clamped, threads, cancellation);
        BitMatrix asked = NearestRows.Copy(rows);
        int[] nearest = new int[rows.Rows];
        NearestRows.Find(known, asked, clamped, nearest, excludeSelf: false, threads, cancellation);
        double[] results = new double[rows.Rows];
        for (int row = 0; row < results.Length; row++)
        {
            (long units, long differ) = Compare(asked.Row(row), known.Row(nearest[row]), clamped.Row(clamped.Rows == 1 ? 0 : row), rows.Columns);
            results[row] = ((units - differ) * right) + (differ * wrong);
        }

        return results;
    }

    /// <summary>The logarithms of the probabilities that a neighbour's unit is right and wrong.</summary>
    private static (double Right, double Wrong) Rates(BitMatrix training, BitMatrix clamped, int threads, CancellationToken cancellation)
    {
        int count = Math.Min(RowsForRate, training.Rows);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * training.Rows / count))];
        BitMatrix some = new(count, training.Columns);
        BitMatrix given = new(count, training.Columns);
        for (int i = 0; i < count; i++)
        {
            training.Row(rows[i]).CopyTo(some.Row(i));
            clamped.Row(i % clamped.Rows).CopyTo(given.Row(i));
        }

        int[] nearest = [.. rows];
        NearestRows.Find(training, some, given, nearest, excludeSelf: true, threads, cancellation);
        long all = 0;
        long wrong = 0;
        for (int i = 0; i < count; i++)
        {
            (long units, long differ) = Compare(some.Row(i), training.Row(nearest[i]), given.Row(i), training.Columns);
            all += units;
            wrong += differ;
        }

        double total = DoubleMath.Log(all + 2.0);
        return (DoubleMath.Log(all - wrong + 1.0) - total, DoubleMath.Log(wrong + 1.0) - total);
    }

    /// <summary>How many units aren't given, and in how many of them two rows differ.</summary>
    private static (long Units, long Differ) Compare(ReadOnlySpan<ulong> row, ReadOnlySpan<ulong> other, ReadOnlySpan<ulong> given, int columns)
    {
        long units = 0;
        long differ = 0;
        for (int word = 0; word < row.Length; word++)
        {
            ulong rest = ~given[word] & (word == row.Length - 1 ? BitMatrix.LastWordMask(columns) : ulong.MaxValue);
            units += BitOperations.PopCount(rest);
            differ += BitOperations.PopCount((row[word] ^ other[word]) & rest);
        }

        return (units, differ);
    }

    private static void Check(IVisibleRows training, IVisibleRows rows, BitMatrix clamped)
    {
        ArgumentNullException.ThrowIfNull(clamped);
        ExactLikelihood.CheckRows(training, clamped.Columns);
        ExactLikelihood.CheckRows(rows, clamped.Columns);
        if (clamped.Rows != 1 && clamped.Rows != rows.Rows)
        {
            Throw.Argument(nameof(clamped), $"a mask of {rows.Rows} rows or of one", $"{clamped.Rows}");
        }
    }
}
