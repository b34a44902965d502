using FastRbm.Random;

namespace FastRbm.Tests.Random;

public sealed class PhiloxTests
{
    // Known answers published with the generator (Random123, kat_vectors).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffff_ffffffffUL, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0_a4093822UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers_come_out(uint c0, uint c1, uint c2, uint c3, ulong key, uint r0, uint r1, uint r2, uint r3)
    {
        Philox.Block(ref c0, ref c1, ref c2, ref c3, key);
        Assert.Equal((r0, r1, r2, r3), (c0, c1, c2, c3));
    }

    [Fact]
    public void A_stream_is_its_documented_counter()
    {
        RandomStream stream = new(0x123456789ABCDEF0, StreamPurpose.Shuffle, (5L << 32) | 77, 9);
        for (long index = 0; index < 12; index++)
        {
            uint c0 = (uint)(index / 4);
            uint c1 = 9;
            uint c2 = 77;
            uint c3 = ((uint)StreamPurpose.Shuffle << 24) | 5;
            Philox.Block(ref c0, ref c1, ref c2, ref c3, 0x123456789ABCDEF0);
            uint[] block = [c0, c1, c2, c3];
            Assert.Equal(block[index % 4], stream.Bits(index));
            stream.Block(index / 4, out uint b0, out uint b1, out uint b2, out uint b3);
            Assert.Equal<uint>(block, new uint[] { b0, b1, b2, b3 });
        }
    }

    [Fact]
    public void Streams_that_differ_in_anything_differ()
    {
        uint[] first =
        [
            new RandomStream(1, StreamPurpose.Shuffle, 1, 1).Bits(0),
            new RandomStream(2, StreamPurpose.Shuffle, 1, 1).Bits(0),
            new RandomStream(1UL << 32, StreamPurpose.Shuffle, 1, 1).Bits(0),
            new RandomStream(1, StreamPurpose.HiddenSample, 1, 1).Bits(0),
            new RandomStream(1, StreamPurpose.Shuffle, 2, 1).Bits(0),
            new RandomStream(1, StreamPurpose.Shuffle, 1L << 40, 1).Bits(0),
            new RandomStream(1, StreamPurpose.Shuffle, 1, 2).Bits(0),
            new RandomStream(1, StreamPurpose.Shuffle, 1, 1).Bits(1),
            new RandomStream(1, StreamPurpose.Shuffle, 1, 1).Bits(4),
        ];
        Assert.Equal(first.Length, first.Distinct().Count());
        Assert.Equal(first[6], new RandomStream(1, StreamPurpose.Shuffle, 1, 1).ForChain(2).Bits(0));
        Assert.Equal(first[5], new RandomStream(1, StreamPurpose.Shuffle, 1L << 40, 7).ForChain(1).Bits(0));
    }

    [Fact]
    public void Purposes_have_numbers_of_their_own()
    {
        int[] numbers = [.. Enum.GetValues<StreamPurpose>().Select(purpose => (int)purpose)];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.InRange(number, 1, 255));
    }

    [Fact]
    public void Uniforms_and_integers_stay_in_their_range()
    {
        RandomStream stream = new(3, StreamPurpose.Shuffle, 0, 0);
        int[] counts = new int[7];
        double sum = 0;
        for (int i = 0; i < 70_000; i++)
        {
            counts[stream.Below(i, 7)]++;
            double u = stream.Uniform(i);
            Assert.InRange(u, 0, 1 - 1e-17);
            sum += u;
        }

        // Five standard errors; the seed is fixed.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 463, 10_000 + 463));
        Assert.InRange(sum / 70_000, 0.5 - 0.0055, 0.5 + 0.0055);
    }
}
