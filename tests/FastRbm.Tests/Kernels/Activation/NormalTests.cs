using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed class NormalTests
{
    private static readonly RandomStream _draws = new(11, StreamPurpose.VisibleSample, 3, 5);

    [Fact]
    public void Normal_numbers_are_those_of_box_and_muller_from_the_documented_draws()
    {
        float[] values = new float[64 * 200];
        NormalRow.Fill(SimdLevel.Scalar, _draws, values);
        for (int unit = 0; unit < values.Length; unit++)
        {
            int tile = unit / 64;
            int block = unit % 16;
            int pair = unit % 64 / 32;
            uint first = _draws.Bits((((16L * tile) + block) * 4) + (2 * pair));
            uint second = _draws.Bits((((16L * tile) + block) * 4) + (2 * pair) + 1);
            double radius = Math.Sqrt(-2 * Math.Log(((first >> 1) + 0.5) / (1L << 31)));
            double angle = 2 * Math.PI * second / 4294967296.0;
            double expected = radius * (unit % 32 < 16 ? Math.Cos(angle) : Math.Sin(angle));

            // Of u half a ULP, which is 2^-24 / u of log u and so over r of r; of the rest 4 ULP of the radius.
            double u = ((first >> 1) + 0.5) / (1L << 31);
            double bound = (Math.ScaleB(1, -25) / radius) + (4 * Math.ScaleB(radius, -24));
            Assert.True(Math.Abs(values[unit] - expected) <= bound, $"unit {unit}, u {u:R}: expected {expected:R}, found {values[unit]:R}, bound {bound}");
        }
    }

    [Fact]
    public void Every_level_and_every_length_gives_the_same_bits()
    {
        SplitMix64 random = new(1);
        float[] inputs = random.NextFloats(256, -5, 5);
        float[] logPrecisions = random.NextFloats(256, -4, 4);
        float[] noise = new float[256];
        float[] states = new float[256];
        float[] means = new float[256];
        float[] variances = new float[256];
        NormalRow.Fill(SimdLevel.Scalar, _draws, noise);
        NormalRow.Sample(SimdLevel.Scalar, inputs, logPrecisions, _draws, states);
        NormalRow.Means(SimdLevel.Scalar, inputs, logPrecisions, means);
        NormalRow.Variances(SimdLevel.Scalar, logPrecisions, variances);
        for (int length = 0; length <= 256; length++)
        {
            foreach (SimdLevel level in Levels.All)
            {
                using GuardedBuffer<float> x = GuardedBuffer<float>.EndingAtGuard(inputs.AsSpan(0, length));
                using GuardedBuffer<float> l = GuardedBuffer<float>.EndingAtGuard(logPrecisions.AsSpan(0, length));
                using GuardedBuffer<float> y = GuardedBuffer<float>.EndingAtGuard(length);
                NormalRow.Fill(level, _draws, y.Span);
                Assert.True(noise.AsSpan(0, length).SequenceEqual(y.Span));
                NormalRow.Sample(level, x.Span, l.Span, _draws, y.Span);
                Assert.True(states.AsSpan(0, length).SequenceEqual(y.Span));
                NormalRow.Means(level, x.Span, l.Span, y.Span);
                Assert.True(means.AsSpan(0, length).SequenceEqual(y.Span));
                NormalRow.Variances(level, l.Span, y.Span);
                Assert.True(variances.AsSpan(0, length).SequenceEqual(y.Span));
                Assert.True(inputs.AsSpan(0, length).SequenceEqual(x.Span));
                NormalRow.Sample(level, x.Span, l.Span, _draws, x.Span);
                Assert.True(states.AsSpan(0, length).SequenceEqual(x.Span));
            }
        }
    }

    [Fact]
    public void States_are_means_plus_deviations_times_the_noise()
    {
        SplitMix64 random = new(2);
        float[] inputs = random.NextFloats(1000, -5, 5);
        float[] logPrecisions = random.NextFloats(1000, -4, 4);
        float[] noise = new float[1000];
        float[] states = new float[1000];
        NormalRow.Fill(SimdSelection.Current, _draws, noise);
        NormalRow.Sample(SimdSelection.Current, inputs, logPrecisions, _draws, states);
        for (int unit = 0; unit < 1000; unit++)
        {
            double deviation = Math.Exp(-0.5 * logPrecisions[unit]);
            double mean = inputs[unit] * deviation * deviation;
            double bound = 4 * Math.ScaleB(Math.Abs(mean) + (deviation * Math.Abs(noise[unit])), -23);
            Assert.InRange(states[unit] - (mean + (deviation * noise[unit])), -bound, bound);
        }

        Assert.Throws<ArgumentException>(() => NormalRow.Means(SimdLevel.Scalar, inputs, logPrecisions, new float[3]));
        Assert.Throws<ArgumentException>(() => NormalRow.Means(SimdLevel.Scalar, inputs, new float[3], new float[1000]));
    }
}
