using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Memory;

public sealed class BitMatrixTests
{
    [Fact]
    public void What_is_written_is_read_back_and_pad_bits_stay_zero() =>
        Properties.Hold(RandomModels.BitPatterns(), pattern =>
        {
            BitMatrix bits = Translate.Bits(pattern.ToRows());
            for (int row = 0; row < pattern.Rows; row++)
            {
                Assert.Equal(pattern.Row(row), Translate.Row(bits, row));
                Assert.Equal(pattern.Row(row).Count(on => on), bits.CountOn(row));
                Assert.Equal(0UL, bits.Row(row)[^1] & ~BitMatrix.LastWordMask(bits.Columns));
            }
        });

    [Theory]
    [InlineData(1, 1, 1UL)]
    [InlineData(63, 1, 0x7FFF_FFFF_FFFF_FFFFUL)]
    [InlineData(64, 1, ulong.MaxValue)]
    [InlineData(65, 2, 1UL)]
    [InlineData(784, 13, 0xFFFFUL)]
    public void Words_and_masks_fit_the_columns(int columns, int words, ulong mask)
    {
        Assert.Equal(words, BitMatrix.WordsFor(columns));
        Assert.Equal(mask, BitMatrix.LastWordMask(columns));
    }

    [Fact]
    public void A_bit_that_is_cleared_leaves_its_neighbours()
    {
        BitMatrix bits = new(1, 3);
        bits[0, 0] = true;
        bits[0, 1] = true;
        bits[0, 1] = false;
        Assert.True(bits[0, 0]);
        Assert.False(bits[0, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => bits[0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => bits[1, 0]);
    }
}
