using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Reduction;

public sealed class ClassSumTests
{
    [Fact]
    public void Every_length_has_the_same_bits_at_every_level_and_is_the_sum_of_softplus()
    {
        SplitMix64 random = new(3);
        for (int units = 0; units <= 256; units++)
        {
            Check(random.NextFloats(units, -20, 20), random.NextFloats(units, -3, 3));
        }

        foreach (int units in (int[])[511, 512, 513, 1025, 6001])
        {
            Check(random.NextFloats(units, -9, 9), random.NextFloats(units, -9, 9));
        }
    }

    [Theory]
    [InlineData(-3e38f)]
    [InlineData(-200)]
    [InlineData(-87.3f)]
    [InlineData(0)]
    [InlineData(88)]
    [InlineData(1e6f)]
    public void Extreme_inputs_neither_overflow_nor_vanish(float input)
    {
        float[] inputs = [.. Enumerable.Repeat(input, 1537)];
        Check(inputs, new float[1537]);
    }

    private static void Check(float[] inputs, float[] weights)
    {
        double expected = 0;
        double bound = 1e-12;
        for (int i = 0; i < inputs.Length; i++)
        {
            double softplus = ReferenceMath.Softplus(inputs[i] + weights[i]);
            expected += softplus;
            bound += 1e-7 + (1e-7 * softplus * 32);
        }

        float[]? first = null;
        double sum = 0;
        foreach (SimdLevel level in Levels.All)
        {
            float[] means = [.. Enumerable.Repeat(float.NaN, inputs.Length + 1)];
            double found = ClassSum.Run(level, inputs, weights, means.AsSpan(0, inputs.Length));
            Assert.True(float.IsNaN(means[^1]));
            Assert.InRange(found, expected - bound, expected + bound);
            first ??= means;
            sum = level == Levels.All.First() ? found : sum;
            Assert.Equal(sum, found);
            Assert.Equal(first.AsSpan(0, inputs.Length), means.AsSpan(0, inputs.Length));
            for (int i = 0; i < inputs.Length; i++)
            {
                double mean = ReferenceMath.Sigmoid(inputs[i] + weights[i]);
                Assert.InRange(means[i], mean - (3e-7 * mean) - 1e-37, mean + (3e-7 * mean) + 1e-37);
            }
        }
    }
}
