namespace FastRbm.Testing;

/// <summary>Differences between floating-point numbers, counted in units in the last place.</summary>
public static class Ulp
{
    private const int FloatMantissaBits = 23;
    private const int FloatSmallestExponent = -126;
    private const int FloatLargestExponent = 127;

    /// <summary>How many steps to the next float lead from one to the other; 0 for two zeros or two NaNs.</summary>
    /// <returns>A count; <see cref="ulong.MaxValue"/> when one alone is NaN.</returns>
    public static ulong Distance(float left, float right)
    {
        if (float.IsNaN(left) || float.IsNaN(right))
        {
            return float.IsNaN(left) && float.IsNaN(right) ? 0 : ulong.MaxValue;
        }

        long position = Position(BitConverter.SingleToInt32Bits(left), int.MinValue);
        return (ulong)Math.Abs(position - Position(BitConverter.SingleToInt32Bits(right), int.MinValue));
    }

    /// <summary>How many steps to the next double lead from one to the other; 0 for two zeros or two NaNs.</summary>
    /// <returns>A count; <see cref="ulong.MaxValue"/> when one alone is NaN.</returns>
    public static ulong Distance(double left, double right)
    {
        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return double.IsNaN(left) && double.IsNaN(right) ? 0 : ulong.MaxValue;
        }

        Int128 position = Position(BitConverter.DoubleToInt64Bits(left), long.MinValue);
        return (ulong)Int128.Abs(position - Position(BitConverter.DoubleToInt64Bits(right), long.MinValue));
    }

    /// <summary>|actual - expected| in units of the spacing of floats at the expected value; half a unit is correct rounding.</summary>
    /// <param name="actual">What a float computation gave.</param>
    /// <param name="expected">The truth, to the accuracy of a double.</param>
    /// <returns>
    /// 0 or more; 0 for two NaNs or the same infinity; positive infinity when the kinds differ. An infinite result where the
    /// truth is finite counts as the float that would follow the largest, 2^128.
    /// </returns>
    public static double Error(float actual, double expected)
    {
        if (float.IsNaN(actual) || !double.IsFinite(expected))
        {
            bool same = double.IsNaN(expected) ? float.IsNaN(actual) : actual == expected;
            return same ? 0 : double.PositiveInfinity;
        }

        double value = float.IsInfinity(actual) ? Math.CopySign(Math.ScaleB(1, FloatLargestExponent + 1), actual) : actual;
        return Math.Abs(value - expected) / FloatSpacing(expected);
    }

    private static double FloatSpacing(double value)
    {
        int exponent = value == 0 ? FloatSmallestExponent : Math.ILogB(value);
        return Math.ScaleB(1, Math.Clamp(exponent, FloatSmallestExponent, FloatLargestExponent) - FloatMantissaBits);
    }

    /// <summary>A number that grows by one from each floating-point number to the next; both zeros are 0.</summary>
    private static long Position(long bits, long signBit) => bits >= 0 ? bits : signBit - bits;
}
