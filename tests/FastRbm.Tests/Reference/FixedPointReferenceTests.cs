using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class FixedPointReferenceTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0.5, 0, 0)]
    [InlineData(1.5, 0, 2)]
    [InlineData(2.5, 0, 2)]
    [InlineData(-0.5, 0, 0)]
    [InlineData(-1.5, 0, -2)]
    [InlineData(-2.5, 0, -2)]
    [InlineData(0.125, 2, 0)]
    [InlineData(0.375, 2, 2)]
    [InlineData(1.0000001, 23, 8388609)]
    [InlineData(1024, -8, 4)]
    [InlineData(3, 40, 3298534883328)]
    public void Rounding_is_to_the_nearest_and_ties_go_to_the_even(double value, int scaleBits, long expected)
    {
        Assert.Equal(expected, FixedPointReference.Quantize(value, scaleBits));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    public void What_does_not_fit_is_refused(double value)
    {
        Assert.Throws<OverflowException>(() => FixedPointReference.Quantize(value, 23));
    }

    [Fact]
    public void Integer_inputs_are_within_half_a_unit_a_term_of_the_real_ones()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            const int ScaleBits = 12;
            long[,] weights = FixedPointReference.Quantize(model.CopyWeights(), ScaleBits);
            long[] visibleBias = FixedPointReference.Quantize(model.VisibleBias, ScaleBits);
            long[] hiddenBias = FixedPointReference.Quantize(model.HiddenBias, ScaleBits);
            foreach (bool[] visible in BinaryStates.All(model.Visible))
            {
                AssertNear(model.HiddenInputs(visible), FixedPointReference.HiddenInputs(weights, hiddenBias, visible), visible);
            }

            foreach (bool[] hidden in BinaryStates.All(model.Hidden))
            {
                AssertNear(model.VisibleInputs(hidden), FixedPointReference.VisibleInputs(weights, visibleBias, hidden), hidden);
            }

            static void AssertNear(double[] real, long[] integer, bool[] state)
            {
                double bound = Math.ScaleB(0.5 * (1 + state.Count(on => on)), -ScaleBits);
                for (int k = 0; k < real.Length; k++)
                {
                    Assert.Equal(real[k], Math.ScaleB(integer[k], -ScaleBits), bound + 1e-12);
                }
            }
        });
    }

    [Fact]
    public void Integer_sums_pick_the_active_units()
    {
        long[,] weights = { { 1, 10 }, { 2, 20 }, { 4, 40 } };
        Assert.Equal([105L, 250L], FixedPointReference.HiddenInputs(weights, [100, 200], [true, false, true]));
        Assert.Equal([110L, 220L, 340L], FixedPointReference.VisibleInputs(weights, [100, 200, 300], [false, true]));
        Assert.Throws<OverflowException>(() => FixedPointReference.HiddenInputs(weights, [long.MaxValue, 0], [true, false, false]));
    }
}
