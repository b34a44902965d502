namespace FastRbm.Reference;

/// <summary>Diagnostics of chains of a scalar, by the textbook's loops.</summary>
/// <remarks>Source: Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), equations 1 to 4, 10, 11, 13 and 14.</remarks>
public static class ReferenceChains
{
    /// <summary>Halves of chains; the middle draw of an odd chain is left out.</summary>
    public static double[][] Split(double[][] chains)
    {
        List<double[]> halves = [];
        foreach (double[] chain in chains)
        {
            int half = chain.Length / 2;
            halves.Add(chain[..half]);
            halves.Add(chain[^half..]);
        }

        return [.. halves];
    }

    /// <summary>sqrt(((n - 1) / n W + B / n) / W).</summary>
    public static double RHat(double[][] chains) => Math.Sqrt(WholeVariance(chains) / chains.Average(Variance));

    /// <summary>1 - (W - mean autocovariance) / var+ by lag; autocovariances are divided by n.</summary>
    public static double[] Correlations(double[][] chains)
    {
        int length = chains[0].Length;
        double[] correlations = new double[length];
        for (int lag = 0; lag < length; lag++)
        {
            double covariance = 0;
            foreach (double[] chain in chains)
            {
                double mean = chain.Average();
                for (int i = 0; i + lag < length; i++)
                {
                    covariance += (chain[i] - mean) * (chain[i + lag] - mean) / length / chains.Length;
                }
            }

            correlations[lag] = 1 - ((chains.Average(Variance) - covariance) / WholeVariance(chains));
        }

        return correlations;
    }

    /// <summary>tau = -1 + 2 sum of pairs of Geyer's positive and monotone sequence + the first member of the pair that ends it.</summary>
    public static double AutocorrelationTime(double[][] chains)
    {
        double[] rho = Correlations(chains);
        rho[0] = 1;
        List<double> pairs = [];
        int lag = 0;
        while (lag < rho.Length - 5 && rho[lag] + rho[lag + 1] > 0)
        {
            pairs.Add(rho[lag] + rho[lag + 1]);
            lag += 2;
        }

        for (int i = 1; i < pairs.Count; i++)
        {
            pairs[i] = Math.Min(pairs[i], pairs[i - 1]);
        }

        double tau = -1 + (2 * pairs.Sum()) + Math.Max(0, rho[lag]);
        return Math.Max(tau, 1 / Math.Log10(chains.Length * rho.Length));
    }

    /// <summary>Every draw replaced by the normal quantile of (its mean rank among all draws - 3/8) / (count + 1/4).</summary>
    /// <param name="chains">The chains.</param>
    /// <param name="quantile">The normal quantile of a probability.</param>
    public static double[][] RankNormalised(double[][] chains, Func<double, double> quantile)
    {
        double[] all = [.. chains.SelectMany(static chain => chain)];
        return Array.ConvertAll(chains, chain => Array.ConvertAll(chain, draw =>
        {
            double rank = all.Count(other => other < draw) + ((1 + all.Count(other => other == draw)) / 2.0);
            return quantile((rank - 0.375) / (all.Length + 0.25));
        }));
    }

    /// <summary>Distances from the median of all draws.</summary>
    public static double[][] Folded(double[][] chains)
    {
        double[] sorted = [.. chains.SelectMany(static chain => chain).Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return Array.ConvertAll(chains, chain => Array.ConvertAll(chain, draw => Math.Abs(draw - median)));
    }

    private static double WholeVariance(double[][] chains)
    {
        double n = chains[0].Length;
        double between = chains.Length == 1 ? 0 : Variance(Array.ConvertAll(chains, static chain => chain.Average()));
        return (chains.Average(Variance) * (n - 1) / n) + between;
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }
}
