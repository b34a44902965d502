using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums in 16 bits: half the loads, for weights that were rounded so that no sum can overflow.</summary>
internal readonly unsafe struct ShortLanes<TFloat, TInt, TOps> : ISumLanes<TFloat, TInt, TOps>
    where TFloat : unmanaged
    where TInt : unmanaged
    where TOps : struct, ISimd<TFloat, TInt>
{
    public static int Words => Tile.Width / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Add(TInt a, TInt b) => TOps.AddShorts(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Subtract(TInt a, TInt b) => TOps.SubtractShorts(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* Widen(int* sums, int* scratch)
    {
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TOps.Store(TOps.LoadSigned((short*)sums + unit), scratch + unit);
        }

        return scratch;
    }
}
