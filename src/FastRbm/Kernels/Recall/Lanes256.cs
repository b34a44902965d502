using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Recall;

/// <summary>256 bits of integers, by portable Vector256 methods: correct without the hardware too.</summary>
/// <typeparam name="T">short or int.</typeparam>
internal readonly unsafe struct Lanes256<T> : IIntegerLanes<Vector256<T>, T>
    where T : unmanaged
{
    public static int Width => Vector256<T>.Count;

    public static Vector256<T> Zero => Vector256<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Create(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<T> value, T* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> a, Vector256<T> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Subtract(Vector256<T> a, Vector256<T> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Negative(Vector256<T> a) => a.ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Positive(Vector256<T> a) => Vector256.GreaterThan(a, Vector256<T>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Where(uint bits, Vector256<T> a)
    {
        Vector256<int> places = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        return Vector256.Equals(Vector256.Create((int)bits) & places, places).As<int, T>() & a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<T> a) => Vector256.Sum(a.AsInt32());
}
