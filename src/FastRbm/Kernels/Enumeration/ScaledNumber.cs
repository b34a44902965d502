using FastRbm.Kernels.Elementary;

namespace FastRbm.Kernels.Enumeration;

/// <summary>A positive number Mantissa * 2^Exponent that can't overflow.</summary>
/// <param name="Mantissa">In [1, 2).</param>
/// <param name="Exponent">An integer, held as a double so that it stays exact beside mantissas in vectors.</param>
internal readonly record struct ScaledNumber(double Mantissa, double Exponent)
{
    /// <summary>ln 2.</summary>
    public const double Ln2 = 0.693147180559945309417;

    // The short high part makes k * high exact.
    private const double Ln2High = 0.6931470632553101;
    private const double Ln2Low = 1.1730463525082348e-07;

    /// <summary>The number 1.</summary>
    public static ScaledNumber One => new(1, 0);

    /// <summary>ln of the number.</summary>
    public double Logarithm => Math.FusedMultiplyAdd(Exponent, Ln2, DoubleMath.Log(Mantissa));

    /// <summary>A product.</summary>
    public static ScaledNumber operator *(ScaledNumber a, ScaledNumber b) => Normal(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

    /// <summary>value * 2^exponent of a positive normal number.</summary>
    public static ScaledNumber Normal(double value, double exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return new ScaledNumber(BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52)), exponent + ((bits >> 52) - 1023));
    }

    /// <summary>exp(x) for |x| up to 2^30.</summary>
    public static ScaledNumber Exp(double x)
    {
        double exponent = Math.Round(x * 1.4426950408889634);
        double rest = Math.FusedMultiplyAdd(exponent, -Ln2High, x);
        return Normal(DoubleMath.Exp(Math.FusedMultiplyAdd(exponent, -Ln2Low, rest)), exponent);
    }
}
