using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed class PottsTests
{
    private static readonly RandomStream _draws = new(11, StreamPurpose.HiddenSample, 3, 5);

    /// <summary>Group sizes: both ways, full and part lanes, mixtures, more than a tile of draws, more than the buffers.</summary>
    public static TheoryData<string> Sizes =>
    [
        "2", "3,2", "2x16", "2x70", "3x64", "5x33", "7x17", "15x16", "16x40", "31,32,33", "50x5", "64x17", "65x3", "2x3,70,2x20,100,3",
        "1023", "1024", "1025", "2,2049,5", "3000,2", "17,1,16,1,2",
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_category_is_the_first_whose_integer_weights_exceed_the_threshold(string sizes)
    {
        int[] starts = Starts(sizes);
        SplitMix64 random = new(1);
        foreach (float range in (float[])[0.3f, 4, 200])
        {
            float[] inputs = random.NextFloats(starts[^1], -range, range);
            int[] expected = [.. Enumerable.Range(0, starts.Length - 1).Select(group => Expected(inputs, starts, group))];
            foreach (SimdLevel level in Levels.All)
            {
                using GuardedBuffer<float> guarded = GuardedBuffer<float>.EndingAtGuard(inputs);
                using GuardedBuffer<float> states = GuardedBuffer<float>.EndingAtGuard(inputs.Length);
                using GuardedBuffer<ulong> bits = GuardedBuffer<ulong>.EndingAtGuard((inputs.Length + 63) / 64);
                bits.Span.Fill(ulong.MaxValue);
                states.Span.Fill(float.NaN);
                PottsRow.Sample(level, guarded.Span, starts, _draws, states.Span);
                PottsRow.Sample(level, guarded.Span, starts, _draws, bits.Span);
                Assert.Equal(inputs, guarded.Span.ToArray());
                AssertOneHot(expected, states.Span.ToArray(), $"{sizes}, {level}");
                AssertOneHot(expected, [.. Enumerable.Range(0, bits.Length * 64).Select(i => (float)(bits.Span[i / 64] >> (i % 64) & 1))], $"{sizes}, {level}, bits");
                PottsRow.Sample(level, guarded.Span, starts, _draws, guarded.Span);
                Assert.Equal(states.Span.ToArray(), guarded.Span.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public unsafe void Means_are_the_softmax_with_the_same_bits_at_every_level_and_fixed_means_their_rounding(string sizes)
    {
        int[] starts = Starts(sizes);
        SplitMix64 random = new(2);
        float[] inputs = random.NextFloats(starts[^1], -6, 6);
        float[] scalar = new float[inputs.Length];
        PottsRow.Means(SimdLevel.Scalar, inputs, starts, scalar);
        for (int group = 0; group < starts.Length - 1; group++)
        {
            double[] own = Translate.ToDoubles(inputs.AsSpan(starts[group], starts[group + 1] - starts[group]).ToArray());
            double total = own.Sum(x => Math.Exp(x - own.Max()));
            for (int k = 0; k < own.Length; k++)
            {
                // Of sums in 16 lanes of up to 3000 / 16 numbers each; and the rounding of the difference, up to 12 ULP.
                double exact = Math.Exp(own[k] - own.Max()) / total;
                Assert.InRange(Ulp.Error(scalar[starts[group] + k], exact), 0, 16 + (own.Length / 64.0));
            }
        }

        foreach (SimdLevel level in Levels.All)
        {
            using GuardedBuffer<float> guarded = GuardedBuffer<float>.EndingAtGuard(inputs);
            using GuardedBuffer<float> means = GuardedBuffer<float>.EndingAtGuard(inputs.Length);
            PottsRow.Means(level, guarded.Span, starts, means.Span);
            Assert.Equal(scalar, means.Span.ToArray());
            int tiles = (inputs.Length + 63) / 64;
            using GuardedBuffer<int> fixedMeans = GuardedBuffer<int>.EndingAtGuard(tiles * 2 * 64);
            fixedMeans.Span.Fill(-1);
            PottsRow.FixedMeans(level, guarded.Span, starts, 1 << 20, fixedMeans.Pointer, 2, 1);
            for (int unit = 0; unit < tiles * 64; unit++)
            {
                int expected = unit < inputs.Length ? (int)Math.Round((double)scalar[unit] * (1 << 20)) : 0;
                Assert.Equal(expected, fixedMeans.Span[(((unit / 64 * 2) + 1) * 64) + (unit % 64)]);
                Assert.Equal(-1, fixedMeans.Span[(unit / 64 * 2 * 64) + (unit % 64)]);
            }

            PottsRow.Means(level, guarded.Span, starts, guarded.Span);
            Assert.Equal(scalar, guarded.Span.ToArray());
        }
    }

    [Fact]
    public void Extreme_inputs_give_certain_categories()
    {
        float[] inputs = [-3e38f, 3e38f, 0, -3e38f, -3e38f, -3e38f, 1e30f, 0, 100, 0, -100, 0];
        int[] starts = [0, 3, 6, 9, 12];
        foreach (SimdLevel level in Levels.All)
        {
            float[] states = new float[12];
            float[] means = new float[12];
            PottsRow.Sample(level, inputs, starts, _draws, states);
            PottsRow.Means(level, inputs, starts, means);
            Assert.Equal([0, 1, 0], states[..3]);
            Assert.Equal(1, states[3..6].Sum());
            Assert.Equal([1, 0, 0], states[6..9]);
            Assert.Equal([0, 1, 0], means[..3]);
            Assert.Equal([1 / 3f, 1 / 3f, 1 / 3f], means[3..6]);
            Assert.All(means, mean => Assert.InRange(mean, 0, 1));
        }
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PottsRow.Means(SimdLevel.Scalar, new float[5], [0, 2, 4], new float[5]));
        Assert.Throws<ArgumentException>(() => PottsRow.Means(SimdLevel.Scalar, new float[4], [0, 2, 4], new float[5]));
        Assert.Throws<ArgumentException>(() => PottsRow.Sample(SimdLevel.Scalar, new float[4], [0, 2, 4], _draws, new float[3]));
    }

    private static int[] Starts(string sizes)
    {
        List<int> starts = [0];
        foreach (string run in sizes.Split(','))
        {
            string[] parts = run.Split('x');
            for (int i = 0; i < (parts.Length > 1 ? int.Parse(parts[1], null) : 1); i++)
            {
                starts.Add(starts[^1] + int.Parse(parts[0], null));
            }
        }

        return [.. starts];
    }

    // As documented, one category after the other.
    private static int Expected(float[] inputs, int[] starts, int group)
    {
        float[] own = inputs[starts[group]..starts[group + 1]];
        int bits = 31;
        while ((own.Length << bits) >> bits != own.Length || (long)own.Length << bits >= 1L << 31)
        {
            bits--;
        }

        float largest = own.Max();
        long[] weights = Array.ConvertAll(own, input =>
            (long)Math.Round(Math.ScaleB(FloatFunctions.ExpNegativeOfAbs<float, int, ScalarSimd>(input - largest), bits)));
        int tile = group / 64;
        long draw = _draws.Bits((64L * tile) + (4 * (group % 16)) + (group % 64 / 16));
        long threshold = (long)(((UInt128)draw * (UInt128)weights.Sum()) >> 32);
        int category = 0;
        for (long sum = weights[0]; sum <= threshold; sum += weights[category])
        {
            category++;
        }

        return starts[group] + category;
    }

    private static void AssertOneHot(int[] expected, float[] states, string what)
    {
        int[] found = [.. Enumerable.Range(0, states.Length).Where(i => states[i] != 0)];
        Assert.True(expected.SequenceEqual(found), $"{what}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
        Assert.All(states, state => Assert.True(state is 0 or 1));
    }
}
