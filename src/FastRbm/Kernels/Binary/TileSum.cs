using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>The inputs of 64 units: bias plus the weight rows of the units that are on, summed exactly in int32.</summary>
internal static unsafe class TileSum
{
    /// <summary>Sums one tile: sums[c] = bias[c] + sum over n of panel[offsets[n] + c].</summary>
    /// <param name="panel">Rows of 64 fixed-point weights.</param>
    /// <param name="offsets">Where the rows to add start.</param>
    /// <param name="count">The number of rows to add.</param>
    /// <param name="bias">64 fixed-point biases, 64-byte aligned.</param>
    /// <param name="sums">64 sums, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TFloat, TInt, TOps>(int* panel, int* offsets, int count, int* bias, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (TOps.Width == 16)
        {
            Four<TFloat, TInt, TOps>(panel, offsets, count, bias, sums);
            return;
        }

        for (int column = 0; column < Tile.Width; column += 8 * TOps.Width)
        {
            Eight<TFloat, TInt, TOps>(panel + column, offsets, count, bias + column, sums + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TFloat, TInt, TOps>(int* panel, int* offsets, int count, int* bias, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(bias);
        TInt a1 = TOps.Load(bias + w);
        TInt a2 = TOps.Load(bias + (2 * w));
        TInt a3 = TOps.Load(bias + (3 * w));
        for (nint n = 0; n < count; n++)
        {
            int* row = panel + offsets[n];
            a0 = TOps.Add(a0, TOps.Load(row));
            a1 = TOps.Add(a1, TOps.Load(row + w));
            a2 = TOps.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Add(a3, TOps.Load(row + (3 * w)));
        }

        TOps.Store(a0, sums);
        TOps.Store(a1, sums + w);
        TOps.Store(a2, sums + (2 * w));
        TOps.Store(a3, sums + (3 * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight<TFloat, TInt, TOps>(int* panel, int* offsets, int count, int* bias, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(bias);
        TInt a1 = TOps.Load(bias + w);
        TInt a2 = TOps.Load(bias + (2 * w));
        TInt a3 = TOps.Load(bias + (3 * w));
        TInt a4 = TOps.Load(bias + (4 * w));
        TInt a5 = TOps.Load(bias + (5 * w));
        TInt a6 = TOps.Load(bias + (6 * w));
        TInt a7 = TOps.Load(bias + (7 * w));
        for (nint n = 0; n < count; n++)
        {
            int* row = panel + offsets[n];
            a0 = TOps.Add(a0, TOps.Load(row));
            a1 = TOps.Add(a1, TOps.Load(row + w));
            a2 = TOps.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Add(a3, TOps.Load(row + (3 * w)));
            a4 = TOps.Add(a4, TOps.Load(row + (4 * w)));
            a5 = TOps.Add(a5, TOps.Load(row + (5 * w)));
            a6 = TOps.Add(a6, TOps.Load(row + (6 * w)));
            a7 = TOps.Add(a7, TOps.Load(row + (7 * w)));
        }

        TOps.Store(a0, sums);
        TOps.Store(a1, sums + w);
        TOps.Store(a2, sums + (2 * w));
        TOps.Store(a3, sums + (3 * w));
        TOps.Store(a4, sums + (4 * w));
        TOps.Store(a5, sums + (5 * w));
        TOps.Store(a6, sums + (6 * w));
        TOps.Store(a7, sums + (7 * w));
    }
}
