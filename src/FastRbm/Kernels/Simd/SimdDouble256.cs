using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Simd;

/// <summary>Four doubles, by portable Vector256 methods: correct without the hardware too.</summary>
internal readonly unsafe struct SimdDouble256 : ISimdDouble<Vector256<double>>
{
    private const long MantissaBits = (1L << 52) - 1;
    private const long One = 1023L << 52;

    // 2^52 + k has the integer k in its low bits.
    private const double Shift = 4503599627370496.0;
    private const long ShiftBits = 1075L << 52;
    private const double Bias = 1023.0;

    public static SimdLevel Level => SimdLevel.Vector256;

    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<double> value, double* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Create(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Subtract(Vector256<double> a, Vector256<double> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> a, Vector256<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Divide(Vector256<double> a, Vector256<double> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FusedMultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> a, Vector256<double> b) => Vector256.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exponent(Vector256<double> a) =>
        (Vector256.ShiftRightLogical(a.AsInt64(), 52) | Vector256.Create(ShiftBits)).AsDouble() - Vector256.Create(Shift + Bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Mantissa(Vector256<double> a) =>
        ((a.AsInt64() & Vector256.Create(MantissaBits)) | Vector256.Create(One)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> PowerOfTwo(Vector256<double> k) =>
        Vector256.ShiftLeft((k + Vector256.Create(Shift + Bias)).AsInt64(), 52).AsDouble();
}
