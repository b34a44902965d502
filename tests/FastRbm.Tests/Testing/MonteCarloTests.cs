using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class MonteCarloTests
{
    [Theory]
    [InlineData(0.05, 1.95996398454005424)]
    [InlineData(0.002, 3.09023230616781354)]
    [InlineData(1e-6, 4.89163847569859039)]
    [InlineData(2e-12, 7.03448382530113193)]
    [InlineData(2e-30, 11.4640246884436157)]
    public void The_bound_in_standard_errors_is_the_normal_quantile(double falseAlarm, double expected)
    {
        Assert.Equal(expected, MonteCarlo.StandardErrors(falseAlarm), 1e-12);
    }

    [Fact]
    public void The_normal_tail_is_symmetric_and_inverse_to_its_quantile()
    {
        foreach (double z in (double[])[-5, -1, 0, 0.3, 1, 6, 20])
        {
            double tail = SpecialFunctions.NormalUpperTail(z);
            Assert.Equal(1, tail + SpecialFunctions.NormalUpperTail(-z), 1e-15);
            Assert.Equal(z, SpecialFunctions.NormalUpperQuantile(tail), 1e-9);
        }
    }

    [Fact]
    public void The_bound_of_a_mean_shrinks_with_the_root_of_the_draws()
    {
        Assert.Equal(1.95996398454005424 * 3 / 10, MonteCarlo.MeanBound(3, 100, 0.05), 1e-12);
    }

    [Fact]
    public void Means_of_a_right_sampler_leave_the_bound_as_often_as_stated()
    {
        const int Tests = 4000;
        const int Draws = 200;
        SplitMix64 random = new(17);
        int alarms = 0;
        for (int test = 0; test < Tests; test++)
        {
            double mean = random.NextDoubles(Draws).Average();
            alarms += Math.Abs(mean - 0.5) > MonteCarlo.MeanBound(Math.Sqrt(1.0 / 12), Draws, 0.1) ? 1 : 0;
        }

        Assert.Equal(0.1, (double)alarms / Tests, MonteCarlo.BernsteinBound(0.09, Tests, 1e-6));
    }

    [Fact]
    public void Bernsteins_bound_solves_its_inequality_and_is_wider_than_the_normal_one()
    {
        foreach ((double p, long draws) in ((double, long)[])[(0.5, 1000), (1e-4, 1000), (0.01, 1_000_000)])
        {
            double variance = p * (1 - p);
            double bound = MonteCarlo.BernsteinBound(variance, draws, 1e-6);
            double exponent = draws * bound * bound / ((2 * variance) + (2 * bound / 3));
            Assert.Equal(1e-6, 2 * Math.Exp(-exponent), 1e-18);
            Assert.True(bound > MonteCarlo.MeanBound(Math.Sqrt(variance), draws, 1e-6));
        }
    }

    [Fact]
    public void The_false_alarm_budget_is_split_evenly()
    {
        Assert.Equal(1e-8, MonteCarlo.FalseAlarmPerTest(1e-6, 100), 1e-22);
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MonteCarlo.StandardErrors(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MonteCarlo.StandardErrors(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MonteCarlo.FalseAlarmPerTest(double.NaN, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => MonteCarlo.FalseAlarmPerTest(0.1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MonteCarlo.MeanBound(1, 0, 0.1));
    }
}
