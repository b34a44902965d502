using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed class BernoulliTests
{
    private static readonly RandomStream _draws = new(11, StreamPurpose.HiddenSample, 3, 5);
    private static readonly RandomStream _ties = new(11, StreamPurpose.HiddenTie, 3, 5);

    [Fact]
    public void A_unit_takes_its_less_likely_state_exactly_when_its_48_bit_uniform_is_below_that_probability()
    {
        SplitMix64 random = new(1);
        for (int round = 0; round < 400; round++)
        {
            float[] inputs = random.NextFloats(130, -12, 12);
            bool[] expected = Expected(inputs);
            Assert.All(Levels.All, level => Assert.Equal(expected, Sample(level, inputs)));
        }
    }

    [Fact]
    public void Ties_of_the_first_16_bits_are_decided_by_the_next_32()
    {
        // Inputs whose probability falls into the cell of the unit's own first 16 bits: every unit is a tie.
        float[] inputs = new float[512];
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            // The less likely state has probability at most one half: draws above it cannot tie.
            double probability = (ShortDraw(unit) + 0.5) / 65536;
            inputs[unit] = probability < 0.5 ? (float)Math.Log(probability / (1 - probability)) : 0;
        }

        int tied = Enumerable.Range(0, inputs.Length).Count(unit => Math.Floor(Unlikely(inputs[unit]) * 65536) == ShortDraw(unit));
        Assert.InRange(tied, 200, 300);
        bool[] expected = Expected(inputs);
        int on = Enumerable.Range(0, inputs.Length).Count(unit => inputs[unit] < 0 && expected[unit]);
        Assert.InRange(on, 80, 180);
        Assert.All(Levels.All, level => Assert.Equal(expected, Sample(level, inputs)));
    }

    [Fact]
    public unsafe void Fixed_point_inputs_are_decided_as_the_division_decides_on_both_sides_of_every_boundary()
    {
        // The same in all 64 lanes: beside a doubtful neighbour the exact path would mend a wrong decision.
        const int ScaleBits = 20;
        SplitMix64 random = new(4);
        int* sums = stackalloc int[64];
        ushort* draws = stackalloc ushort[64];
        for (int round = 0; round < 20_000; round++)
        {
            double range = Math.Pow(10, (round % 4) - 2) * 2;
            int sum = (int)Math.ScaleB(random.NextFloats(1, -1, 1)[0] * range, ScaleBits);
            new Span<int>(sums, 64).Fill(sum);
            int boundary = (int)(Unlikely((float)sum * (1f / (1 << ScaleBits))) * 65536);
            for (int offset = -12; offset <= 12; offset++)
            {
                new Span<ushort>(draws, 64).Fill((ushort)Math.Clamp(boundary + offset, 0, 65535));
                ulong expected = Divided<Vector256<float>, Vector256<int>, Simd256>(sums, draws);
                Assert.Equal(expected, Undivided<Vector256<float>, Vector256<int>, Simd256>(sums, draws));
                if (round % 20 == 0)
                {
                    Assert.Equal(expected, Undivided<float, int, ScalarSimd>(sums, draws));
                    Assert.Equal(expected, Undivided<Vector128<float>, Vector128<int>, Simd128>(sums, draws));
                    Assert.Equal(expected, Undivided<Vector512<float>, Vector512<int>, Simd512>(sums, draws));
                }
            }
        }

        static ulong Undivided<TFloat, TInt, TOps>(int* sums, ushort* draws)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> =>
            BernoulliTile.SampleSums<TFloat, TInt, TOps>(sums, 1f / (1 << ScaleBits), draws, _ties, 0);

        static ulong Divided<TFloat, TInt, TOps>(int* sums, ushort* draws)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            float* x = stackalloc float[64];
            BernoulliTile.ToInputs<TFloat, TInt, TOps>(sums, 1f / (1 << ScaleBits), x);
            return BernoulliTile.Sample<TFloat, TInt, TOps>(x, draws, _ties, 0);
        }
    }

    [Fact]
    public void Extreme_inputs_give_certain_states()
    {
        float[] inputs = [1e30f, -1e30f, 3e38f, -3e38f, 200, -200, float.PositiveInfinity, float.NegativeInfinity];
        bool[] expected = [true, false, true, false, true, false, true, false];
        Assert.All(Levels.All, level => Assert.Equal(expected, Sample(level, inputs)));
    }

    [Fact]
    public unsafe void Fixed_means_are_the_rounded_sigmoid_and_zero_past_the_end()
    {
        SplitMix64 random = new(2);
        foreach (int length in new[] { 1, 3, 63, 64, 65, 127, 130 })
        {
            float[] inputs = random.NextFloats(length, -30, 30);
            float[] sigmoid = new float[length];
            ElementaryKernels.Sigmoid(SimdLevel.Scalar, inputs, sigmoid);
            foreach (SimdLevel level in Levels.All)
            {
                int tiles = (length + 63) / 64;
                using GuardedBuffer<int> means = GuardedBuffer<int>.EndingAtGuard(tiles * 2 * 64);
                means.Span.Fill(-1);
                BernoulliRow.FixedMeans(level, inputs, 1 << 24, means.Pointer, 2, 1);
                for (int unit = 0; unit < tiles * 64; unit++)
                {
                    int expected = unit < length ? (int)Math.Round((double)sigmoid[unit] * (1 << 24)) : 0;
                    Assert.Equal(expected, means.Span[(((unit / 64 * 2) + 1) * 64) + (unit % 64)]);
                    Assert.Equal(-1, means.Span[(unit / 64 * 2 * 64) + (unit % 64)]);
                }
            }
        }
    }

    [Fact]
    public void Every_length_gives_the_same_draws_and_clean_pad_bits()
    {
        float[] inputs = new SplitMix64(3).NextFloats(256, -3, 3);
        bool[] all = Sample(SimdLevel.Scalar, inputs);
        for (int length = 1; length <= inputs.Length; length++)
        {
            foreach (SimdLevel level in Levels.All)
            {
                ulong[] words = new ulong[(length + 63) / 64];
                BernoulliRow.Sample(level, inputs.AsSpan(0, length), _draws, _ties, words);
                Assert.Equal(all[..length], Unpack(words, length));
                Assert.Equal(0UL, length % 64 == 0 ? 0 : words[^1] >> (length % 64));
            }
        }
    }

    private static bool[] Sample(SimdLevel level, float[] inputs)
    {
        ulong[] words = new ulong[(inputs.Length + 63) / 64];
        BernoulliRow.Sample(level, inputs, _draws, _ties, words);
        float[] states = new float[inputs.Length];
        BernoulliRow.Sample(level, inputs, _draws, _ties, states);
        bool[] bits = Unpack(words, inputs.Length);
        Assert.Equal(bits, Array.ConvertAll(states, state => state == 1));
        return bits;
    }

    private static bool[] Unpack(ulong[] words, int length) =>
        [.. Enumerable.Range(0, length).Select(unit => (words[unit / 64] >> (unit % 64) & 1) != 0)];

    private static bool[] Expected(float[] inputs)
    {
        bool[] states = new bool[inputs.Length];
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double uniform = (ShortDraw(unit) + (_ties.Bits(unit) / 4294967296.0)) / 65536;
            states[unit] = (uniform < Unlikely(inputs[unit])) ^ (inputs[unit] > 0);
        }

        return states;
    }

    /// <summary>The documented place of a unit's first 16 bits.</summary>
    private static int ShortDraw(int unit)
    {
        int word = unit / 64;
        int group = unit % 64 / 16;
        int lane = unit % 16 / 2;
        uint bits = _draws.Bits((((8L * word) + lane) * 4) + group);
        return (int)(unit % 2 == 0 ? bits & 0xFFFF : bits >> 16);
    }

    private static double Unlikely(float input)
    {
        float e = FloatFunctions.ExpNegativeOfAbs<float, int, ScalarSimd>(input);
        return (e * 65536f) / (1f + e) / 65536.0;
    }
}
