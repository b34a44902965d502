using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Enumeration;

public sealed unsafe class StateKernelTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 16, 8, 0 }, { 16, 8, 1 }, { 32, 8, 2 }, { 32, 16, 7 }, { 64, 64, 3 }, { 64, 32, 5 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_a_chain_over_units_at_every_level(int lanes, int settings, int units)
    {
        SplitMix64 random = new(3);
        using GuardedBuffer<double> lows = Filled(random, units * lanes, 0.1, 2);
        using GuardedBuffer<double> mids = Filled(random, units * settings, 0.1, 2);
        using GuardedBuffer<double> from = Filled(random, lanes * settings, 0.5, 2);
        using GuardedBuffer<double> to = GuardedBuffer<double>.EndingAtGuard(lanes * settings);
        double[] expected = from.Span.ToArray();
        for (int place = 0; place < expected.Length; place++)
        {
            (int lane, int setting) = State(place, settings);
            for (int unit = 0; unit < units; unit++)
            {
                expected[place] *= lows.Span[(unit * lanes) + lane] + mids.Span[(unit * settings) + setting];
            }
        }

        foreach (SimdLevel level in Levels.All)
        {
            to.Span.Fill(double.NaN);
            StateProducts.Run(level, lows.Pointer, lanes, mids.Pointer, settings, units, from.Pointer, to.Pointer);
            Assert.Equal(expected, to.Span.ToArray());
            to.AssertCanaryIntact();
            from.Span.CopyTo(to.Span);
            StateProducts.Run(level, lows.Pointer, lanes, mids.Pointer, settings, units, to.Pointer, to.Pointer);
            Assert.Equal(expected, to.Span.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Moments_are_sums_of_quotients_over_the_states_with_a_bit_on(int lanes, int settings, int units)
    {
        SplitMix64 random = new(4);
        using GuardedBuffer<double> lows = Filled(random, units * lanes, 1e-3, 20);
        using GuardedBuffer<double> mids = Filled(random, units * settings, 1e-3, 20);
        using GuardedBuffer<double> weights = Filled(random, lanes * settings, 0, 1);
        using GuardedBuffer<double> sums = GuardedBuffer<double>.EndingAtGuard(StateMoments.Sums * units);
        double[] expected = new double[sums.Length];
        for (int place = 0; place < weights.Length; place++)
        {
            (int lane, int setting) = State(place, settings);
            for (int unit = 0; unit < units; unit++)
            {
                double low = lows.Span[(unit * lanes) + lane];
                double term = weights.Span[place] * low / (low + mids.Span[(unit * settings) + setting]);
                for (int k = 0; k < StateMoments.Sums; k++)
                {
                    bool on = k == 0 || ((k <= 6 ? lane >> (k - 1) : setting >> (k - 7)) & 1) != 0;
                    expected[(k * units) + unit] += on ? term : 0;
                }
            }
        }

        foreach (bool narrow in (bool[])[true, false])
        {
            double[]? first = null;
            foreach (SimdLevel level in Levels.All)
            {
                sums.Span.Fill(double.NaN);
                StateMoments.Run(level, lows.Pointer, lanes, mids.Pointer, settings, units, narrow, weights.Pointer, sums.Pointer, units);
                sums.AssertCanaryIntact();

                // A sum of positive terms: each addition, and each of a term's ten operations, is within 2^-53.
                double tolerance = (weights.Length + 10) * Math.Pow(2, -53);
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.True(Math.Abs(expected[i] - sums.Span[i]) <= 2 * tolerance * expected[i], $"{level}, {i}: expected {expected[i]}, found {sums.Span[i]}");
                }

                first ??= sums.Span.ToArray();
                Assert.Equal(first, sums.Span.ToArray());
            }
        }
    }

    [Fact]
    public void Exponents_and_mantissas_are_taken_apart_and_put_together_alike_at_every_level()
    {
        const int Count = 96;
        SplitMix64 random = new(5);
        double[] exponents = [.. Enumerable.Range(0, Count).Select(i => Math.Floor(random.NextDouble(-1000, 1000)) - (i % 5 == 0 ? 1e15 : 0))];
        double[] values = [.. Enumerable.Range(0, Count).Select(_ => Math.ScaleB(random.NextDouble(1, 2), (int)random.NextDouble(-1022, 1023)))];
        double[] whole = [.. values.Zip(exponents, static (value, exponent) => exponent + Math.ILogB(value))];
        double largest = whole.Max();
        double[] expected = [.. values.Zip(whole, (value, exponent) =>
            Math.ScaleB(value, -Math.ILogB(value)) * Math.ScaleB(1, (int)Math.Max(exponent - largest, StateWeights.LeastExponent)))];
        double? sum = null;
        foreach (SimdLevel level in Levels.All)
        {
            using GuardedBuffer<double> m = Copy(values);
            using GuardedBuffer<double> k = Copy(exponents);
            Assert.Equal(largest, StateWeights.Normalise(level, m.Pointer, k.Pointer, k.Pointer, Count));
            Assert.Equal(whole, k.Span.ToArray());
            Assert.All(m.Span.ToArray(), static mantissa => Assert.InRange(mantissa, 1, Math.BitDecrement(2.0)));
            double found = StateWeights.Scale(level, m.Pointer, k.Pointer, largest, Count);
            Assert.Equal(expected, m.Span.ToArray());
            Assert.InRange(found, expected.Sum() * (1 - 1e-14), expected.Sum() * (1 + 1e-14));
            sum ??= found;
            Assert.Equal(sum, found);
            m.AssertCanaryIntact();
            k.AssertCanaryIntact();
        }
    }

    [Fact]
    public void Rows_are_multiplied_and_added_alike_at_every_level()
    {
        SplitMix64 random = new(6);
        double[] from = random.NextDoubles(48);
        double[] to = random.NextDoubles(48);
        double[] factors = random.NextDoubles(3);
        foreach (SimdLevel level in Levels.All)
        {
            using GuardedBuffer<double> a = Copy(from);
            using GuardedBuffer<double> b = Copy(to);
            using GuardedBuffer<double> f = Copy(factors);
            StateWeights.Multiply(level, a.Pointer, b.Pointer, 48);
            Assert.Equal(from.Zip(to, static (x, y) => x * y), b.Span.ToArray());
            to.CopyTo(b.Span);
            StateWeights.Add(level, a.Pointer, factors[0], b.Pointer, 48);
            Assert.Equal(from.Zip(to, (x, y) => Math.FusedMultiplyAdd(factors[0], x, y)), b.Span.ToArray());
            StateWeights.MultiplyRows(level, a.Pointer, f.Pointer, b.Pointer, 3, 16);
            Assert.Equal(from.Select((x, i) => x * factors[i / 16]), b.Span.ToArray());
            Assert.Equal(from, a.Span.ToArray());
            b.AssertCanaryIntact();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-708.3)]
    [InlineData(12345.678)]
    [InlineData(-1e9)]
    public void A_scaled_number_is_an_exponential_that_cannot_overflow(double x)
    {
        ScaledNumber number = ScaledNumber.Exp(x);
        Assert.InRange(number.Mantissa, 1, 2);
        Assert.InRange(number.Logarithm, x - (1e-15 * (1 + Math.Abs(x))), x + (1e-15 * (1 + Math.Abs(x))));
        ScaledNumber square = number * number;
        Assert.InRange(square.Logarithm, (2 * x) - (1e-15 * (1 + Math.Abs(x))), (2 * x) + (1e-15 * (1 + Math.Abs(x))));
    }

    private static (int Lane, int Setting) State(int place, int settings) =>
        ((place / (8 * settings) * 8) + (place % 8), place % (8 * settings) / 8);

    private static GuardedBuffer<double> Filled(SplitMix64 random, int length, double least, double most)
    {
        GuardedBuffer<double> buffer = GuardedBuffer<double>.EndingAtGuard(length);
        foreach (ref double value in buffer.Span)
        {
            value = random.NextDouble(least, most);
        }

        return buffer;
    }

    private static GuardedBuffer<double> Copy(double[] values)
    {
        GuardedBuffer<double> buffer = GuardedBuffer<double>.EndingAtGuard(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }
}
