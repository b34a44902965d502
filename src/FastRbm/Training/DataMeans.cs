using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>The means of data as they are trained on.</summary>
internal static class DataMeans
{
    /// <summary>The mean of each visible unit over the data as they are trained on, with their weights; over observed values only.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="options">The options.</param>
    /// <returns>A mean a unit; one half for a unit that is never observed.</returns>
    public static float[] Of(IVisibleRows rows, TrainingOptions options)
    {
        BinaryRowReader reader = new(rows, Binarization.Threshold, seed: 0);
        bool bits = rows.IsBinary || options.Binarization == Binarization.Threshold;
        ulong[] words = new ulong[BitMatrix.WordsFor(rows.Columns)];
        float[] row = new float[rows.Columns];
        ulong[] observed = new ulong[words.Length];
        double[] sums = new double[rows.Columns];
        double[] totals = new double[rows.Columns];
        for (int r = 0; r < rows.Rows; r++)
        {
            double weight = options.RowWeights.IsEmpty ? 1 : options.RowWeights.Span[r];
            if (bits)
            {
                reader.CopyBits(r, 0, row, words);
                for (int unit = 0; unit < row.Length; unit++)
                {
                    row[unit] = words[unit >> 6] >> (unit & 63) & 1;
                }
            }
            else
            {
                rows.CopyMeans(r, row);
            }

            PartialRows.CopyObserved(rows, r, observed);
            for (int unit = 0; unit < row.Length; unit++)
            {
                // A missing value is 0 in the row.
                sums[unit] += weight * row[unit];
                totals[unit] += weight * (observed[unit >> 6] >> (unit & 63) & 1);
            }
        }

        return [.. sums.Zip(totals, static (sum, total) => total > 0 ? (float)(sum / total) : 0.5f)];
    }
}
