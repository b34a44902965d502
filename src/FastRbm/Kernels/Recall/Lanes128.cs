using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Recall;

/// <summary>128 bits of integers, by portable Vector128 methods: correct without the hardware too.</summary>
/// <typeparam name="T">short or int.</typeparam>
internal readonly unsafe struct Lanes128<T> : IIntegerLanes<Vector128<T>, T>
    where T : unmanaged
{
    public static int Width => Vector128<T>.Count;

    public static Vector128<T> Zero => Vector128<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Create(T value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<T> value, T* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> a, Vector128<T> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Subtract(Vector128<T> a, Vector128<T> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Negative(Vector128<T> a) => a.ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Positive(Vector128<T> a) => Vector128.GreaterThan(a, Vector128<T>.Zero).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Where(uint bits, Vector128<T> a)
    {
        Vector128<int> places = Vector128.Create(1, 2, 4, 8);
        return Vector128.Equals(Vector128.Create((int)bits) & places, places).As<int, T>() & a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector128<T> a) => Vector128.Sum(a.AsInt32());
}
