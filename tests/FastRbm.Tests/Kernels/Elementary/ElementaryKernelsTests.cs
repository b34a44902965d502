using System.Runtime.Intrinsics;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Tests.Kernels.Elementary;

public sealed class ElementaryKernelsTests
{
    private static readonly SimdLevel[] _levels = Enum.GetValues<SimdLevel>();

    private delegate void Kernel(SimdLevel level, ReadOnlySpan<float> x, Span<float> y);

    public static TheoryData<string> Functions => ["exp", "log", "sigmoid", "softplus", "tanh", "slope of sigmoid", "exp of negative absolute value"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Errors_stay_within_the_stated_bound_over_all_exponents(string name)
    {
        (Kernel kernel, Func<double, double> exact, double bound) = Get(name);
        const int Batch = 4096;
        const uint Step = 997;
        float[] x = new float[Batch];
        float[] y = new float[Batch];
        double worst = 0;
        float at = 0;
        for (ulong start = 0; start < 1UL << 32; start += (ulong)Batch * Step)
        {
            for (int i = 0; i < Batch; i++)
            {
                x[i] = BitConverter.UInt32BitsToSingle(unchecked((uint)(start + ((ulong)i * Step))));
            }

            kernel(SimdSelection.Current, x, y);
            for (int i = 0; i < Batch; i++)
            {
                double error = Error(x[i], y[i], exact(x[i]));
                if (!(error <= worst))
                {
                    worst = error;
                    at = x[i];
                }
            }
        }

        Assert.True(worst <= bound, $"{name}: {worst:F4} ULP at {at:R}, allowed {bound}");
        Assert.True(worst > 0.5, $"{name}: {worst:F4} ULP: too good to be true, nothing was compared");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void All_levels_give_the_same_bits(string name)
    {
        Kernel kernel = Get(name).Kernel;
        const int Count = 1 << 18;
        float[] x = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            // Half of the arguments over all bit patterns, half in the range that models use.
            x[i] = (i & 1) == 0 ? BitConverter.UInt32BitsToSingle((uint)i << 14) : (i - (Count / 2)) * (200f / Count);
        }

        float[] expected = new float[Count];
        float[] found = new float[Count];
        kernel(SimdLevel.Scalar, x, expected);
        foreach (SimdLevel level in _levels)
        {
            kernel(level, x, found);
            AssertSameBits(expected, found, $"{name}, {level}");
        }
    }

    [Theory]
    [InlineData("exp", 2416740021u)]
    [InlineData("log", 1063734487u)]
    [InlineData("sigmoid", 1122630377u)]
    [InlineData("softplus", 4288901008u)]
    [InlineData("tanh", 2996690285u)]
    [InlineData("slope of sigmoid", 3277572197u)]
    [InlineData("exp of negative absolute value", 1291779057u)]
    public void Bits_are_the_same_on_every_machine(string name, uint expected)
    {
        // Half of the arguments over all bit patterns, less the NaNs, half in [-98, 98]. A change here changes every user's results.
        float[] x = new float[1 << 16];
        for (int i = 0; i < x.Length; i++)
        {
            float value = BitConverter.UInt32BitsToSingle(((uint)i << 16) | 0x5A5A);
            x[i] = (i & 1) != 0 ? (i - 32768) * 0.003f : float.IsNaN(value) ? 0f : value;
        }

        Get(name).Kernel(SimdSelection.Current, x, x);
        uint hash = 2166136261;
        foreach (float value in x)
        {
            hash = unchecked((hash ^ BitConverter.SingleToUInt32Bits(value)) * 16777619);
        }

        Assert.Equal(expected, hash);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_length_gives_the_bits_of_single_elements_and_touches_nothing_else(string name)
    {
        Kernel kernel = Get(name).Kernel;
        const int Longest = 256;
        const int Margin = 20;
        float canary = BitConverter.Int32BitsToSingle(0x7FC0BEEF);
        float[] values = new float[Longest];
        float[] expected = new float[Longest];
        for (int i = 0; i < Longest; i++)
        {
            values[i] = ((i * 37) % 256 * 0.35f) - 40f;
            kernel(SimdLevel.Scalar, values.AsSpan(i, 1), expected.AsSpan(i, 1));
        }

        foreach (SimdLevel level in _levels)
        {
            for (int length = 0; length <= Longest; length++)
            {
                float[] x = Surround(values.AsSpan(0, length), canary, Margin);
                float[] before = (float[])x.Clone();
                float[] y = Surround(new float[length], canary, Margin);
                kernel(level, x.AsSpan(Margin, length), y.AsSpan(Margin, length));

                float[] wanted = Surround(expected.AsSpan(0, length), canary, Margin);
                AssertSameBits(before, x, $"{name}, {level}, length {length}, input");
                AssertSameBits(wanted, y, $"{name}, {level}, length {length}");

                kernel(level, x.AsSpan(Margin, length), x.AsSpan(Margin, length));
                AssertSameBits(wanted, x, $"{name}, {level}, length {length}, in place");
            }
        }
    }

    [Theory]
    [InlineData("exp", 0f, 1f)]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", 88.72284f, float.PositiveInfinity)]
    [InlineData("exp", float.MaxValue, float.PositiveInfinity)]
    [InlineData("exp", -103f, 1.40129846e-45f)]
    [InlineData("exp", -104f, 0f)]
    [InlineData("exp", -float.MaxValue, 0f)]
    [InlineData("log", 1f, 0f)]
    [InlineData("log", 0f, float.NegativeInfinity)]
    [InlineData("log", -1e-45f, float.NaN)]
    [InlineData("log", -1f, float.NaN)]
    [InlineData("log", float.NegativeInfinity, float.NaN)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("log", 1.40129846e-45f, -103.278929f)]
    [InlineData("sigmoid", 0f, 0.5f)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("sigmoid", 200f, 1f)]
    [InlineData("sigmoid", -103f, 1.40129846e-45f)]
    [InlineData("softplus", 0f, 0.693147182f)]
    [InlineData("softplus", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("softplus", float.NegativeInfinity, 0f)]
    [InlineData("softplus", 1e30f, 1e30f)]
    [InlineData("softplus", -103f, 1.40129846e-45f)]
    [InlineData("exp of negative absolute value", float.PositiveInfinity, 1.6458115e-38f)]
    [InlineData("exp of negative absolute value", float.NaN, 1.6458115e-38f)]
    public void Special_values_follow_the_limits(string name, float x, float expected)
    {
        foreach (SimdLevel level in _levels)
        {
            float[] y = new float[33];
            float[] arguments = new float[33];
            Array.Fill(arguments, x);
            Get(name).Kernel(level, arguments, y);
            Assert.All(y, found => Assert.Equal(expected, found));
        }
    }

    [Theory]
    [InlineData("exp", 1f)]
    [InlineData("log", float.NegativeInfinity)]
    [InlineData("sigmoid", 0.5f)]
    [InlineData("softplus", 0.693147182f)]
    public void Negative_zero_counts_as_zero(string name, float expected)
    {
        foreach (SimdLevel level in _levels)
        {
            float[] x = [-0f];
            Get(name).Kernel(level, x, x);
            Assert.Equal(expected, x[0]);
        }
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("log")]
    [InlineData("sigmoid")]
    [InlineData("softplus")]
    [InlineData("tanh")]
    [InlineData("slope of sigmoid")]
    public void NaN_comes_back_with_its_own_bits(string name)
    {
        foreach (SimdLevel level in _levels)
        {
            foreach (int bits in new[] { 0x7FC00001, unchecked((int)0xFFC54321), 0x7FFFFFFF })
            {
                float[] x = new float[19];
                Array.Fill(x, BitConverter.Int32BitsToSingle(bits));
                Get(name).Kernel(level, x, x);
                Assert.All(x, found => Assert.Equal(bits, BitConverter.SingleToInt32Bits(found)));
            }
        }
    }

    [Fact]
    public void Exp_of_the_negative_absolute_value_has_the_bits_of_exp()
    {
        for (int i = 0; i <= 87 * 1024; i++)
        {
            float[] x = [i / 1024f, -i / 1024f];
            float[] found = new float[2];
            float[] expected = new float[1];
            ApplyExpNegativeOfAbs(SimdLevel.Scalar, x, found);
            ElementaryKernels.Exp(SimdLevel.Scalar, [-i / 1024f], expected);
            AssertSameBits([expected[0], expected[0]], found, $"{x[0]}");
        }
    }

    [Fact]
    public void Multiply_add_rounds_once_at_every_level()
    {
        foreach (SimdLevel level in _levels)
        {
            float[] found = new float[16];
            switch (level)
            {
                case SimdLevel.Scalar: SquareOfOnePlus<float, int, ScalarSimd>(found); break;
                case SimdLevel.Vector128: SquareOfOnePlus<Vector128<float>, Vector128<int>, Simd128>(found); break;
                case SimdLevel.Vector256: SquareOfOnePlus<Vector256<float>, Vector256<int>, Simd256>(found); break;
                default: SquareOfOnePlus<Vector512<float>, Vector512<int>, Simd512>(found); break;
            }

            Assert.All(found, value => Assert.Equal(MathF.ScaleB(1f, -24), value));
        }
    }

    [Fact]
    public void Wrong_lengths_and_partial_overlaps_are_refused()
    {
        float[] buffer = new float[40];
        ArgumentException length = Assert.Throws<ArgumentException>(() => ElementaryKernels.Exp(SimdLevel.Vector256, buffer.AsSpan(0, 8), new float[7]));
        Assert.Contains("expected a length of 8, found 7", length.Message, StringComparison.Ordinal);
        ArgumentException forwards = Assert.Throws<ArgumentException>(() => ElementaryKernels.Log(SimdLevel.Vector256, buffer.AsSpan(0, 16), buffer.AsSpan(1, 16)));
        Assert.Contains("1 elements into x", forwards.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ElementaryKernels.Sigmoid(SimdLevel.Vector256, buffer.AsSpan(15, 16), buffer.AsSpan(0, 16)));
        ElementaryKernels.Softplus(SimdLevel.Vector256, buffer.AsSpan(0, 16), buffer.AsSpan(16, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementaryKernels.Exp((SimdLevel)64, buffer, buffer));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        float[] x = new float[100];
        foreach (SimdLevel level in _levels)
        {
            ElementaryKernels.Sigmoid(level, x, x);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ElementaryKernels.Sigmoid(level, x, x);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static (Kernel Kernel, Func<double, double> Exact, double Bound) Get(string name) => name switch
    {
        "exp" => (ElementaryKernels.Exp, Math.Exp, 1.1),
        "log" => (ElementaryKernels.Log, Math.Log, 0.9),
        "sigmoid" => (ElementaryKernels.Sigmoid, x => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)), 2.5),
        "softplus" => (ElementaryKernels.Softplus, x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), 2.0),
        "tanh" => (ElementaryKernels.Tanh, Math.Tanh, 4.0),
        "slope of sigmoid" => (ElementaryKernels.SigmoidSlope, x => Math.Exp(-Math.Abs(x)) / Math.Pow(1 + Math.Exp(-Math.Abs(x)), 2), 4.0),
        _ => (ApplyExpNegativeOfAbs, x => Math.Exp(-(double.IsNaN(x) ? 87 : Math.Min(Math.Abs(x), 87))), 1.1),
    };

    private static double Log1p(double e)
    {
        double sum = 1 + e;
        return sum == 1 ? e : Math.Log(sum) * (e / (sum - 1));
    }

    // In units in the last place of a float of the size of the exact value; denormals have the spacing of the least normal.
    private static double Error(float x, float found, double exact)
    {
        float rounded = (float)exact;
        if (!float.IsFinite(rounded) || !float.IsFinite(found))
        {
            return rounded.Equals(found) || (float.IsNaN(x) && float.IsNaN(found)) ? 0 : double.PositiveInfinity;
        }

        int exponent = exact == 0 ? -126 : Math.Max(Math.ILogB(exact), -126);
        return Math.Abs(found - exact) / Math.ScaleB(1, exponent - 23);
    }

    private static float[] Surround(ReadOnlySpan<float> values, float canary, int margin)
    {
        float[] all = new float[values.Length + (2 * margin)];
        Array.Fill(all, canary);
        values.CopyTo(all.AsSpan(margin));
        return all;
    }

    private static void AssertSameBits(float[] expected, float[] found, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(found[i]))
            {
                Assert.Fail($"{what}: element {i}: expected {expected[i]:R}, found {found[i]:R}");
            }
        }
    }

    private static unsafe void SquareOfOnePlus<TFloat, TInt, TOps>(float[] destination)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // (1 + 2^-12)^2 - (1 + 2^-11): what is left is exactly the part that a rounded product would have lost.
        TFloat a = TOps.Create(1.000244140625f);
        TFloat square = TOps.FusedMultiplyAdd(a, a, TOps.Create(-1.00048828125f));
        fixed (float* y = destination)
        {
            for (int i = 0; i < destination.Length; i += TOps.Width)
            {
                TOps.Store(square, y + i);
            }
        }
    }

    private static void ApplyExpNegativeOfAbs(SimdLevel level, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (level)
        {
            case SimdLevel.Scalar: ExpNegativeOfAbs<float, int, ScalarSimd>(x, y); break;
            case SimdLevel.Vector128: ExpNegativeOfAbs<Vector128<float>, Vector128<int>, Simd128>(x, y); break;
            case SimdLevel.Vector256: ExpNegativeOfAbs<Vector256<float>, Vector256<int>, Simd256>(x, y); break;
            default: ExpNegativeOfAbs<Vector512<float>, Vector512<int>, Simd512>(x, y); break;
        }
    }

    private static unsafe void ExpNegativeOfAbs<TFloat, TInt, TOps>(ReadOnlySpan<float> x, Span<float> y)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        Span<float> padded = stackalloc float[16];
        for (int i = 0; i < x.Length; i += TOps.Width)
        {
            int count = Math.Min(TOps.Width, x.Length - i);
            x.Slice(i, count).CopyTo(padded);
            fixed (float* p = padded)
            {
                TOps.Store(FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(TOps.Load(p)), p);
            }

            padded[..count].CopyTo(y.Slice(i, count));
        }
    }
}
