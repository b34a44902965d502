using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Simd;

/// <summary>Two doubles, by portable Vector128 methods: correct without the hardware too.</summary>
internal readonly unsafe struct SimdDouble128 : ISimdDouble<Vector128<double>>
{
    private const long MantissaBits = (1L << 52) - 1;
    private const long One = 1023L << 52;

    // 2^52 + k has the integer k in its low bits.
    private const double Shift = 4503599627370496.0;
    private const long ShiftBits = 1075L << 52;
    private const double Bias = 1023.0;

    public static SimdLevel Level => SimdLevel.Vector128;

    public static int Width => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Create(double value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> a, Vector128<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Subtract(Vector128<double> a, Vector128<double> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> a, Vector128<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Divide(Vector128<double> a, Vector128<double> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> FusedMultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Max(Vector128<double> a, Vector128<double> b) => Vector128.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Exponent(Vector128<double> a) =>
        (Vector128.ShiftRightLogical(a.AsInt64(), 52) | Vector128.Create(ShiftBits)).AsDouble() - Vector128.Create(Shift + Bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Mantissa(Vector128<double> a) =>
        ((a.AsInt64() & Vector128.Create(MantissaBits)) | Vector128.Create(One)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> PowerOfTwo(Vector128<double> k) =>
        Vector128.ShiftLeft((k + Vector128.Create(Shift + Bias)).AsInt64(), 52).AsDouble();
}
