using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Reduction;

public sealed class FlipProductTests
{
    [Fact]
    public void A_product_is_the_sum_of_softplus_differences_at_every_level_to_the_same_bit()
    {
        SplitMix64 random = new(8);
        foreach ((int octets, double size) in new[] { (1, 0.0), (1, 1e-6), (2, 2.0), (3, 300.0), (7, 40.0), (63, 9.0), (64, 300.0) })
        {
            for (int flips = 1; flips <= FlipProduct.MostFlips; flips++)
            {
                double[] inputs = [.. Enumerable.Range(0, 8 * octets).Select(_ => random.NextDouble(-3, 3) * Math.Max(1, size))];
                double[] weights = [.. Enumerable.Range(0, 8 * octets * flips).Select(_ => random.NextDouble(-size, size))];
                double[] p = Array.ConvertAll(inputs, DoubleMath.Sigmoid);
                double[] q = Array.ConvertAll(inputs, static x => DoubleMath.Sigmoid(-x));
                using GuardedBuffer<double> table = GuardedBuffer<double>.EndingAtGuard(Array.ConvertAll(weights, DoubleMath.Exp));
                int[] starts = [.. Enumerable.Range(0, flips).Select(flip => 8 * octets * flip)];
                double[]? first = null;
                foreach (SimdLevel level in Levels.All)
                {
                    double[] logs = new double[flips];
                    FlipProduct.Logs(level, p, q, table.Span, starts, FlipProduct.OctetsAtOnce(size), logs);
                    first ??= logs;
                    Assert.Equal(first, logs);
                }

                for (int flip = 0; flip < flips; flip++)
                {
                    double expected = 0;
                    double magnitude = 0;
                    for (int j = 0; j < inputs.Length; j++)
                    {
                        double term = DoubleMath.Softplus(inputs[j] + weights[starts[flip] + j]) - DoubleMath.Softplus(inputs[j]);
                        expected += term;
                        magnitude += 1 + Math.Abs(inputs[j]) + Math.Abs(term);
                    }

                    Assert.InRange(first![flip], expected - (4e-16 * magnitude), expected + (4e-16 * magnitude));
                }

                table.AssertCanaryIntact();
            }
        }
    }

    [Fact]
    public void Units_that_do_not_exist_count_for_nothing()
    {
        double[] p = [0.25, 0, 0, 0, 0, 0, 0, 0];
        double[] q = [0.75, 1, 1, 1, 1, 1, 1, 1];
        double[] table = [3, 0, 0, 0, 0, 0, 0, 0];
        double[] logs = new double[1];
        foreach (SimdLevel level in Levels.All)
        {
            FlipProduct.Logs(level, p, q, table, [0], FlipProduct.OctetsAtOnce(2), logs);
            Assert.Equal(DoubleMath.Log(1.5), logs[0]);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        double[] eight = new double[8];
        Assert.Throws<ArgumentException>(() => FlipProduct.Logs(SimdLevel.Scalar, new double[7], new double[7], eight, [0], 1, new double[1]));
        Assert.Throws<ArgumentException>(() => FlipProduct.Logs(SimdLevel.Scalar, eight, new double[16], eight, [0], 1, new double[1]));
        Assert.Throws<ArgumentException>(() => FlipProduct.Logs(SimdLevel.Scalar, eight, eight, eight, [0], 1, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FlipProduct.Logs(SimdLevel.Scalar, eight, eight, eight, [], 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => FlipProduct.Logs(SimdLevel.Scalar, eight, eight, eight, [1], 1, new double[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FlipProduct.Logs(SimdLevel.Scalar, eight, eight, eight, [-1], 1, new double[1]));
    }
}
