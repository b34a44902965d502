using System.Numerics;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Tests.Kernels.Elementary;

public sealed class DoubleMathTests
{
    private const int Points = 3000;

    [Fact]
    public void Exp_is_within_its_bound() =>
        AssertBound(0.9, DoubleMath.Exp, FixedPoint.Exp, Sweep(-60, 60).Concat(Sweep(-1, 1)));

    [Fact]
    public void Exp_scales_by_exact_powers_of_two_over_its_whole_range()
    {
        foreach (double x in Sweep(-745, 709))
        {
            // Against the C library, which is good to about one ULP too.
            double expected = Math.Exp(x);
            double ulp = Math.BitIncrement(expected) - expected;
            Assert.True(Math.Abs(DoubleMath.Exp(x) - expected) <= 2 * ulp, $"exp({x:R}): expected {expected:R}, found {DoubleMath.Exp(x):R}");
        }
    }

    [Fact]
    public void Log_is_within_its_bound() =>
        AssertBound(0.95, DoubleMath.Log, FixedPoint.Log, Sweep(0.4, 3).Concat(Sweep(0.99, 1.01)).Concat(Sweep(-50, 50).Select(x => Math.Pow(2, x))));

    [Fact]
    public void Log_takes_every_exponent()
    {
        for (int k = -1074; k <= 1023; k++)
        {
            double x = Math.ScaleB(1.0, k);
            double expected = k * 0.6931471805599453;
            Assert.True(Math.Abs(DoubleMath.Log(x) - expected) <= Math.Abs(expected) * 2.3e-16, $"log(2^{k})");
        }
    }

    [Fact]
    public void Log1p_is_within_its_bound() =>
        AssertBound(0.95, DoubleMath.Log1p, FixedPoint.Log1p, Sweep(-0.999, 4).Concat(Sweep(-70, 50).SelectMany(x => new[] { Math.Pow(2, x), -Math.Pow(2, Math.Min(x, -0.1)) })));

    [Fact]
    public void Softplus_is_within_its_bound() =>
        AssertBound(1.7, DoubleMath.Softplus, FixedPoint.Softplus, Sweep(-60, 60).Concat(Sweep(-5, 5)));

    [Fact]
    public void Sigmoid_is_within_its_bound() =>
        AssertBound(2.5, DoubleMath.Sigmoid, FixedPoint.Sigmoid, Sweep(-60, 60).Concat(Sweep(-5, 5)));

    [Fact]
    public void Sine_and_cosine_of_turns_are_within_their_bounds()
    {
        IEnumerable<double> turns = Sweep(0, 1).Concat(Sweep(-60, 0).Select(x => Math.Pow(2, x)));
        AssertBound(0.9, u => DoubleMath.SinCosTurns(u).Sin, FixedPoint.SinTurns, turns);
        AssertBound(0.9, u => DoubleMath.SinCosTurns(u).Cos, FixedPoint.CosTurns, turns);
    }

    [Theory]
    [InlineData(0.0, 0, 1)]
    [InlineData(0.25, 1, 0)]
    [InlineData(0.5, 0, -1)]
    [InlineData(0.75, -1, 0)]
    [InlineData(1.0, 0, 1)]
    public void Quarters_of_the_circle_are_exact(double u, int sin, int cos)
    {
        (double s, double c) = DoubleMath.SinCosTurns(u);
        Assert.True(s == sin && c == cos, $"({s}, {c})");
    }

    [Fact]
    public void Special_values_follow_the_limits()
    {
        double inf = double.PositiveInfinity;
        Assert.Equal(1.0, DoubleMath.Exp(0.0));
        Assert.Equal(1.0, DoubleMath.Exp(-0.0));
        Assert.Equal(0.0, DoubleMath.Exp(-inf));
        Assert.Equal(inf, DoubleMath.Exp(inf));
        Assert.Equal(inf, DoubleMath.Exp(709.7827128933841));
        Assert.Equal(1.797693134862273e308, DoubleMath.Exp(709.782712893384), 1e294);
        Assert.Equal(double.Epsilon, DoubleMath.Exp(-745.1));
        Assert.Equal(0.0, DoubleMath.Exp(-745.2));
        Assert.Equal(0.0, DoubleMath.Exp(-1e300));

        Assert.Equal(0.0, DoubleMath.Log(1.0));
        Assert.Equal(-inf, DoubleMath.Log(0.0));
        Assert.Equal(-inf, DoubleMath.Log(-0.0));
        Assert.Equal(inf, DoubleMath.Log(inf));
        Assert.True(double.IsNaN(DoubleMath.Log(-double.Epsilon)));
        Assert.True(double.IsNaN(DoubleMath.Log(-inf)));

        Assert.Equal(-inf, DoubleMath.Log1p(-1.0));
        Assert.Equal(inf, DoubleMath.Log1p(inf));
        Assert.Equal(double.Epsilon, DoubleMath.Log1p(double.Epsilon));
        Assert.True(double.IsNegative(DoubleMath.Log1p(-0.0)));
        Assert.True(double.IsNaN(DoubleMath.Log1p(-1.0000000000000002)));
        Assert.True(double.IsNaN(DoubleMath.Log1p(-inf)));

        Assert.Equal(0.0, DoubleMath.Softplus(-inf));
        Assert.Equal(inf, DoubleMath.Softplus(inf));
        Assert.Equal(1e300, DoubleMath.Softplus(1e300));
        Assert.Equal(DoubleMath.Exp(-740), DoubleMath.Softplus(-740));
        Assert.Equal(0.0, DoubleMath.Sigmoid(-inf));
        Assert.Equal(1.0, DoubleMath.Sigmoid(inf));
        Assert.Equal(0.5, DoubleMath.Sigmoid(-0.0));
        Assert.Equal(DoubleMath.Exp(-740), DoubleMath.Sigmoid(-740));

        foreach (Func<double, double> f in new Func<double, double>[] { DoubleMath.Exp, DoubleMath.Log, DoubleMath.Log1p, DoubleMath.Softplus, DoubleMath.Sigmoid })
        {
            Assert.True(double.IsNaN(f(double.NaN)));
        }
    }

    [Fact]
    public void LogSumExp_of_special_values_follows_the_limits()
    {
        double inf = double.PositiveInfinity;
        Assert.Equal(-inf, DoubleMath.LogSumExp([]));
        Assert.Equal(-inf, DoubleMath.LogSumExp([-inf, -inf]));
        Assert.Equal(inf, DoubleMath.LogSumExp([1.0, inf, -inf]));
        Assert.True(double.IsNaN(DoubleMath.LogSumExp([inf, double.NaN])));
        Assert.Equal(-1234.5, DoubleMath.LogSumExp([-1234.5]));
        Assert.Equal(-1234.5, DoubleMath.LogSumExp([-inf, -1234.5, -inf]));
        Assert.Equal(1e6 + 0.6931471805599453, DoubleMath.LogSumExp([1e6, 1e6]));
    }

    [Fact]
    public void LogSumExp_does_not_lose_small_terms_in_a_long_sum()
    {
        // 1 + 10^6 * exp(-37) where each term alone is below half an ULP of 1.
        double[] values = new double[1_000_001];
        Array.Fill(values, -37.0);
        values[0] = 0.0;
        double sum = 1e6 * DoubleMath.Exp(-37.0);
        Assert.Equal(DoubleMath.Log1p(sum), DoubleMath.LogSumExp(values), 1e-16);
        Array.Reverse(values);
        Assert.Equal(DoubleMath.Log1p(sum), DoubleMath.LogSumExp(values), 1e-16);
    }

    [Fact]
    public void Bits_are_the_same_on_every_machine()
    {
        ulong hash = 14695981039346656037;
        foreach (double x in Sweep(-40, 40))
        {
            (double sin, double cos) = DoubleMath.SinCosTurns(Math.Abs(x) / 40);
            foreach (double y in new[] { DoubleMath.Exp(x), DoubleMath.Log(Math.Abs(x)), DoubleMath.Log1p(Math.Abs(x)), DoubleMath.Softplus(x), DoubleMath.Sigmoid(x), sin, cos })
            {
                hash = unchecked((hash ^ BitConverter.DoubleToUInt64Bits(y)) * 1099511628211);
            }
        }

        Assert.Equal(10039305449818111533UL, hash);
    }

    private static IEnumerable<double> Sweep(double from, double to)
    {
        // An irrational step, so that no structure of the reduction is missed by landing on it again and again.
        for (int i = 0; i < Points; i++)
        {
            double t = i * 0.6180339887498949;
            yield return from + ((to - from) * (t - Math.Floor(t)));
        }
    }

    private static void AssertBound(double bound, Func<double, double> function, Func<BigInteger, BigInteger> exact, IEnumerable<double> arguments)
    {
        double worst = 0;
        double at = 0;
        foreach (double x in arguments)
        {
            BigInteger expected = exact(FixedPoint.From(x));
            double error = expected.IsZero ? (function(x) == 0 ? 0 : double.PositiveInfinity) : FixedPoint.UlpError(function(x), expected);
            if (!(error <= worst))
            {
                worst = error;
                at = x;
            }
        }

        Assert.True(worst <= bound, $"{worst:F4} ULP at {at:R}, allowed {bound}");
        Assert.True(worst > 0.4, $"{worst:F4} ULP: too good to be true, nothing was compared");
    }
}
