using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class SplitMix64Tests
{
    [Fact]
    public void The_numbers_are_the_published_ones()
    {
        SplitMix64 random = new(1234567);
        ulong[] numbers = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], numbers);
    }

    [Fact]
    public void Uniforms_integers_and_bits_keep_to_their_range_and_mean()
    {
        const int Draws = 100_000;
        SplitMix64 random = new(1);
        double[] uniforms = random.NextDoubles(Draws);
        Assert.All(uniforms, u => Assert.InRange(u, 0, Math.BitDecrement(1.0)));
        Assert.Equal(0.5, uniforms.Average(), MonteCarlo.MeanBound(Math.Sqrt(1.0 / 12), Draws, 1e-6));
        Assert.Equal(0.3, random.NextBits(Draws, 0.3).Average(bit => bit ? 1 : 0), MonteCarlo.MeanBound(Math.Sqrt(0.21), Draws, 1e-6));
        float[] floats = random.NextFloats(Draws, -3, 1);
        Assert.All(floats, value => Assert.InRange(value, -3, 1));
        Assert.Equal(-1, floats.Average(), MonteCarlo.MeanBound(4 * Math.Sqrt(1.0 / 12), Draws, 1e-6));
        long[] counts = new long[7];
        for (int draw = 0; draw < Draws; draw++)
        {
            counts[random.NextInt(7)]++;
        }

        Assert.InRange(GTest.Of(counts, [.. Enumerable.Repeat(1.0 / 7, 7)]).PValue, 1e-6, 1);
    }

    [Fact]
    public void Cells_come_with_their_probabilities()
    {
        SplitMix64 random = new(2);
        double[] probabilities = [0.5, 0, 0.2, 0.3];
        long[] counts = new long[4];
        for (int draw = 0; draw < 100_000; draw++)
        {
            counts[random.NextCell(probabilities)]++;
        }

        Assert.InRange(GTest.Of(counts, probabilities).PValue, 1e-6, 1);
    }
}
