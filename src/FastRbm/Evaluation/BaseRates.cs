using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Where annealing starts: independent visible units that are on as often as in data.</summary>
/// <remarks>Source: Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks" (2008), section 4.1.</remarks>
public static class BaseRates
{
    /// <summary>What is added to the mean, both ways, so that no unit is always on or always off.</summary>
    private const double Smoothing = 0.05;

    /// <summary>The log-odds of the smoothed means: a0_i = log(p_i / (1 - p_i)) with p_i = (mean of v_i + 0.05) / 1.1.</summary>
    /// <param name="rows">Rows of values in [0, 1], at least one.</param>
    /// <returns>A number a visible unit, between -3.1 and 3.1.</returns>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static double[] LogOdds(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        PartialRows.RequireComplete(rows, nameof(rows));
        double[] odds = new double[rows.Columns];
        float[] means = new float[rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, means);
            for (int unit = 0; unit < odds.Length; unit++)
            {
                odds[unit] += means[unit];
            }
        }

        for (int unit = 0; unit < odds.Length; unit++)
        {
            double mean = odds[unit] / rows.Rows;
            odds[unit] = DoubleMath.Log((mean + Smoothing) / (1 - mean + Smoothing));
        }

        return odds;
    }
}
