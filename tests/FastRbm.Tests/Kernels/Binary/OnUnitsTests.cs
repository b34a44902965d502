using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Binary;

public sealed unsafe class OnUnitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    [InlineData((128 * 64) + 70)]
    public void Sums_in_tiles_are_exact_at_every_level_and_other_rows_are_not_touched(int units)
    {
        const int Rows = 5;
        SplitMix64 random = new(7);
        BitMatrix states = Translate.Bits([.. Enumerable.Range(0, Rows).Select(row => random.NextBits(units, 0.25 * row))]);
        int tiles = states.WordsPerRow;
        using GuardedBuffer<int> values = GuardedBuffer<int>.EndingAtGuard(tiles * Rows * Tile.Width);
        for (int i = 0; i < values.Span.Length; i++)
        {
            values.Span[i] = (int)random.NextUInt64();
        }

        long[] expected = [11, 22, 33, 44, 55];
        for (int row = 1; row < 4; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                int value = values.Span[(((unit / 64 * Rows) + row) * 64) + (unit % 64)];
                expected[row] += states[row, unit] ? -3L * value : 0;
            }
        }

        foreach (SimdLevel level in Levels.All)
        {
            long[] totals = [11, 22, 33, 44, 55];
            OnUnits.Add(
                level, states.DangerousGetPointer(), tiles, values.Pointer, Tile.Width, Rows * Tile.Width, first: 1, end: 4, factor: -3, totals);
            Assert.Equal(expected, totals);
        }
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(65_535)]
    public void Extreme_values_of_ten_thousand_units_that_are_all_on_do_not_overflow(int value)
    {
        const int Units = 10_000;
        BitMatrix states = Translate.Bits([[.. Enumerable.Repeat(true, Units)]]);
        using GuardedBuffer<int> values = GuardedBuffer<int>.EndingAtGuard(states.WordsPerRow * Tile.Width);
        values.Span.Fill(value);
        foreach (SimdLevel level in Levels.All)
        {
            long[] totals = new long[1];
            OnUnits.Add(level, states.DangerousGetPointer(), states.WordsPerRow, values.Pointer, 0, Tile.Width, 0, 1, 1L << 20, totals);
            Assert.Equal((long)value * Units << 20, totals[0]);
        }
    }
}
