using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Recall;

/// <summary>One integer.</summary>
/// <typeparam name="T">short or int.</typeparam>
internal readonly unsafe struct ScalarLanes<T> : IIntegerLanes<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static int Width => 1;

    public static T Zero => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Create(T value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load(T* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T value, T* destination) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T a, T b) => unchecked(a + b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Subtract(T a, T b) => unchecked(a - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Negative(T a) => a < T.Zero ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Positive(T a) => a > T.Zero ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Where(uint bits, T a) => (bits & 1) != 0 ? a : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(T a) => int.CreateTruncating(a);
}
