using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Tests.Evaluation;

public sealed class AnnealingScheduleTests
{
    [Fact]
    public void The_classic_ladder_has_500_4000_and_10000_even_steps()
    {
        ReadOnlySpan<float> betas = AnnealingSchedule.Classic().Betas;
        Assert.Equal(14_501, betas.Length);
        Assert.Equal((0f, 0.001f, 0.5f, 0.5001f, 0.9f, 0.90001f, 1f), (betas[0], betas[1], betas[500], betas[501], betas[4500], betas[4501], betas[14_500]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(1001)]
    [InlineData(100_000)]
    public void Ladders_of_any_length_start_at_0_rise_and_end_at_1(int temperatures)
    {
        Rbm rbm = Rbm.Binary(3, 2);
        rbm.Edit(static (weights, _, _) => weights[0, 0] = 1);
        List<AnnealingSchedule> all = [AnnealingSchedule.Classic(temperatures), AnnealingSchedule.Linear(temperatures)];
        if (temperatures < 2000)
        {
            all.Add(AnnealingSchedule.Adaptive(rbm, temperatures, new AnnealingOptions()));
        }

        foreach (AnnealingSchedule schedule in all)
        {
            float[] betas = schedule.Betas.ToArray();
            Assert.Equal(temperatures, betas.Length);
            Assert.Equal(temperatures, schedule.Temperatures);
            Assert.Equal((0f, 1f), (betas[0], betas[^1]));
            Assert.All(betas.Zip(betas.Skip(1)), static pair => Assert.True(pair.First < pair.Second));
            Assert.Equal(betas.Reverse(), schedule.Ladder(reverse: true));
        }
    }

    [Theory]
    [InlineData("at least 2", 0.0)]
    [InlineData("0.25, at 0", 0.25, 1.0)]
    [InlineData("0.9", 0.0, 0.9)]
    [InlineData("0.4 at 3, after 0.5", 0.0, 0.2, 0.5, 0.4, 1.0)]
    [InlineData("NaN at 1", 0.0, double.NaN, 1.0)]
    [InlineData("Infinity at 2", 0.0, 0.5, double.PositiveInfinity, 1.0)]
    public void A_ladder_that_is_none_is_refused_with_the_place(string words, params double[] betas)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => AnnealingSchedule.FromBetas(betas));
        Assert.Contains(words.Split(", at")[0], error.Message, StringComparison.Ordinal);
        Assert.StartsWith("betas: expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_than_two_temperatures_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AnnealingSchedule.FromBetas([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnnealingSchedule.Classic(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnnealingSchedule.Linear(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnnealingSchedule.Adaptive(Rbm.Binary(3, 2), 1, new AnnealingOptions()));
    }

    [Fact]
    public void An_adaptive_ladder_levels_the_variance_of_the_steps_and_is_the_same_for_any_number_of_threads()
    {
        // Couplings that order the units at some beta between: the variance of a beta's log weight peaks there.
        Rbm rbm = Rbm.Binary(60, 60);
        rbm.Edit(static (weights, visibleBias, hiddenBias) =>
        {
            weights.Fill(0.1f);
            visibleBias.Fill(-2.4f);
            hiddenBias.Fill(-2.4f);
        });
        AnnealingOptions options = new() { Seed = 3 };
        AnnealingSchedule adaptive = AnnealingSchedule.Adaptive(rbm, 400, options);
        Assert.Equal(adaptive.Betas.ToArray(), AnnealingSchedule.Adaptive(rbm, 400, options with { Threads = 2 }).Betas.ToArray());
        double plain = Unevenness(AnnealingSchedule.Linear(400));
        double level = Unevenness(adaptive);
        Assert.True(level < 2 && level < 0.6 * plain, $"{level}, linear {plain}");

        // The largest of eight parts of the ladder's variances over their mean.
        double Unevenness(AnnealingSchedule schedule)
        {
            using AnnealedRows rows = new(rbm, new float[60], 200, seed: 8, annealing: 0, threads: 1);
            rows.StartAtBase();
            float[] ladder = schedule.Ladder(reverse: false);
            double[] variances = new double[8];
            for (int step = 0; step < ladder.Length - 1; step++)
            {
                double[] before = (double[])rows.LogWeights.Clone();
                rows.Anneal(ladder, step, step + 2, null, default);
                double[] increments = [.. rows.LogWeights.Zip(before, static (now, then) => now - then)];
                double mean = increments.Average();
                variances[step * 8 / (ladder.Length - 1)] += increments.Average(value => (value - mean) * (value - mean));
            }

            return variances.Max() / variances.Average();
        }
    }

    [Fact]
    public void Base_rates_are_log_odds_of_smoothed_means()
    {
        double[] odds = BaseRates.LogOdds(new TestRows([new float[] { 0, 1, 0.25f }, [0, 1, 0.75f]]));
        Assert.Equal([Math.Log(0.05 / 1.05), Math.Log(1.05 / 0.05), 0], odds.Select(static value => Math.Abs(value) < 1e-15 ? 0 : value), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
