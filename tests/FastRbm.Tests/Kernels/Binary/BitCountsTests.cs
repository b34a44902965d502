using FastRbm.Kernels.Binary;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Binary;

public sealed class BitCountsTests
{
    [Fact]
    public void Counts_are_those_of_single_bits_at_every_length()
    {
        SplitMix64 random = new(1);
        for (int words = 0; words <= 20; words++)
        {
            bool[] first = random.NextBits(64 * words);
            bool[] second = random.NextBits(64 * words, 0.2);
            int both = first.Zip(second).Count(static pair => pair.First && pair.Second);
            int different = first.Zip(second).Count(static pair => pair.First != pair.Second);
            Assert.Equal((both, different), (BitCounts.Both(Pack(first), Pack(second)), BitCounts.Different(Pack(first), Pack(second))));
        }
    }

    [Fact]
    public void A_square_is_turned_bit_by_bit()
    {
        SplitMix64 random = new(2);
        ulong[] square = [.. Enumerable.Range(0, 64).Select(_ => random.NextUInt64())];
        ulong[] turned = [.. square];
        BitCounts.Transpose(turned);
        for (int i = 0; i < 64; i++)
        {
            for (int j = 0; j < 64; j++)
            {
                Assert.Equal(square[i] >> j & 1, turned[j] >> i & 1);
            }
        }
    }

    private static ulong[] Pack(bool[] bits)
    {
        ulong[] words = new ulong[bits.Length / 64];
        for (int i = 0; i < bits.Length; i++)
        {
            words[i / 64] |= (bits[i] ? 1UL : 0) << (i % 64);
        }

        return words;
    }
}
