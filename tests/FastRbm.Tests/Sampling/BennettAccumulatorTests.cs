using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.Tests.Sampling;

public sealed class BennettAccumulatorTests
{
    [Fact]
    public void Normal_works_give_the_ratio_that_they_must_within_the_standard_error()
    {
        // Works w ~ N(m, s^2) forward and, by the relation of forward and reverse works, u ~ N(s^2 - m, s^2): log ratio = s^2 / 2 - m.
        SplitMix64 random = new(5);
        foreach ((double mean, double deviation) in ((double, double)[])[(0.1, 0.2), (3, 1), (-40, 1.5), (1000, 2), (2, 3)])
        {
            BennettAccumulator ratio = new(50);
            for (int sweep = 0; sweep < 300; sweep++)
            {
                ratio.Add(Normals(mean, deviation), Normals((deviation * deviation) - mean, deviation));
            }

            double[] shares = new double[50];
            Assert.True(ratio.AddShares(shares));
            double error = BennettAccumulator.StandardError(shares);
            Assert.InRange(error, 1e-5, 0.1);
            Assert.Equal((0.5 * deviation * deviation) - mean, ratio.LogRatio, 6 * error);
        }

        double[] Normals(double mean, double deviation) =>
        [
            .. Enumerable.Range(0, 50).Select(_ =>
                mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }

    [Fact]
    public void What_was_added_before_the_last_window_is_forgotten()
    {
        BennettAccumulator ratio = new(4);
        for (int sweep = 0; sweep < 31; sweep++)
        {
            ratio.Add([100, 110, 120, 130], [50, 50, 50, 50]);
        }

        for (int sweep = 0; sweep < 32 + 64; sweep++)
        {
            ratio.Add([2, 2, 2, 2], [-2, -2, -2, -2]);
            if (sweep is 2 or 20)
            {
                // The window before knew something else.
                Assert.InRange(ratio.Drift, 0.01, 50);
            }
        }

        Assert.Equal(0, ratio.Drift, 1e-12);
        Assert.Equal(-2, ratio.LogRatio, 1e-12);
        Assert.Equal(32 + 64, ratio.Samples);
    }

    [Fact]
    public void Works_without_any_overlap_leave_a_number_and_an_infinite_or_large_error()
    {
        BennettAccumulator ratio = new(3);
        ratio.Add([2000, 2100, 2300], [1900, 2000, 2050]);
        ratio.Add([2000, 2100, 2300], [1900, 2000, 2050]);
        Assert.True(double.IsFinite(ratio.LogRatio));
        double[] shares = new double[3];
        Assert.True(!ratio.AddShares(shares) || BennettAccumulator.StandardError(shares) > 0.5);
        Assert.Equal(double.PositiveInfinity, BennettAccumulator.StandardError([0.5]));
    }

    [Fact]
    public void A_saved_state_is_the_whole_state()
    {
        BennettAccumulator first = new(2);
        for (int sweep = 0; sweep < 5; sweep++)
        {
            first.Add([1 + sweep, 2], [0.5, -sweep]);
        }

        double[] state = new double[first.StateLength];
        first.Save(state);
        BennettAccumulator second = new(2);
        second.Restore(state);
        for (int sweep = 0; sweep < 9; sweep++)
        {
            first.Add([1, 2 - sweep], [0.5, 0.25]);
            second.Add([1, 2 - sweep], [0.5, 0.25]);
            Assert.Equal(first.LogRatio, second.LogRatio);
        }

        Assert.Equal(first.Samples, second.Samples);
        second.Reset();
        Assert.Equal(0, second.LogRatio);
        Assert.Equal(0, second.Samples);
    }
}
