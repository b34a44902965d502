using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class UlpTests
{
    [Theory]
    [InlineData(1f, 1f, 0)]
    [InlineData(0f, -0f, 0)]
    [InlineData(float.NaN, float.NaN, 0)]
    [InlineData(0f, float.Epsilon, 1)]
    [InlineData(-float.Epsilon, float.Epsilon, 2)]
    [InlineData(float.MaxValue, float.PositiveInfinity, 1)]
    [InlineData(1f, 2f, 1 << 23)]
    [InlineData(-2f, -1f, 1 << 23)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity, 2 * 0x7F800000UL)]
    [InlineData(1f, float.NaN, ulong.MaxValue)]
    public void The_distance_counts_the_floats_between(float left, float right, ulong expected)
    {
        Assert.Equal(expected, Ulp.Distance(left, right));
        Assert.Equal(expected, Ulp.Distance(right, left));
    }

    [Theory]
    [InlineData(1.0, 1.0, 0)]
    [InlineData(0.0, -0.0, 0)]
    [InlineData(double.NaN, double.NaN, 0)]
    [InlineData(-double.Epsilon, double.Epsilon, 2)]
    [InlineData(1.0, 2.0, 1UL << 52)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, 2 * 0x7FF0000000000000UL)]
    [InlineData(1.0, double.NaN, ulong.MaxValue)]
    public void The_distance_counts_the_doubles_between(double left, double right, ulong expected)
    {
        Assert.Equal(expected, Ulp.Distance(left, right));
        Assert.Equal(expected, Ulp.Distance(right, left));
    }

    [Fact]
    public void One_step_of_increment_is_a_distance_of_one_everywhere()
    {
        SplitMix64 random = new(3);
        for (int i = 0; i < 10_000; i++)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)random.NextUInt64());
            if (float.IsFinite(value))
            {
                Assert.Equal(1UL, Ulp.Distance(value, MathF.BitIncrement(value)));
                Assert.Equal(1UL, Ulp.Distance((double)value, Math.BitDecrement(value)));
            }
        }
    }

    [Theory]
    [InlineData(1f, 1.0, 0)]
    [InlineData(1f, 1 + (0.25 / (1 << 23)), 0.25)]
    [InlineData(1f, 1 - (0.25 / (1 << 23)), 0.5)]
    [InlineData(2f, 3.0, 1 << 22)]
    [InlineData(0f, 1.5 * float.Epsilon, 1.5)]
    [InlineData(-1f, 1.0, 1 << 24)]
    [InlineData(float.PositiveInfinity, double.PositiveInfinity, 0)]
    [InlineData(float.NaN, double.NaN, 0)]
    [InlineData(float.PositiveInfinity, float.MaxValue, 1)]
    [InlineData(float.NegativeInfinity, float.MinValue, 1)]
    [InlineData(float.NaN, 1.0, double.PositiveInfinity)]
    [InlineData(1f, double.NaN, double.PositiveInfinity)]
    [InlineData(1f, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity)]
    public void The_error_is_in_spacings_of_floats_at_the_truth(float actual, double expected, double error)
    {
        Assert.Equal(error, Ulp.Error(actual, expected));
    }

    [Fact]
    public void Correct_rounding_errs_by_half_a_unit_at_most()
    {
        SplitMix64 random = new(4);
        double worst = 0;
        for (int i = 0; i < 10_000; i++)
        {
            double value = Math.ScaleB(random.NextDouble(-1, 1), random.NextInt(287) - 160);
            worst = Math.Max(worst, Ulp.Error((float)value, value));
        }

        Assert.InRange(worst, 0.49, 0.5);
    }
}
