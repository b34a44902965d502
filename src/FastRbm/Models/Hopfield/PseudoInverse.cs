using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>The projection rule in doubles, by Cholesky's factors of the patterns' integer products, G = L L'.</summary>
internal static class PseudoInverse
{
    /// <summary>
    /// A pivot below this share of N means dependence: with G in integers up to N, rounding leaves some 1e-12 of N where the exact pivot is 0, and independent patterns
    /// whose pivot is this small would have weights that are mostly rounding.
    /// </summary>
    private const double LeastPivot = 1e-9;

    /// <summary>The weights, N x N, symmetric to the bit, zero diagonal.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="drop">Whether dependent ones are left out.</param>
    /// <param name="kept">The patterns that are stored.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static double[] Weights(BitMatrix patterns, bool drop, out IReadOnlyList<int> kept, CancellationToken cancellation)
    {
        int units = patterns.Columns;
        List<int> rows = [];
        List<double[]> factors = [];
        for (int pattern = 0; pattern < patterns.Rows; pattern++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] factor = new double[rows.Count + 1];
            for (int k = 0; k <= rows.Count; k++)
            {
                int other = k < rows.Count ? rows[k] : pattern;
                double sum = units - (2.0 * BitCounts.Different(patterns.Row(pattern), patterns.Row(other)));
                double[] above = k < rows.Count ? factors[k] : factor;
                for (int m = 0; m < k; m++)
                {
                    sum -= factor[m] * above[m];
                }

                factor[k] = k < rows.Count ? sum / above[k] : sum;
            }

            double pivot = factor[^1];
            if (pivot > LeastPivot * units)
            {
                factor[^1] = Math.Sqrt(pivot);
                factors.Add(factor);
                rows.Add(pattern);
            }
            else if (!drop)
            {
                Throw.Argument(
                    nameof(patterns),
                    "linearly independent patterns for the pseudo-inverse rule (or dependent ones to be dropped)",
                    $"pattern {pattern}, which depends on those before it");
            }
        }

        kept = rows;
        return Product(patterns, rows, factors, cancellation);
    }

    /// <summary>W = Y'Y with Y = L^-1 X, without its diagonal; sums run over ascending patterns.</summary>
    private static double[] Product(BitMatrix patterns, List<int> rows, List<double[]> factors, CancellationToken cancellation)
    {
        int units = patterns.Columns;
        double[][] solved = new double[rows.Count][];
        double[] weights = new double[checked(units * units)];
        for (int p = 0; p < solved.Length; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] row = new double[units];
            for (int i = 0; i < units; i++)
            {
                row[i] = patterns[rows[p], i] ? 1 : -1;
            }

            for (int m = 0; m < p; m++)
            {
                DoubleRows.Add(-factors[p][m], solved[m], row);
            }

            for (int i = 0; i < units; i++)
            {
                row[i] /= factors[p][p];
            }

            solved[p] = row;
            for (int i = 0; i < units; i++)
            {
                DoubleRows.Add(row[i], row, weights.AsSpan(i * units, units));
            }
        }

        for (int i = 0; i < units; i++)
        {
            weights[(i * units) + i] = 0;
        }

        return weights;
    }
}
