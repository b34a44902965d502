using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>Storkey's rule in doubles: sums run over ascending units, patterns in the order given.</summary>
internal static class Storkey
{
    /// <summary>The weights, N x N, symmetric to the bit, zero diagonal.</summary>
    public static double[] Weights(BitMatrix patterns, CancellationToken cancellation)
    {
        int units = patterns.Columns;
        double[] weights = new double[checked(units * units)];
        double[] spins = new double[units];
        double[] fields = new double[units];
        for (int pattern = 0; pattern < patterns.Rows; pattern++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < units; i++)
            {
                spins[i] = patterns[pattern, i] ? 1 : -1;
            }

            for (int i = 0; i < units; i++)
            {
                ReadOnlySpan<double> row = weights.AsSpan(i * units, units);
                double sum = 0;
                for (int k = 0; k < row.Length; k++)
                {
                    sum += row[k] * spins[k];
                }

                fields[i] = sum;
            }

            for (int i = 0; i < units; i++)
            {
                for (int j = i + 1; j < units; j++)
                {
                    // h_ij leaves unit j out of the field of i, which has no share of its own: the diagonal is 0.
                    double weight = weights[(i * units) + j];
                    double fieldI = fields[i] - (weight * spins[j]);
                    double fieldJ = fields[j] - (weight * spins[i]);
                    double change = (spins[i] * spins[j]) - (spins[i] * fieldJ) - (fieldI * spins[j]);
                    weights[(i * units) + j] = weight + (change / units);
                    weights[(j * units) + i] = weights[(i * units) + j];
                }
            }
        }

        return weights;
    }
}
