using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>The inputs of 64 units: a start, plus the weight rows of some source units, minus those of others, exactly in int32.</summary>
internal static unsafe class TileSum
{
    /// <summary>sums[c] = from[c] + sum over the first units listed of panel[64 unit + c] - sum over the others.</summary>
    /// <typeparam name="TFloat">A vector of floats.</typeparam>
    /// <typeparam name="TInt">A vector of integers.</typeparam>
    /// <typeparam name="TOps">The operations.</typeparam>
    /// <typeparam name="TNumber">The type of the numbers listed: ushort or int.</typeparam>
    /// <param name="panel">Rows of 64 fixed-point weights.</param>
    /// <param name="units">The source units: those to add, then those to subtract.</param>
    /// <param name="adds">How many to add.</param>
    /// <param name="all">How many are listed.</param>
    /// <param name="from">64 integers to start from.</param>
    /// <param name="sums">64 sums, written; may be <paramref name="from"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TFloat, TInt, TOps, TNumber>(int* panel, TNumber* units, int adds, int all, int* from, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TNumber : unmanaged
    {
        if (TOps.Width == 16)
        {
            Four<TFloat, TInt, TOps, TNumber>(panel, units, adds, all, from, sums);
            return;
        }

        for (int column = 0; column < Tile.Width; column += 8 * TOps.Width)
        {
            Eight<TFloat, TInt, TOps, TNumber>(panel + column, units, adds, all, from + column, sums + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TFloat, TInt, TOps, TNumber>(int* panel, TNumber* units, int adds, int all, int* from, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TNumber : unmanaged
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(from);
        TInt a1 = TOps.Load(from + w);
        TInt a2 = TOps.Load(from + (2 * w));
        TInt a3 = TOps.Load(from + (3 * w));
        TNumber* next = units;
        for (TNumber* end = units + adds; next < end; next++)
        {
            int* row = Row(panel, next);
            a0 = TOps.Add(a0, TOps.Load(row));
            a1 = TOps.Add(a1, TOps.Load(row + w));
            a2 = TOps.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Add(a3, TOps.Load(row + (3 * w)));
        }

        for (TNumber* end = units + all; next < end; next++)
        {
            int* row = Row(panel, next);
            a0 = TOps.Subtract(a0, TOps.Load(row));
            a1 = TOps.Subtract(a1, TOps.Load(row + w));
            a2 = TOps.Subtract(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Subtract(a3, TOps.Load(row + (3 * w)));
        }

        TOps.Store(a0, sums);
        TOps.Store(a1, sums + w);
        TOps.Store(a2, sums + (2 * w));
        TOps.Store(a3, sums + (3 * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight<TFloat, TInt, TOps, TNumber>(int* panel, TNumber* units, int adds, int all, int* from, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TNumber : unmanaged
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(from);
        TInt a1 = TOps.Load(from + w);
        TInt a2 = TOps.Load(from + (2 * w));
        TInt a3 = TOps.Load(from + (3 * w));
        TInt a4 = TOps.Load(from + (4 * w));
        TInt a5 = TOps.Load(from + (5 * w));
        TInt a6 = TOps.Load(from + (6 * w));
        TInt a7 = TOps.Load(from + (7 * w));
        TNumber* next = units;
        for (TNumber* end = units + adds; next < end; next++)
        {
            int* row = Row(panel, next);
            a0 = TOps.Add(a0, TOps.Load(row));
            a1 = TOps.Add(a1, TOps.Load(row + w));
            a2 = TOps.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Add(a3, TOps.Load(row + (3 * w)));
            a4 = TOps.Add(a4, TOps.Load(row + (4 * w)));
            a5 = TOps.Add(a5, TOps.Load(row + (5 * w)));
            a6 = TOps.Add(a6, TOps.Load(row + (6 * w)));
            a7 = TOps.Add(a7, TOps.Load(row + (7 * w)));
        }

        for (TNumber* end = units + all; next < end; next++)
        {
            int* row = Row(panel, next);
            a0 = TOps.Subtract(a0, TOps.Load(row));
            a1 = TOps.Subtract(a1, TOps.Load(row + w));
            a2 = TOps.Subtract(a2, TOps.Load(row + (2 * w)));
            a3 = TOps.Subtract(a3, TOps.Load(row + (3 * w)));
            a4 = TOps.Subtract(a4, TOps.Load(row + (4 * w)));
            a5 = TOps.Subtract(a5, TOps.Load(row + (5 * w)));
            a6 = TOps.Subtract(a6, TOps.Load(row + (6 * w)));
            a7 = TOps.Subtract(a7, TOps.Load(row + (7 * w)));
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* Row<TNumber>(int* panel, TNumber* unit)
        where TNumber : unmanaged =>
        (int*)((byte*)panel + ((nuint)(typeof(TNumber) == typeof(ushort) ? *(ushort*)unit : *(uint*)unit) * (Tile.Width * sizeof(int))));
}
