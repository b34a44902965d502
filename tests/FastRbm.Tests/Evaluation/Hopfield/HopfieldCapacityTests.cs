using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Tests.Evaluation.Hopfield;

public sealed class HopfieldCapacityTests
{
    [Fact]
    public void Few_patterns_are_kept_and_too_many_are_lost()
    {
        CapacityOptions options = new() { Networks = 5, Probes = 30 };
        CapacityPoint few = HopfieldCapacity.Measure(400, 20, options);
        CapacityPoint many = HopfieldCapacity.Measure(400, 120, options);
        Assert.InRange(few.MeanOverlap, 0.999, 1);
        Assert.InRange(many.MeanOverlap, 0.1, 0.6);
        Assert.InRange(many.MeanOverlapError, 1e-4, 0.05);
        Assert.Equal((1.0, 1.0), (few.SettledShare, many.SettledShare));
        Assert.Equal((0.05, 0.3), (few.Load, many.Load));
        Assert.True(few.RetrievedShare > 0.999 && many.RetrievedShare < 0.05);
    }

    [Fact]
    public void Threads_do_not_change_a_report()
    {
        CapacityOptions options = new() { Networks = 2, Probes = 10, FlippedShare = 0.2 };
        Assert.Equal(
            HopfieldCapacity.Measure(150, 18, options),
            HopfieldCapacity.Measure(150, 18, options with { Recall = options.Recall with { Threads = 3, Path = RecallPath.Patterns } }));
    }

    [Fact]
    public void The_basin_of_a_lightly_loaded_network_is_wide_and_its_radius_lies_where_half_is_retrieved()
    {
        (IReadOnlyList<CapacityPoint> points, double radius) = HopfieldCapacity.Basin(
            200, 6, [0, 0.1, 0.3, 0.4, 0.5], new CapacityOptions { Networks = 5, Probes = 6 });
        Assert.Equal(5, points.Count);
        Assert.Equal(1, points[1].RetrievedShare);
        Assert.InRange(radius, 0.3, 0.5);
        Assert.ThrowsAny<ArgumentException>(() => HopfieldCapacity.Basin(20, 2, [0.2, 0.1]));
        Assert.ThrowsAny<ArgumentException>(() => HopfieldCapacity.Basin(20, 2, [0.2, 0.6]));
    }

    [Fact]
    public void The_fit_finds_the_crossing_of_curves_that_cross()
    {
        List<CapacityPoint> points = [];
        foreach (int units in (int[])[400, 900, 1600])
        {
            foreach (double load in (double[])[0.12, 0.13, 0.14, 0.15])
            {
                double logit = 0.4 + (5 * Math.Sqrt(units) * (0.135 - load));
                double share = 1 / (1 + Math.Exp(-logit));
                points.Add(new CapacityPoint(units, (int)(units * load), 10, 50, 0, 0, share, 0, 0, 1));
            }
        }

        CriticalLoad fit = CriticalLoad.Fit(points)!;
        Assert.Equal(0.135, fit.Load, 3e-4);
        Assert.Equal(5, fit.Slope, 0.1);
        Assert.Equal(12, fit.Points);
        Assert.Null(CriticalLoad.Fit(points[..4]));
        Assert.Null(CriticalLoad.Fit([.. points.Select(static point => point with { RetrievedShare = 1 })]));
    }

    [Fact]
    public void Flips_are_as_many_as_asked_for_and_patterns_are_fair()
    {
        BitMatrix patterns = RandomPatterns.Draw(50, 130, seed: 3);
        BitMatrix probes = new(70, 130);
        RandomPatterns.Flip(patterns, 40, 17, probes, seed: 4);
        int[] places = new int[130];
        for (int row = 0; row < probes.Rows; row++)
        {
            int different = 0;
            for (int i = 0; i < 130; i++)
            {
                bool flipped = probes[row, i] != patterns[(40 + row) % 50, i];
                different += flipped ? 1 : 0;
                places[i] += flipped ? 1 : 0;
            }

            Assert.Equal(17, different);
        }

        // 70 x 17 / 130 = 9.2 flips a unit, standard deviation 2.8.
        Assert.All(places, static count => Assert.InRange(count, 0, 24));
        int on = Enumerable.Range(0, 50).Sum(patterns.CountOn);

        // 3,250 of 6,500, standard deviation 40.
        Assert.InRange(on, 3050, 3450);
        Assert.Equal(patterns.Row(7), RandomPatterns.Draw(8, 130, seed: 3).Row(7));
        Assert.ThrowsAny<ArgumentException>(() => RandomPatterns.Flip(patterns, 0, 131, probes, 1));
        Assert.ThrowsAny<ArgumentException>(() => RandomPatterns.Flip(patterns, 0, 1, new BitMatrix(1, 3), 1));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => HopfieldCapacity.Measure(1, 1));
        Assert.ThrowsAny<ArgumentException>(() => HopfieldCapacity.Measure(10, 0));
        foreach (CapacityOptions wrong in (CapacityOptions[])
            [new() { Networks = 0 }, new() { Probes = 0 }, new() { FlippedShare = double.NaN }, new() { FlippedShare = 2 }, new() { RetrievedOverlap = -1 }])
        {
            Assert.ThrowsAny<ArgumentException>(() => HopfieldCapacity.Measure(10, 2, wrong));
        }
    }
}
