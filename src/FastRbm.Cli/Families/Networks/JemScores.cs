using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;

namespace FastRbm.Cli.Families.Networks;

/// <summary>The two scores by which rows of another kind are told from data: log p(x) + log Z, and the largest p(y | x).</summary>
/// <param name="LogDensities">-E(x) of every row.</param>
/// <param name="Confidences">max_y ln p(y | x) of every row.</param>
internal sealed record JemScores(double[] LogDensities, double[] Confidences)
{
    /// <summary>Scores all rows.</summary>
    public static JemScores Of(EnergyNetwork model, IVisibleRows rows)
    {
        double[] densities = new double[rows.Rows];
        model.LogDensities(rows, 0, densities);
        Matrix logs = new(rows.Rows, model.Classes);
        model.LogProbabilities(rows, 0, logs);
        double[] confidences = new double[rows.Rows];
        for (int row = 0; row < rows.Rows; row++)
        {
            confidences[row] = double.NegativeInfinity;
            foreach (float value in logs.Row(row))
            {
                confidences[row] = Math.Max(confidences[row], value);
            }
        }

        return new JemScores(densities, confidences);
    }
}
