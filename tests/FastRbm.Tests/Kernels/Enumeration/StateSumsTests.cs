using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Enumeration;

public sealed class StateSumsTests
{
    [Theory]
    [InlineData(16, 8)]
    [InlineData(16, 64)]
    [InlineData(32, 16)]
    [InlineData(64, 64)]
    public unsafe void Sums_are_the_documented_chains_at_every_width(int lanes, int settings)
    {
        SplitMix64 random = new(4);
        double[] weights = random.NextDoubles(lanes * settings);
        double[] lows = random.NextDoubles(lanes);
        double[] mids = random.NextDoubles(settings);
        double[] totals = new double[8];
        for (int lane = 0; lane < lanes; lane++)
        {
            double chain = 0;
            for (int setting = 0; setting < settings; setting++)
            {
                chain = Math.FusedMultiplyAdd(weights[(((lane / 8 * settings) + setting) * 8) + (lane % 8)], mids[setting], chain);
            }

            totals[lane % 8] = Math.FusedMultiplyAdd(chain, lows[lane], totals[lane % 8]);
        }

        double expected = totals.Aggregate(0.0, static (sum, total) => sum + total);
        fixed (double* w = weights, l = lows, m = mids)
        {
            foreach (SimdLevel level in Levels.All)
            {
                Assert.Equal(expected, StateSums.Run(level, w, l, lanes, m, settings));
            }
        }
    }
}
