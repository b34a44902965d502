using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation.Hopfield;

/// <summary>The load where retrieval breaks down in large networks, by finite-size scaling.</summary>
/// <remarks>
/// Near a jump the share r of retrieved probes is a function of (a - a_c) N^(1/2) alone, so curves of r against the load a for different N cross at a_c. Here
/// log(r / (1 - r)) = c + b N^(1/2) (a_c - a) is fitted to all points by least squares, each with the weight of a binomial share of its networks; its error comes of the fit's
/// residuals.
/// The exponent is that of a jump whose place differs between random networks by N^(-1/2). Theory: a_c = 0.138 (Amit, Gutfreund and Sompolinsky, Phys. Rev. Lett. 55, 1985).
/// </remarks>
/// <param name="Load">a_c.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Slope">b.</param>
/// <param name="Offset">c: the logit of the share of retrieved probes where the curves cross.</param>
/// <param name="Points">Points in the fit: those with a share between 0.02 and 0.98.</param>
public sealed record CriticalLoad(double Load, double Error, double Slope, double Offset, int Points)
{
    /// <summary>The critical load of pairwise networks with Hebb's rule, by theory.</summary>
    public const double Theory = 0.138;

    private const double LeastShare = 0.02;
    private const int Parameters = 3;

    /// <summary>Fits.</summary>
    /// <param name="points">Points of at least two sizes and several loads around the critical one.</param>
    /// <returns>The fit; null where there are fewer than four usable points, of fewer than two sizes, or shares don't fall with the load.</returns>
    public static CriticalLoad? Fit(IReadOnlyList<CapacityPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        CapacityPoint[] usable = [.. points.Where(static point => point.RetrievedShare is > LeastShare and < 1 - LeastShare)];
        if (usable.Length <= Parameters || usable.Select(static point => point.Units).Distinct().Count() < 2)
        {
            return null;
        }

        // logit = c + k sqrt(N) - b sqrt(N) a, with a_c = k / b.
        double[,] normal = new double[Parameters, Parameters + 1];
        foreach (CapacityPoint point in usable)
        {
            double[] terms = Terms(point);
            for (int i = 0; i < Parameters; i++)
            {
                for (int j = 0; j < Parameters; j++)
                {
                    normal[i, j] += Weight(point) * terms[i] * terms[j];
                }

                normal[i, Parameters] += Weight(point) * terms[i] * Logit(point);
            }
        }

        double[,]? inverse = Invert(normal);
        if (inverse is null)
        {
            return null;
        }

        double[] fit = new double[Parameters];
        for (int i = 0; i < Parameters; i++)
        {
            for (int j = 0; j < Parameters; j++)
            {
                fit[i] += inverse[i, j] * normal[j, Parameters];
            }
        }

        if (!(fit[2] > 0))
        {
            return null;
        }

        double residual = usable.Sum(point =>
        {
            double[] terms = Terms(point);
            double difference = Logit(point) - (fit[0] * terms[0]) - (fit[1] * terms[1]) - (fit[2] * terms[2]);
            return Weight(point) * difference * difference;
        });
        double load = fit[1] / fit[2];
        double variance = (inverse[1, 1] - (2 * load * inverse[1, 2]) + (load * load * inverse[2, 2])) / (fit[2] * fit[2]);
        double error = Math.Sqrt(Math.Max(0, variance * residual / (usable.Length - Parameters)));
        return new CriticalLoad(load, error, fit[2], fit[0], usable.Length);
    }

    private static double[] Terms(CapacityPoint point)
    {
        double root = Math.Sqrt(point.Units);
        return [1, root, -root * point.Load];
    }

    private static double Weight(CapacityPoint point) => point.Networks * point.RetrievedShare * (1 - point.RetrievedShare);

    private static double Logit(CapacityPoint point) => DoubleMath.Log(point.RetrievedShare / (1 - point.RetrievedShare));

    /// <summary>The inverse of the square part, by Gauss and Jordan's method; null if it has none.</summary>
    private static double[,]? Invert(double[,] matrix)
    {
        double[,] work = new double[Parameters, 2 * Parameters];
        for (int i = 0; i < Parameters; i++)
        {
            for (int j = 0; j < Parameters; j++)
            {
                work[i, j] = matrix[i, j];
            }

            work[i, Parameters + i] = 1;
        }

        for (int p = 0; p < Parameters; p++)
        {
            double pivot = work[p, p];
            if (!(Math.Abs(pivot) > 1e-9 * matrix[p, p]))
            {
                return null;
            }

            for (int j = 0; j < 2 * Parameters; j++)
            {
                work[p, j] /= pivot;
            }

            for (int i = 0; i < Parameters; i++)
            {
                double factor = i == p ? 0 : work[i, p];
                for (int j = 0; j < 2 * Parameters; j++)
                {
                    work[i, j] -= factor * work[p, j];
                }
            }
        }

        double[,] inverse = new double[Parameters, Parameters];
        for (int i = 0; i < Parameters; i++)
        {
            for (int j = 0; j < Parameters; j++)
            {
                inverse[i, j] = work[i, Parameters + j];
            }
        }

        return inverse;
    }
}
