using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Simd;

/// <summary>One double.</summary>
internal readonly unsafe struct ScalarSimdDouble : ISimdDouble<double>
{
    private const long MantissaBits = (1L << 52) - 1;
    private const long One = 1023L << 52;

    public static SimdLevel Level => SimdLevel.Scalar;

    public static int Width => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Load(double* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double value, double* destination) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Create(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(double a, double b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Subtract(double a, double b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Multiply(double a, double b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Divide(double a, double b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FusedMultiplyAdd(double a, double b, double c) => System.Math.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double a, double b) => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exponent(double a) => (BitConverter.DoubleToInt64Bits(a) >> 52) - 1023;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Mantissa(double a) => BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(a) & MantissaBits) | One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double PowerOfTwo(double k) => BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
}
