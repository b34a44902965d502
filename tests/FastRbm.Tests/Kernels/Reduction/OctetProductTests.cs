using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Reduction;

public sealed unsafe class OctetProductTests
{
    [Fact]
    public void Every_row_and_lane_is_the_stated_chain_at_every_level()
    {
        SplitMix64 random = new(7);
        foreach (int octets in new[] { 0, 1, 2, 3, 7, 8, 61 })
        {
            for (int rows = 1; rows <= OctetProduct.MostRows; rows++)
            {
                nint stride = (8 * octets) + 8;
                using GuardedBuffer<double> a = GuardedBuffer<double>.EndingAtGuard((int)(((rows - 1) * stride) + (8 * octets)));
                using GuardedBuffer<double> b = GuardedBuffer<double>.EndingAtGuard(8 * octets);
                using GuardedBuffer<double> products = GuardedBuffer<double>.EndingAtGuard(8 * rows);
                foreach (ref double value in a.Span)
                {
                    value = random.NextDouble();
                }

                foreach (ref double value in b.Span)
                {
                    value = random.NextDouble();
                }

                double[] expected = new double[8 * rows];
                for (int row = 0; row < rows; row++)
                {
                    for (int lane = 0; lane < 8; lane++)
                    {
                        double product = 1 + lane;
                        for (int o = 0; o < octets; o++)
                        {
                            int i = (8 * o) + lane;
                            product = Math.FusedMultiplyAdd(product, a.Span[(int)(row * stride) + i] * b.Span[i], product);
                        }

                        expected[(8 * row) + lane] = product;
                    }
                }

                foreach (SimdLevel level in Levels.All)
                {
                    for (int i = 0; i < products.Length; i++)
                    {
                        products.Span[i] = 1 + (i % 8);
                    }

                    OctetProduct.Run(level, a.Pointer, stride, rows, b.Pointer, octets, products.Pointer);
                    Assert.Equal(expected, products.Span.ToArray());
                    products.AssertCanaryIntact();
                }
            }
        }
    }
}
