using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed class GateRowTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 2 }, { 63, 3 }, { 64, 1 }, { 65, 2 }, { 130, 5 }, { 2, 70 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Means_are_those_of_the_formulas_and_the_same_at_every_level(int gates, int subspaces)
    {
        float[] inputs = Inputs(gates, subspaces);
        float[] first = new float[inputs.Length];
        GateRow.Means(SimdLevel.Scalar, inputs, gates, subspaces, first);
        for (int gate = 0; gate < gates; gate++)
        {
            double input = inputs[(gates * subspaces) + gate] - (subspaces * Math.Log(2));
            double size = Math.Abs(input);
            for (int k = 0; k < subspaces; k++)
            {
                input += ReferenceMath.Softplus(inputs[(k * gates) + gate]);
                size += ReferenceMath.Softplus(inputs[(k * gates) + gate]);
            }

            // K + 1 roundings of a sum of that size, each 2^-24 of it, a quarter of which is the largest slope of a sigmoid; and 4 ULP of the functions.
            double bound = (0.25 * (subspaces + 2) * size * Math.Pow(2, -23)) + 1e-6;
            double open = ReferenceMath.Sigmoid(input);
            Assert.InRange(first[(gates * subspaces) + gate], open - bound, open + bound);
            for (int k = 0; k < subspaces; k++)
            {
                double mean = open * ReferenceMath.Sigmoid(inputs[(k * gates) + gate]);
                Assert.InRange(first[(k * gates) + gate], mean - bound, mean + bound);
            }
        }

        foreach (SimdLevel level in Levels.All)
        {
            float[] inPlace = [.. inputs];
            GateRow.Means(level, inPlace, gates, subspaces, inPlace);
            Assert.Equal(first, inPlace);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public unsafe void Fixed_means_and_samples_are_the_same_at_every_level(int gates, int subspaces)
    {
        float[] inputs = Inputs(gates, subspaces);
        int words = BitMatrix.WordsFor(inputs.Length);
        ulong[]? states = null;
        int[]? means = null;
        foreach (SimdLevel level in Levels.All)
        {
            ulong[] bits = new ulong[words];
            Array.Fill(bits, ulong.MaxValue);
            GateRow.Sample(level, inputs, gates, subspaces, new RandomStream(3, StreamPurpose.HiddenSample, 5, 7), new RandomStream(3, StreamPurpose.HiddenTie, 5, 7), bits);
            int[] rounded = new int[words * 64 * 2];
            Array.Fill(rounded, -1);
            fixed (int* target = rounded)
            {
                GateRow.FixedMeans(level, inputs, gates, subspaces, 1 << 24, target, 2, 1);
            }

            states ??= bits;
            means ??= rounded;
            Assert.Equal(states, bits);
            Assert.Equal(means, rounded);
        }

        // Row 0 of the two is another row's; pads are zero.
        Assert.All(Enumerable.Range(0, words), tile => Assert.All(means!.AsSpan(tile * 128, 64).ToArray(), static value => Assert.Equal(-1, value)));
        Assert.Equal(0UL, states![^1] & ~BitMatrix.LastWordMask(inputs.Length));
    }

    [Fact]
    public void Ranges_of_bits_are_read_set_and_kept_anywhere()
    {
        SplitMix64 random = new(4);
        for (int round = 0; round < 300; round++)
        {
            bool[] row = random.NextBits(192);
            int count = 1 + random.NextInt(64);
            int first = random.NextInt(192 - count + 1);
            ulong value = random.NextUInt64();
            ulong[] bits = Pack(row);
            ulong found = BitRanges.Get(bits, first, count);
            ulong[] set = Pack(row);
            BitRanges.Set(set, first, count, value);
            ulong[] kept = Pack(row);
            BitRanges.Keep(kept, first, count, value);
            for (int i = 0; i < 192; i++)
            {
                bool inside = i >= first && i < first + count;
                bool wanted = inside && (value >> (i - first) & 1) != 0;
                Assert.Equal(inside && row[i], inside && (found >> (i - first) & 1) != 0);
                Assert.Equal(row[i] || wanted, (set[i >> 6] >> (i & 63) & 1) != 0);
                Assert.Equal(row[i] && (!inside || wanted), (kept[i >> 6] >> (i & 63) & 1) != 0);
            }

            Assert.Equal(0UL, count == 64 ? 0 : found >> count);
        }
    }

    private static float[] Inputs(int gates, int subspaces)
    {
        float[] inputs = new SplitMix64(9).NextFloats(gates * (subspaces + 1), -6, 6);
        inputs[0] = 60;
        inputs[^1] = -40;
        return inputs;
    }

    private static ulong[] Pack(bool[] row)
    {
        ulong[] bits = new ulong[(row.Length + 63) / 64];
        for (int i = 0; i < row.Length; i++)
        {
            bits[i >> 6] |= (row[i] ? 1UL : 0) << (i & 63);
        }

        return bits;
    }
}
