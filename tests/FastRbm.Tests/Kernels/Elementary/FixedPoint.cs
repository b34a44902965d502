using System.Numerics;

namespace FastRbm.Tests.Kernels.Elementary;

/// <summary>Slow exact-as-needed elementary functions: integers in units of 2^-320, for arguments of moderate size.</summary>
internal static class FixedPoint
{
    private const int Bits = 320;

    private static readonly BigInteger _one = BigInteger.One << Bits;
    private static readonly BigInteger _ln2 = 2 * ArcTangentSeries(_one / 3, alternate: false);
    private static readonly BigInteger _pi = (16 * ArcTangentSeries(_one / 5, alternate: true)) - (4 * ArcTangentSeries(_one / 239, alternate: true));

    public static BigInteger From(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        int shift = Bits - 1075 + Math.Max(exponent, 1);
        BigInteger magnitude = exponent == 0 ? mantissa : mantissa | (1L << 52);
        magnitude = shift >= 0 ? magnitude << shift : magnitude >> -shift;
        return bits < 0 ? -magnitude : magnitude;
    }

    public static BigInteger Exp(BigInteger x)
    {
        BigInteger n = BigInteger.Divide((2 * x) + (x.Sign * _ln2), 2 * _ln2);
        BigInteger term = _one;
        BigInteger sum = BigInteger.Zero;
        BigInteger r = x - (n * _ln2);
        for (int i = 1; !term.IsZero; i++)
        {
            sum += term;
            term = ((term * r) >> Bits) / i;
            if (term == BigInteger.MinusOne)
            {
                break;
            }
        }

        return n.Sign >= 0 ? sum << (int)n : sum >> (int)-n;
    }

    public static BigInteger Log(BigInteger x)
    {
        int k = (int)(x.GetBitLength() - 1 - Bits);
        BigInteger m = k >= 0 ? x >> k : x << -k;
        BigInteger s = ((m - _one) << Bits) / (m + _one);
        return (k * _ln2) + (2 * ArcTangentSeries(s, alternate: false));
    }

    public static BigInteger Log1p(BigInteger x) => Log(_one + x);

    public static BigInteger Softplus(BigInteger x) => Log(_one + Exp(x));

    public static BigInteger Sigmoid(BigInteger x) => (_one << Bits) / (_one + Exp(-x));

    public static BigInteger SinTurns(BigInteger u) => SineSeries((2 * _pi * u) >> Bits, first: 1);

    public static BigInteger CosTurns(BigInteger u) => SineSeries((2 * _pi * u) >> Bits, first: 0);

    /// <summary>|found - exact| in units in the last place of a double of the size of the exact value.</summary>
    public static double UlpError(double found, BigInteger exact)
    {
        int lastPlace = (int)BigInteger.Abs(exact).GetBitLength() - 53;
        BigInteger difference = BigInteger.Abs(From(found) - exact);
        return (double)((difference << 40) >> lastPlace) / (1L << 40);
    }

    // x + x^3/3 + x^5/5 + ..., or with alternating signs.
    private static BigInteger ArcTangentSeries(BigInteger x, bool alternate)
    {
        BigInteger square = (x * x) >> Bits;
        BigInteger power = x;
        BigInteger sum = BigInteger.Zero;
        for (int i = 1; BigInteger.Abs(power) > 1; i += 2)
        {
            sum += alternate && (i & 2) != 0 ? -power / i : power / i;
            power = (power * square) >> Bits;
        }

        return sum;
    }

    private static BigInteger SineSeries(BigInteger x, int first)
    {
        BigInteger square = (x * x) >> Bits;
        BigInteger term = first == 0 ? _one : x;
        BigInteger sum = BigInteger.Zero;
        for (int i = first; BigInteger.Abs(term) > 1; i += 2)
        {
            sum += term;
            term = -((term * square) >> Bits) / ((i + 1) * (i + 2));
        }

        return sum;
    }
}
