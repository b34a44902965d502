using FastRbm.Reference;

namespace FastRbm.Tests.Reference;

public sealed class BinaryStatesTests
{
    [Fact]
    public void Bit_i_of_a_mask_is_unit_i()
    {
        Assert.Equal([false, true, true, false], BinaryStates.FromMask(6, 4));
        Assert.Equal(6, BinaryStates.ToMask([false, true, true, false]));
        Assert.Equal([0.0, 1.0, 1.0, 0.0], BinaryStates.ToDoubles([false, true, true, false]));
    }

    [Fact]
    public void Every_state_comes_once_in_the_order_of_the_masks()
    {
        bool[][] states = BinaryStates.All(5);
        Assert.Equal(Enumerable.Range(0, 32), states.Select(BinaryStates.ToMask));
        Assert.All(states, state => Assert.Equal(5, state.Length));
    }

    [Fact]
    public void No_units_have_one_state()
    {
        Assert.Empty(Assert.Single(BinaryStates.All(0)));
    }

    [Fact]
    public void A_mask_beyond_the_last_unit_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BinaryStates.FromMask(16, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinaryStates.FromMask(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinaryStates.ToMask(new bool[25]));
    }
}
