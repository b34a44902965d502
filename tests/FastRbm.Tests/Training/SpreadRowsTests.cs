using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class SpreadRowsTests
{
    [Fact]
    public void Every_row_is_picked_once()
    {
        for (int rows = 1; rows < 300; rows++)
        {
            SpreadRows spread = new(rows);
            Assert.Equal(Enumerable.Range(0, rows), Enumerable.Range(0, rows).Select(index => spread[index]).Order());
        }
    }

    [Theory]
    [InlineData(5_000, 2_000)]
    [InlineData(5_000, 100)]
    [InlineData(60_000, 2_000)]
    public void Classes_that_take_turns_are_all_met_alike(int rows, int picks)
    {
        SpreadRows spread = new(rows);
        int[] counts = new int[10];
        for (int index = 0; index < picks; index++)
        {
            counts[spread[index] % 10]++;
        }

        Assert.All(counts, count => Assert.InRange(count, picks / 10 * 0.9, picks / 10 * 1.1));
    }
}
