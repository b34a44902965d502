namespace FastRbm.Reference;

/// <summary>log Z of a machine whose means are held fixed, as a function of the strength of its weights: what mean-field theory expands.</summary>
/// <remarks>
/// G(e) = min over fields x, y of log sum over v, h of exp(x.v + y.h + e v'Wh) - x.m - y.n, by Newton's method over all states. Source: Plefka,
/// "Convergence condition of the TAP equation" (1982).
/// </remarks>
public static class ReferencePlefka
{
    /// <summary>G(e).</summary>
    /// <param name="weights">W.</param>
    /// <param name="strength">e.</param>
    /// <param name="means">m, then n, each inside (0, 1).</param>
    public static double Value(double[,] weights, double strength, double[] means)
    {
        int visible = weights.GetLength(0);
        int units = visible + weights.GetLength(1);
        bool[][] states = BinaryStates.All(units);
        double[] interactions = Array.ConvertAll(states, state => strength * Interaction(weights, state));
        double[] fields = Array.ConvertAll(means, static mean => Math.Log(mean / (1 - mean)));
        for (int step = 0; step < 50; step++)
        {
            double[] probabilities = Probabilities(states, interactions, fields, out _);
            (double[] gradient, double[,] covariance) = Moments(states, probabilities, means);
            double[] move = Solve(covariance, gradient);
            for (int k = 0; k < units; k++)
            {
                fields[k] -= move[k];
            }
        }

        Probabilities(states, interactions, fields, out double logZ);
        for (int k = 0; k < units; k++)
        {
            logZ -= fields[k] * means[k];
        }

        return logZ;
    }

    private static double Interaction(double[,] weights, bool[] state)
    {
        double sum = 0;
        for (int i = 0; i < weights.GetLength(0); i++)
        {
            for (int j = 0; j < weights.GetLength(1); j++)
            {
                sum += state[i] && state[weights.GetLength(0) + j] ? weights[i, j] : 0;
            }
        }

        return sum;
    }

    private static double[] Probabilities(bool[][] states, double[] interactions, double[] fields, out double logZ)
    {
        double[] terms = new double[states.Length];
        for (int s = 0; s < terms.Length; s++)
        {
            terms[s] = interactions[s];
            for (int k = 0; k < fields.Length; k++)
            {
                terms[s] += states[s][k] ? fields[k] : 0;
            }
        }

        double sum = ReferenceMath.LogSumExp(terms);
        logZ = sum;
        return Array.ConvertAll(terms, term => Math.Exp(term - sum));
    }

    private static (double[] Gradient, double[,] Covariance) Moments(bool[][] states, double[] probabilities, double[] means)
    {
        int units = means.Length;
        double[] first = new double[units];
        double[,] second = new double[units, units];
        for (int s = 0; s < states.Length; s++)
        {
            for (int k = 0; k < units; k++)
            {
                first[k] += states[s][k] ? probabilities[s] : 0;
                for (int l = 0; l < units; l++)
                {
                    second[k, l] += states[s][k] && states[s][l] ? probabilities[s] : 0;
                }
            }
        }

        for (int k = 0; k < units; k++)
        {
            for (int l = 0; l < units; l++)
            {
                second[k, l] -= first[k] * first[l];
            }
        }

        return (first.Select((mean, k) => mean - means[k]).ToArray(), second);
    }

    /// <summary>Gauss-Jordan without exchanges: the matrix is positive definite.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        double[,] a = (double[,])matrix.Clone();
        double[] x = (double[])right.Clone();
        for (int pivot = 0; pivot < x.Length; pivot++)
        {
            double scale = 1 / a[pivot, pivot];
            x[pivot] *= scale;
            for (int column = 0; column < x.Length; column++)
            {
                a[pivot, column] *= scale;
            }

            for (int row = 0; row < x.Length; row++)
            {
                double factor = row == pivot ? 0 : a[row, pivot];
                x[row] -= factor * x[pivot];
                for (int column = 0; column < x.Length; column++)
                {
                    a[row, column] -= factor * a[pivot, column];
                }
            }
        }

        return x;
    }
}
