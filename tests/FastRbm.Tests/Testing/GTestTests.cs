using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class GTestTests
{
    [Theory]
    [InlineData(1, 3.841458820694124, 0.05)]
    [InlineData(1, 10.827566170662733, 0.001)]
    [InlineData(5, 11.070497693516351, 0.05)]
    [InlineData(10, 18.307038053275146, 0.05)]
    [InlineData(7, 0.5, 0.99944648139042497)]
    [InlineData(31, 90, 1.1647783312436699e-7)]
    [InlineData(3, 200, 4.2185411071920423e-43)]
    [InlineData(100, 124.3421134, 0.050000000025272323)]
    [InlineData(1000, 1074.679449, 0.049999999567911861)]
    [InlineData(4095, 4500, 7.029203135561512e-6)]
    [InlineData(1_000_000, 1_004_000, 0.0023630282386838922)]
    public void Chi_square_probabilities_are_those_of_the_tables(int degrees, double x, double expected)
    {
        Assert.Equal(expected, GTest.ChiSquareUpperTail(x, degrees), (degrees > 100_000 ? 1e-8 : 2e-12) * expected);
    }

    [Fact]
    public void With_even_degrees_of_freedom_the_tail_is_a_Poisson_sum()
    {
        foreach (int degrees in (int[])[2, 4, 20, 60])
        {
            foreach (double x in (double[])[0.01, 1, 10, 50, 100])
            {
                double sum = 0;
                double term = Math.Exp(-x / 2);
                for (int k = 0; k < degrees / 2; k++)
                {
                    sum += term;
                    term *= x / 2 / (k + 1);
                }

                Assert.Equal(sum, GTest.ChiSquareUpperTail(x, degrees), 1e-12 * sum);
            }
        }
    }

    [Fact]
    public void The_tail_begins_at_one_and_ends_at_zero()
    {
        Assert.Equal(1, GTest.ChiSquareUpperTail(0, 3));
        Assert.Equal(0, GTest.ChiSquareUpperTail(double.PositiveInfinity, 3));
    }

    [Theory]
    [InlineData(1e-8, 18.4206807381802089)]
    [InlineData(0.5, 0.572364942924700087)]
    [InlineData(1, 0)]
    [InlineData(2.5, 0.28468287047291916)]
    [InlineData(10.25, 13.3680236714760463)]
    [InlineData(1000.5, 5908.67417584867749)]
    [InlineData(1e6, 12815504.5691476117)]
    public void The_log_gamma_function_is_that_of_the_tables(double x, double expected)
    {
        Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-14 * Math.Max(1, expected));
    }

    [Fact]
    public void The_statistic_is_the_likelihood_ratio()
    {
        GTest test = GTest.Of([30, 70], [0.5, 0.5]);
        Assert.Equal(2 * ((30 * Math.Log(0.6)) + (70 * Math.Log(1.4))), test.Statistic, 1e-12);
        Assert.Equal(1, test.DegreesOfFreedom);
        Assert.Equal(GTest.ChiSquareUpperTail(test.Statistic, 1), test.PValue);
    }

    [Fact]
    public void A_perfect_fit_has_a_p_value_of_one()
    {
        GTest test = GTest.Of([25, 25, 50], [0.25, 0.25, 0.5]);
        Assert.Equal((0.0, 2, 1.0), (test.Statistic, test.DegreesOfFreedom, test.PValue));
    }

    [Fact]
    public void What_was_seen_but_is_impossible_has_a_p_value_of_zero()
    {
        Assert.Equal(0, GTest.Of([1, 999, 1000], [0, 0.5, 0.5]).PValue);
        GTest unseen = GTest.Of([0, 1000, 1000], [0, 0.5, 0.5]);
        Assert.Equal((1, 1.0), (unseen.DegreesOfFreedom, unseen.PValue));
    }

    [Fact]
    public void Cells_of_small_expectation_are_pooled_by_expectation()
    {
        // Expectations 1, 4, 45, 50: the first two make a pool of 5.
        GTest test = GTest.Of([5, 0, 45, 50], [0.01, 0.04, 0.45, 0.5]);
        Assert.Equal((0.0, 2), (test.Statistic, test.DegreesOfFreedom));

        // Expectations 4, 4, 92: the pool reaches 8.
        Assert.Equal(1, GTest.Of([8, 0, 92], [0.04, 0.04, 0.92]).DegreesOfFreedom);

        // Expectations 2, 2, 6: the pool reaches 5 only with the 6.
        Assert.Equal(0, GTest.Of([6, 2, 2], [0.6, 0.2, 0.2]).DegreesOfFreedom);

        // Expectations 4, 4, 4, 4, 84: two pools of 8.
        Assert.Equal(2, GTest.Of([4, 4, 4, 4, 84], [0.04, 0.04, 0.04, 0.04, 0.84]).DegreesOfFreedom);

        // Five expectations of 4: pools of 8 and 8, and the last cell joins the second.
        GTest leftOver = GTest.Of([10, 0, 0, 0, 10], [0.2, 0.2, 0.2, 0.2, 0.2]);
        Assert.Equal(1, leftOver.DegreesOfFreedom);
        Assert.Equal(2 * ((10 * Math.Log(10.0 / 8)) + (10 * Math.Log(10.0 / 12))), leftOver.Statistic, 1e-12);

        // Nothing is pooled when every expectation will do.
        Assert.Equal(3, GTest.Of([5, 0, 45, 50], [0.01, 0.04, 0.45, 0.5], 0.5).DegreesOfFreedom);
    }

    [Fact]
    public void Nothing_counted_proves_nothing()
    {
        Assert.Equal(1, GTest.Of([0, 0], [0.5, 0.5]).PValue);
    }

    [Fact]
    public void Pairs_are_cells()
    {
        long[,] counts = { { 10, 20 }, { 30, 40 } };
        double[,] probabilities = { { 0.25, 0.25 }, { 0.25, 0.25 } };
        Assert.Equal(GTest.Of([10, 20, 30, 40], [0.25, 0.25, 0.25, 0.25]), GTest.OfPairs(counts, probabilities));
        Assert.Throws<ArgumentException>(() => GTest.OfPairs(counts, new double[4, 1]));
    }

    [Fact]
    public void P_values_of_a_right_sampler_are_uniform_and_of_a_wrong_one_small()
    {
        const int Tests = 2000;
        double[] probabilities = [0.4, 0.3, 0.15, 0.1, 0.05];
        SplitMix64 random = new(8);
        long[] tenths = new long[10];
        for (int test = 0; test < Tests; test++)
        {
            tenths[(int)Math.Min(9, 10 * GTest.Of(Draw(random, probabilities, 2000), probabilities).PValue)]++;
        }

        Assert.InRange(GTest.Of(tenths, [.. Enumerable.Repeat(0.1, 10)]).PValue, 1e-4, 1);
        long[] wrong = Draw(random, [0.38, 0.32, 0.15, 0.1, 0.05], 50_000);
        Assert.InRange(GTest.Of(wrong, probabilities).PValue, 0, 1e-9);
    }

    [Fact]
    public void Inputs_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => GTest.Of([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => GTest.Of([1, 2], [0.5, 0.4]));
        Assert.ThrowsAny<ArgumentException>(() => GTest.Of([1, 2], [0.5, double.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GTest.Of([1, -2], [0.5, 0.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GTest.Of([1, 2], [1.5, -0.5]));
    }

    private static long[] Draw(SplitMix64 random, double[] probabilities, int draws)
    {
        long[] counts = new long[probabilities.Length];
        for (int draw = 0; draw < draws; draw++)
        {
            counts[random.NextCell(probabilities)]++;
        }

        return counts;
    }
}
