using CommunityToolkit.HighPerformance;
using FastRbm.Evaluation;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class ChainDiagnosticsTests
{
    [Theory]
    [InlineData(1, 16, 0.0)]
    [InlineData(1, 101, 0.8)]
    [InlineData(2, 64, -0.6)]
    [InlineData(3, 37, 0.5)]
    [InlineData(7, 130, 0.95)]
    public void All_figures_are_those_of_the_textbook_loops(int chains, int draws, double memory)
    {
        double[][] series = Autoregressive(11, chains, draws, memory);
        SeriesSummary summary = Summarize(series);
        double[][] halves = ReferenceChains.Split(series);
        double[][] ranked = ReferenceChains.Split(ReferenceChains.RankNormalised(series, Quantile));
        double[][] folded = ReferenceChains.Split(ReferenceChains.RankNormalised(ReferenceChains.Folded(series), Quantile));
        double[] all = [.. series.SelectMany(static chain => chain)];
        double deviation = Math.Sqrt(all.Sum(x => (x - all.Average()) * (x - all.Average())) / (all.Length - 1));
        double time = ReferenceChains.AutocorrelationTime(halves);
        Assert.Equal((SeriesStatus.Measured, chains, draws), (summary.Status, summary.Chains, summary.Draws));
        Near(all.Average(), summary.Mean);
        Near(deviation, summary.StandardDeviation);
        Near(time, summary.AutocorrelationTime);
        Near(all.Length / time, summary.EffectiveSampleSize);
        Near(deviation / Math.Sqrt(all.Length / time), summary.StandardError);
        Near(ReferenceChains.RHat(halves), summary.SplitRHat);
        Near(Math.Max(ReferenceChains.RHat(ranked), ReferenceChains.RHat(folded)), summary.RankRHat);
        Near(all.Length / ReferenceChains.AutocorrelationTime(ranked), summary.BulkEffectiveSampleSize);
        double[] correlations = ChainDiagnostics.Autocorrelations(Pack(series), draws);
        double[] expected = ReferenceChains.Correlations(series);
        for (int lag = 1; lag < draws; lag++)
        {
            Near(expected[lag], correlations[lag]);
        }

        Assert.Equal(1, correlations[0]);
    }

    [Fact]
    public void One_chain_may_be_a_plain_span()
    {
        double[] chain = Autoregressive(2, 1, 50, 0.3)[0];
        Assert.Equal(Summarize([chain]), ChainDiagnostics.Summarize(chain));
    }

    [Fact]
    public void Shifted_chains_have_the_R_hat_of_their_shift_and_a_drift_is_seen_in_one_chain()
    {
        // B / n of two pairs of halves at 0 and d is d^2 / 3: the variance of (0, 0, d, d).
        double[][] series = Autoregressive(3, 2, 4000, 0);
        double[][] shifted = [series[0], [.. series[1].Select(static x => x + 3)]];
        Assert.Equal(Math.Sqrt(1 + (9.0 / 3)), Summarize(shifted).SplitRHat, 0.05);
        Assert.InRange(Summarize(shifted).RankRHat, 1.5, 2.5);
        Assert.InRange(Summarize(shifted).EffectiveSampleSize, 1, 10);
        Assert.InRange(Summarize(series).RankRHat, 0.999, 1.002);
        double[] drifting = [.. series[0].Select(static (x, i) => x + (i / 1000.0))];
        Assert.InRange(ChainDiagnostics.Summarize(drifting).RankRHat, 1.3, 3);
    }

    [Fact]
    public void Chains_of_equal_means_and_other_scales_are_seen_by_the_folded_ranks_only()
    {
        double[][] series = Autoregressive(4, 4, 1000, 0);
        double[][] wide = [series[0], series[1], series[2], [.. series[3].Select(static x => 10 * x)]];
        Assert.InRange(Summarize(wide).SplitRHat, 0.99, 1.01);
        Assert.InRange(Summarize(wide).RankRHat, 1.1, 2);
    }

    [Fact]
    public void Constant_frozen_and_short_series_say_so_and_never_pass_for_good()
    {
        SeriesSummary constant = Summarize([[.. Enumerable.Repeat(0.1, 20)], [.. Enumerable.Repeat(0.1, 20)]]);
        SeriesSummary frozen = Summarize([[.. Enumerable.Repeat(0.1, 20)], [.. Enumerable.Repeat(0.2, 20)]]);
        SeriesSummary brief = Summarize([[1, 2, 3]]);
        SeriesSummary single = Summarize([[5]]);
        Assert.Equal(
            [SeriesStatus.Constant, SeriesStatus.Frozen, SeriesStatus.TooShort, SeriesStatus.TooShort],
            [constant.Status, frozen.Status, brief.Status, single.Status]);
        Assert.Equal((0.1, 0), (constant.Mean, constant.StandardDeviation));
        Assert.Equal((2, 1), (brief.Mean, brief.StandardDeviation));
        Assert.Equal((5, 0), (single.Mean, single.StandardDeviation));
        foreach (SeriesSummary summary in (SeriesSummary[])[constant, frozen, brief, single])
        {
            Assert.Equal((0, 0), (summary.EffectiveSampleSize, summary.BulkEffectiveSampleSize));
            Assert.True(double.IsPositiveInfinity(summary.SplitRHat) && double.IsPositiveInfinity(summary.RankRHat));
            Assert.True(double.IsPositiveInfinity(summary.AutocorrelationTime) && double.IsPositiveInfinity(summary.StandardError));
        }

        Assert.Equal([1, 0, 0], ChainDiagnostics.Autocorrelations(Pack([[7, 7, 7]]), 3));
    }

    [Fact]
    public void One_stuck_chain_of_many_and_two_valued_series_have_finite_figures()
    {
        double[][] series = Autoregressive(5, 3, 40, 0.2);
        NoNaN(Summarize([.. series, [.. Enumerable.Repeat(0.5, 40)]]));
        double[][] switches = [[.. Enumerable.Range(0, 40).Select(static i => i % 2.0)], [.. Enumerable.Range(0, 40).Select(static i => (double)(i / 20))]];
        NoNaN(Summarize(switches));
        NoNaN(Summarize([[.. Enumerable.Range(0, 40).Select(static i => (double)(i / 20))]]));
    }

    [Theory]
    [InlineData(900)]
    [InlineData(-900)]
    public void Powers_of_two_change_nothing_but_the_scale(int exponent)
    {
        double[][] series = Autoregressive(6, 2, 60, 0.4);
        SeriesSummary expected = Summarize(series);
        SeriesSummary scaled = Summarize(Array.ConvertAll(series, chain => Array.ConvertAll(chain, x => Math.ScaleB(x, exponent))));
        Assert.Equal(
            expected,
            scaled with
            {
                Mean = Math.ScaleB(scaled.Mean, -exponent),
                StandardDeviation = Math.ScaleB(scaled.StandardDeviation, -exponent),
                StandardError = Math.ScaleB(scaled.StandardError, -exponent),
            });
        NoNaN(Summarize([[.. Enumerable.Range(0, 32).Select(static i => i % 3 == 0 ? double.MaxValue : double.MinValue)]]));
    }

    [Fact]
    public void Bad_series_are_named()
    {
        Assert.Contains("chain 1, draw 2", Assert.Throws<ArgumentException>(() => Summarize([[1, 2, 3], [1, 2, double.NaN]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ChainDiagnostics.Summarize([]));
        Assert.Throws<ArgumentException>(() => ChainDiagnostics.Autocorrelations(Pack([[1]]), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChainDiagnostics.Autocorrelations(Pack([[1, 2]]), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChainDiagnostics.CompareGroups(Pack([[1, 2], [1, 2], [1, 2], [1, 2]]), 1));
        Assert.Throws<ArgumentException>(() => ChainDiagnostics.CompareGroups(Pack([[1, 2], [1, 2]]), 2));
    }

    [Fact]
    public void Groups_of_chains_are_compared_by_their_means()
    {
        GroupComparison far = ChainDiagnostics.CompareGroups(Pack([[0, 2], [1, 3], [10, 12], [12, 14], [14, 16]]), 2);

        // Means of chains 1, 2 and 11, 13, 15; variances between 0.5 and 4, within 2.
        Assert.Equal(-11.5, far.Difference, 1e-12);
        Assert.Equal(Math.Sqrt(1 + (11.5 * 11.5 / 2 / ((2.5 + 6) / 2))), far.NestedRHat, 1e-12);
        Assert.Equal(-11.5 / Math.Sqrt((0.5 / 2) + (4.0 / 3)), far.StandardErrors, 1e-12);
        Assert.Equal(new GroupComparison(1, 0, 0), ChainDiagnostics.CompareGroups(Pack([[0, 1], [1, 0], [0, 1], [1, 0]]), 2));
        GroupComparison frozen = ChainDiagnostics.CompareGroups(Pack([[0, 0], [0, 0], [1, 1], [1, 1]]), 2);
        Assert.Equal((double.PositiveInfinity, -1, double.NegativeInfinity), (frozen.NestedRHat, frozen.Difference, frozen.StandardErrors));
    }

    [Fact]
    public void Normal_scores_are_quantiles_of_mean_ranks()
    {
        foreach (double probability in (double[])[1e-12, 1e-6, 0.01, 0.07, 0.2, 0.4999, 0.5, 0.6, 0.93, 0.999, 1 - 1e-9])
        {
            Assert.Equal(Quantile(probability), NormalScores.Quantile(probability), 1e-9);
        }

        double[] values = [3, 1, 3, 2];
        NormalScores.Replace(values);
        double[] expected = [.. ((double[])[3.5, 1, 3.5, 2]).Select(static rank => NormalScores.Quantile((rank - 0.375) / 4.25))];
        Assert.Equal(expected, values);
    }

    internal static double[][] Autoregressive(ulong seed, int chains, int draws, double memory)
    {
        SplitMix64 random = new(seed);
        double[][] series = new double[chains][];
        double step = Math.Sqrt(1 - (memory * memory));
        for (int chain = 0; chain < chains; chain++)
        {
            series[chain] = new double[draws];
            double x = Normal(random);
            for (int i = 0; i < draws; i++)
            {
                series[chain][i] = x;
                x = (memory * x) + (step * Normal(random));
            }
        }

        return series;
    }

    private static double Normal(SplitMix64 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Quantile(double probability) =>
        probability == 0.5 ? 0 : probability < 0.5 ? -MonteCarlo.StandardErrors(2 * probability) : MonteCarlo.StandardErrors(2 * (1 - probability));

    private static SeriesSummary Summarize(double[][] series) => ChainDiagnostics.Summarize(Pack(series));

    private static ReadOnlySpan2D<double> Pack(double[][] series)
    {
        double[] all = [.. series.SelectMany(static chain => chain)];
        return all.AsSpan().AsSpan2D(series.Length, series[0].Length);
    }

    private static void Near(double expected, double found) => Assert.Equal(expected, found, 1e-9 * Math.Max(1, Math.Abs(expected)));

    private static void NoNaN(SeriesSummary summary)
    {
        Assert.Equal(SeriesStatus.Measured, summary.Status);
        foreach (double figure in (double[])
            [
                summary.Mean, summary.StandardDeviation, summary.AutocorrelationTime, summary.EffectiveSampleSize, summary.StandardError, summary.SplitRHat,
                summary.RankRHat, summary.BulkEffectiveSampleSize,
            ])
        {
            Assert.False(double.IsNaN(figure), summary.ToString());
        }
    }
}
