namespace FastRbm.Testing;

/// <summary>How far a mean of random draws may lie from its expectation before a test fails.</summary>
public static class MonteCarlo
{
    /// <summary>The k for which a normal number is more than k standard errors off, either way, with the given probability.</summary>
    /// <param name="falseAlarm">The accepted probability that a correct sampler fails, above 0 and below 1.</param>
    public static double StandardErrors(double falseAlarm)
    {
        RequireProbability(falseAlarm);
        return SpecialFunctions.NormalUpperQuantile(falseAlarm / 2);
    }

    /// <summary>k * standardDeviation / sqrt(draws): the bound for a mean of many independent draws, which is nearly normal.</summary>
    /// <param name="standardDeviation">Of one draw, known or estimated.</param>
    /// <param name="draws">How many were averaged.</param>
    /// <param name="falseAlarm">The accepted probability that a correct sampler fails.</param>
    public static double MeanBound(double standardDeviation, long draws, double falseAlarm)
    {
        RequireDraws(draws);
        return StandardErrors(falseAlarm) * standardDeviation / Math.Sqrt(draws);
    }

    /// <summary>The bound for the mean of draws from [0, 1] that holds for any number of draws and any skew, and so for rare events.</summary>
    /// <remarks>
    /// Bernstein's inequality, P(|mean - expectation| > t) &lt;= 2 exp(-n t^2 / (2 variance + 2 t / 3)), solved for t. Wider than
    /// <see cref="MeanBound"/>, which is too narrow when n * p is small. Source: Boucheron, Lugosi and Massart (2013), theorem 2.10.
    /// </remarks>
    /// <param name="variance">Of one draw: p (1 - p) for a unit that is on with probability p.</param>
    /// <param name="draws">How many were averaged.</param>
    /// <param name="falseAlarm">The accepted probability that a correct sampler fails.</param>
    public static double BernsteinBound(double variance, long draws, double falseAlarm)
    {
        RequireProbability(falseAlarm);
        RequireDraws(draws);
        double nats = Math.Log(2 / falseAlarm) / draws;
        return (nats / 3) + Math.Sqrt((nats * nats / 9) + (2 * nats * variance));
    }

    /// <summary>Bonferroni's split: with this false alarm for each of several tests, any of them fails with at most the budget.</summary>
    /// <param name="budget">The accepted probability that at least one correct test fails.</param>
    /// <param name="tests">How many tests share it.</param>
    public static double FalseAlarmPerTest(double budget, int tests)
    {
        RequireProbability(budget);
        ArgumentOutOfRangeException.ThrowIfLessThan(tests, 1);
        return budget / tests;
    }

    private static void RequireProbability(double value)
    {
        if (!(value is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a probability above 0 and below 1.");
        }
    }

    private static void RequireDraws(long draws) => ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
}
