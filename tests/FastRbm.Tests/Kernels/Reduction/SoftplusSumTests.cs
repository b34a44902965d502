using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Reduction;

public sealed unsafe class SoftplusSumTests
{
    private static readonly int[] _scaleBits = [0, 8, 23, 30];

    [Fact]
    public void Every_length_has_the_same_bits_at_every_level_and_is_the_sum_of_softplus()
    {
        SplitMix64 random = new(11);
        for (int units = 0; units <= 256; units++)
        {
            Check(random, units, _scaleBits[units % _scaleBits.Length], stride: Tile.Width * (1 + (units % 3)));
        }

        // Long enough to set exponents aside.
        Check(random, 4096 + 77, 23, Tile.Width);
        Check(random, 20_000, 30, 2 * Tile.Width);
    }

    [Fact]
    public void Extreme_inputs_neither_overflow_nor_vanish()
    {
        foreach (int value in (int[])[int.MinValue, int.MinValue + 1, -1, 0, 1, int.MaxValue])
        {
            foreach (int bits in _scaleBits)
            {
                int[] inputs = [.. Enumerable.Repeat(value, 10_007)];
                Compare(inputs, Lay(inputs, Tile.Width), Tile.Width, bits);
            }
        }
    }

    [Fact]
    public void What_lies_beyond_the_last_unit_is_not_read_into_the_sum()
    {
        int[] inputs = [5, -7, 300];
        int[] first = Lay(inputs, Tile.Width);
        int[] second = Lay(inputs, Tile.Width);
        second.AsSpan(3).Fill(int.MaxValue);
        foreach (SimdLevel level in Levels.All)
        {
            Assert.Equal(Run(level, first, Tile.Width, 3, 4), Run(level, second, Tile.Width, 3, 4));
        }
    }

    private static void Check(SplitMix64 random, int units, int bits, int stride)
    {
        int[] inputs = new int[units];
        for (int i = 0; i < units; i++)
        {
            // All sizes from a bit to 31, both signs.
            inputs[i] = (int)(random.NextUInt64() >> 32) >> random.NextInt(31);
        }

        Compare(inputs, Lay(inputs, stride), stride, bits);
    }

    private static void Compare(int[] inputs, int[] laid, int stride, int bits)
    {
        double scale = Math.ScaleB(1, -bits);
        double expected = Sum(inputs.Select(input => DoubleMath.Softplus(-Math.Abs(input * scale))));
        (double others, double positive) = Run(SimdLevel.Scalar, laid, stride, inputs.Length, bits);
        Assert.Equal(inputs.Sum(input => Math.Max(0L, input)), (long)positive);
        double tolerance = ((inputs.Length + 8) * Math.ScaleB(1, -52)) + (4e-16 * others);
        Assert.True(Math.Abs(others - expected) <= tolerance, $"{inputs.Length} units, {bits} bits: expected {expected}, found {others}");
        foreach (SimdLevel level in Levels.All)
        {
            Assert.Equal((others, positive), Run(level, laid, stride, inputs.Length, bits));
        }
    }

    /// <summary>A compensated sum: the rounding of every addition is kept.</summary>
    private static double Sum(IEnumerable<double> terms)
    {
        double sum = 0;
        double lost = 0;
        foreach (double term in terms)
        {
            double next = sum + term;
            lost += term - (next - sum);
            sum = next;
        }

        return sum + lost;
    }

    /// <summary>Inputs in tiles of 64 with a stride, at the end of a guarded buffer's worth of other numbers.</summary>
    private static int[] Lay(int[] inputs, int stride)
    {
        int[] laid = new int[Math.Max(1, Tile.Count(inputs.Length)) * stride];
        Array.Fill(laid, 123_456_789);
        for (int i = 0; i < inputs.Length; i++)
        {
            laid[(i / Tile.Width * stride) + (i % Tile.Width)] = inputs[i];
        }

        return laid;
    }

    private static (double Others, double Positive) Run(SimdLevel level, int[] laid, int stride, int units, int bits)
    {
        using GuardedBuffer<int> buffer = GuardedBuffer<int>.EndingAtGuard(laid.Length - (stride - Tile.Width));
        laid.AsSpan(0, buffer.Length).CopyTo(buffer.Span);
        double others = SoftplusSum.Run(level, buffer.Pointer, stride, units, Math.ScaleB(1, -bits), out double positive);
        return (others, positive);
    }
}
