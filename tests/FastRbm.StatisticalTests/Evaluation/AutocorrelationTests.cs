using CommunityToolkit.HighPerformance;
using FastRbm.Evaluation;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Evaluation;

/// <summary>Series x_(t+1) = phi x_t + noise have tau = (1 + phi) / (1 - phi) and correlations phi^t.</summary>
public sealed class AutocorrelationTests
{
    private const int Chains = 100;
    private const int Draws = 10_000;

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.9, 3)]
    [InlineData(-0.5, 4)]
    public void The_autocorrelation_time_of_autoregressive_chains_is_the_known_one(double phi, ulong seed)
    {
        double[] series = Series(seed, Chains, Draws, phi);
        SeriesSummary summary = ChainDiagnostics.Summarize(series.AsSpan().AsSpan2D(Chains, Draws));
        double tau = (1 + phi) / (1 - phi);

        // Madras and Sokal (1988): relative variance 2 (2 W + 1) / draws for a window of W lags, here at most ten times tau; for small
        // tau the noise of W single correlations, of variance (1 + phi^2) / (1 - phi^2) / draws each. Plus 1 % of bias.
        double all = (double)Chains * Draws;
        double window = Math.Max(10, 10 * tau);
        double relative = 2 * ((2 * window) + 1) / all * tau * tau;
        double noise = 4 * window * (1 + (phi * phi)) / (1 - (phi * phi)) / all;
        double bound = (MonteCarlo.StandardErrors(Budget.PerCheck) * Math.Sqrt(Math.Max(relative, noise))) + (0.01 * tau);
        TestContext.Current.SendDiagnosticMessage($"phi {phi}: tau {summary.AutocorrelationTime:F4}, known {tau:F4}, bound {bound:F4}");
        Assert.Equal(tau, summary.AutocorrelationTime, bound);
        Assert.Equal(tau, all / summary.BulkEffectiveSampleSize, bound * 1.1);
        double meanBound = MonteCarlo.MeanBound(Math.Sqrt(tau), Chains * Draws, Budget.PerCheck);
        Assert.Equal(0, summary.Mean, meanBound);

        // R-hat^2 - 1 is about (tau - 1) / n in halves of n draws, with a relative deviation of sqrt(2 / halves).
        Assert.InRange((summary.SplitRHat * summary.SplitRHat) - 1, -4 / (Draws / 2.0), 4 * tau / (Draws / 2.0));
        double[] correlations = ChainDiagnostics.Autocorrelations(series.AsSpan().AsSpan2D(Chains, Draws), 6);
        double correlationBound = MonteCarlo.MeanBound(Math.Sqrt((1 + (phi * phi)) / (1 - (phi * phi))), Chains * Draws, Budget.PerCheck) + (tau / Draws);
        for (int lag = 1; lag < correlations.Length; lag++)
        {
            Assert.Equal(Math.Pow(phi, lag), correlations[lag], correlationBound);
        }
    }

    [Fact]
    public void The_Monte_Carlo_standard_error_is_the_deviation_of_means()
    {
        const int Replicates = 400;
        const int Length = 2000;
        double[] series = Series(5, Replicates, Length, 0.7);
        double sum = 0;
        for (int replicate = 0; replicate < Replicates; replicate++)
        {
            SeriesSummary summary = ChainDiagnostics.Summarize(series.AsSpan(replicate * Length, Length));
            sum += summary.Mean / summary.StandardError * (summary.Mean / summary.StandardError);
        }

        // Squares of standard normal numbers: mean 1, variance 2; a tenth for errors of the estimated error.
        double bound = MonteCarlo.MeanBound(Math.Sqrt(2), Replicates, Budget.PerCheck) + 0.1;
        TestContext.Current.SendDiagnosticMessage($"mean square {sum / Replicates:F3}, bound {bound:F3}");
        Assert.Equal(1, sum / Replicates, bound);
    }

    private static double[] Series(ulong seed, int chains, int draws, double phi)
    {
        SplitMix64 random = new(seed);
        double[] series = new double[chains * draws];
        double step = Math.Sqrt(1 - (phi * phi));
        for (int chain = 0; chain < chains; chain++)
        {
            double x = Normal(random);
            for (int i = 0; i < draws; i++)
            {
                series[(chain * draws) + i] = x;
                x = (phi * x) + (step * Normal(random));
            }
        }

        return series;
    }

    private static double Normal(SplitMix64 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
