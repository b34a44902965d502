using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums in 32 bits.</summary>
internal readonly unsafe struct IntLanes<TFloat, TInt, TOps> : ISumLanes<TFloat, TInt, TOps>
    where TFloat : unmanaged
    where TInt : unmanaged
    where TOps : struct, ISimd<TFloat, TInt>
{
    public static int Words => Tile.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Add(TInt a, TInt b) => TOps.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Subtract(TInt a, TInt b) => TOps.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* Widen(int* sums, int* scratch) => sums;
}
