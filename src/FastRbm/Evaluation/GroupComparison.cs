namespace FastRbm.Evaluation;

/// <summary>Whether two groups of chains have the same mean.</summary>
/// <param name="NestedRHat">sqrt(1 + variance of the groups' means / mean variance within groups): 1 for equal means; infinite when only the groups differ.</param>
/// <param name="Difference">Mean of the first group minus mean of the second.</param>
/// <param name="StandardErrors">
/// The difference in standard errors, from the spread of the means of chains: chains are independent, draws of a chain are not. 0 for
/// equal means; infinite when chains of a group don't differ at all.
/// </param>
public sealed record GroupComparison(double NestedRHat, double Difference, double StandardErrors)
{
    /// <summary>Compares the first chains with the others.</summary>
    internal static GroupComparison Of(ChainParts chains, int first, ScaledSeries scale)
    {
        (double mean, double between, double within) = Moments(chains, 0, first);
        (double otherMean, double otherBetween, double otherWithin) = Moments(chains, first, chains.Means.Length);
        double difference = mean - otherMean;
        double variance = 0.5 * (between + within + otherBetween + otherWithin);
        double error = Math.Sqrt((between / first) + (otherBetween / (chains.Means.Length - first)));

        // Two means differ from theirs by half the difference each: their variance is half its square.
        double nested = difference == 0 ? 1 : variance > 0 ? Math.Sqrt(1 + (0.5 * difference * difference / variance)) : double.PositiveInfinity;
        double errors = difference == 0 ? 0 : error > 0 ? difference / error : difference * double.PositiveInfinity;
        return new GroupComparison(nested, Math.Clamp(Math.ScaleB(difference, scale.Exponent), -double.MaxValue, double.MaxValue), errors);
    }

    private static (double Mean, double Between, double Within) Moments(ChainParts chains, int first, int end)
    {
        double mean = 0;
        double within = 0;
        for (int chain = first; chain < end; chain++)
        {
            mean += chains.Means[chain];
            within += chains.Variances[chain];
        }

        mean /= end - first;
        double between = 0;
        for (int chain = first; chain < end; chain++)
        {
            between += (chains.Means[chain] - mean) * (chains.Means[chain] - mean);
        }

        return (mean, between / (end - first - 1), within / (end - first));
    }
}
