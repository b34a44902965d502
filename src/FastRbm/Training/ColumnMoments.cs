using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>Means and variances of the columns of data over observed values, in double, with row weights. One pass, rows in order.</summary>
internal sealed class ColumnMoments
{
    /// <summary>Measures.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="weights">A weight a row, or empty for equal ones.</param>
    public ColumnMoments(IVisibleRows rows, ReadOnlySpan<float> weights = default)
    {
        float[] row = new float[rows.Columns];
        double[] means = new double[rows.Columns];
        double[] squares = new double[rows.Columns];
        double[] totals = new double[rows.Columns];
        ulong[] observed = new ulong[BitMatrix.WordsFor(rows.Columns)];
        for (int r = 0; r < rows.Rows; r++)
        {
            double weight = weights.IsEmpty ? 1 : weights[r];
            if (weight == 0)
            {
                continue;
            }

            // Welford (1962): no cancellation, however far the mean lies from 0.
            rows.CopyMeans(r, row);
            PartialRows.CopyObserved(rows, r, observed);
            for (int unit = 0; unit < row.Length; unit++)
            {
                if ((observed[unit >> 6] >> (unit & 63) & 1) == 0)
                {
                    continue;
                }

                totals[unit] += weight;
                double difference = row[unit] - means[unit];
                means[unit] += difference * weight / totals[unit];
                squares[unit] += weight * difference * (row[unit] - means[unit]);
            }
        }

        Means = means;
        Variances = [.. squares.Zip(totals, static (square, total) => total > 0 ? square / total : 0)];
        Rows = totals.Max();
    }

    /// <summary>The mean of each column.</summary>
    public double[] Means { get; }

    /// <summary>The variance of each column.</summary>
    public double[] Variances { get; }

    /// <summary>The sum of the rows' weights, in the column where most are observed.</summary>
    public double Rows { get; }

    /// <summary>Refuses rows that aren't states of the layer.</summary>
    /// <exception cref="ArgumentException">The first value that isn't, with row and column.</exception>
    public static void Check(UnitLayer layer, IVisibleRows rows, string name)
    {
        float[] row = new float[rows.Columns];
        float[] stand = new float[rows.Columns];
        ulong[] observed = new ulong[BitMatrix.WordsFor(rows.Columns)];
        layer.Mode(layer.Bias, stand);
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            PartialRows.CopyObserved(rows, r, observed);
            for (int unit = 0; unit < row.Length; unit++)
            {
                // Some state for a missing value.
                row[unit] = (observed[unit >> 6] >> (unit & 63) & 1) != 0 ? row[unit] : stand[unit];
            }

            layer.Check(row, name, $"row {r}");
        }
    }
}
