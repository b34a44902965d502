using FastRbm.Sampling;

namespace FastRbm.Tests.Sampling;

public sealed class TemperatureLadderTests
{
    [Fact]
    public void Factories_make_equal_steps_and_equal_ratios_between_exact_ends()
    {
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f], TemperatureLadder.Linear(5).Betas.ToArray());
        Assert.Equal([0.5f, 0.75f, 1f], TemperatureLadder.Linear(3, 0.5).Betas.ToArray());
        TemperatureLadder geometric = TemperatureLadder.Geometric(4, 0.001);
        Assert.Equal(4, geometric.Levels);
        Assert.Equal([0.001f, 0.01f, 0.1f, 1f], geometric.Betas.ToArray());
        Assert.Equal(0.01f, geometric[1]);
        Assert.Equal([1f], new TemperatureLadder([1]).Betas.ToArray());
    }

    [Theory]
    [InlineData("at least one", new double[] { })]
    [InlineData("level 1", new[] { 0, 1.5, 1 })]
    [InlineData("level 0", new[] { -0.1, 1 })]
    [InlineData("level 1", new[] { 0, double.NaN, 1 })]
    [InlineData("at level 2 more than 0.5", new[] { 0, 0.5, 0.25, 1 })]
    [InlineData("at level 1 more than 0.5", new[] { 0.5, 0.5, 1 })]
    [InlineData("at level 1 more than 0.5", new[] { 0.5, 0.5000000001, 1 })]
    [InlineData("1 at the last level, 2", new[] { 0, 0.25, 0.5 })]
    public void A_bad_list_is_refused_with_the_place(string words, double[] betas)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => new TemperatureLadder(betas));
        Assert.Contains("betas", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.Linear(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.Linear(3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.Linear(3, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.Geometric(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.LevelsFor(-1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureLadder.LevelsFor(1, 1));
        Assert.Throws<ArgumentException>(() => TemperatureLadder.Linear(3).Adapted([1], [1]));
        Assert.Throws<ArgumentException>(() => TemperatureLadder.Linear(3).Adapted([1, 1], [1]));
        Assert.Contains("pair 1", Assert.ThrowsAny<ArgumentException>(() => TemperatureLadder.Linear(3).Adapted([1, 0], [1, 0])).Message);
        Assert.Contains("pair 0", Assert.ThrowsAny<ArgumentException>(() => TemperatureLadder.Linear(3).Adapted([1, 1], [2, 0])).Message);
    }

    [Fact]
    public void Adaptation_shares_the_rejections_equally()
    {
        // Rejections 3/4 and 1/4 of many: a third of the way up the cumulative rate lies within the first pair.
        TemperatureLadder ladder = TemperatureLadder.Linear(3);
        long[] proposed = [4_000_000, 4_000_000];
        long[] accepted = [1_000_000, 3_000_000];
        Assert.Equal(1, TemperatureLadder.Barrier(proposed, accepted), 1e-6);
        TemperatureLadder adapted = ladder.Adapted(proposed, accepted);
        Assert.Equal([0, 1.0 / 3, 1], adapted.Betas.ToArray().Select(beta => (double)beta), (a, b) => Math.Abs(a - b) < 1e-6);
        double[] finer = [0, 1.0 / 6, 1.0 / 3, 0.5, 1];
        Assert.Equal(finer, ladder.Adapted(proposed, accepted, levels: 5).Betas.ToArray().Select(beta => (double)beta), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(adapted.Betas.ToArray(), ladder.Adapted(proposed, accepted).Betas.ToArray());
    }

    [Fact]
    public void Pairs_that_always_or_never_swapped_still_give_a_ladder()
    {
        TemperatureLadder ladder = TemperatureLadder.Linear(4, 0.1);
        TemperatureLadder even = ladder.Adapted([10, 10, 10], [10, 10, 10]);
        Assert.Equal(ladder.Betas.ToArray(), even.Betas.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        TemperatureLadder skewed = ladder.Adapted([1_000_000, 1_000_000, 1_000_000], [0, 1_000_000, 1_000_000]);
        Assert.Equal(4, skewed.Levels);
        Assert.True(skewed[2] < ladder[1]);
        Assert.Equal(0.1f, skewed.Betas[0]);
    }

    [Fact]
    public void A_single_level_has_nothing_to_adapt()
    {
        TemperatureLadder one = new([1]);
        Assert.Same(one, one.Adapted([], []));
        Assert.Equal(3, one.Adapted([], [], 3).Levels);
    }

    [Theory]
    [InlineData(3.0, 0.5, 7)]
    [InlineData(3.0, 0.25, 5)]
    [InlineData(2.9, 0.5, 7)]
    [InlineData(0.0, 0.5, 2)]
    public void Levels_for_a_swap_rate_follow_from_the_barrier(double barrier, double rate, int levels) =>
        Assert.Equal(levels, TemperatureLadder.LevelsFor(barrier, rate));
}
