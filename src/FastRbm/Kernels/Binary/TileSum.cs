using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>64 exact sums: a start, plus rows of one table, minus rows of another. Inputs of units, statistics of phases.</summary>
/// <typeparam name="TFloat">A vector of floats.</typeparam>
/// <typeparam name="TInt">A vector of integers.</typeparam>
/// <typeparam name="TOps">The operations.</typeparam>
/// <typeparam name="TLanes">The width of the sums.</typeparam>
/// <typeparam name="TNumber">The type of the numbers listed: ushort or int.</typeparam>
internal static unsafe class TileSum<TFloat, TInt, TOps, TLanes, TNumber>
    where TFloat : unmanaged
    where TInt : unmanaged
    where TOps : struct, ISimd<TFloat, TInt>
    where TLanes : struct, ISumLanes<TFloat, TInt, TOps>
    where TNumber : unmanaged
{
    /// <summary>sums[c] = from[c] + sum of plus[64 n + c] over the numbers n to add - sum of minus[64 n + c] over those to subtract.</summary>
    /// <param name="plus">Rows of 64 integers to add.</param>
    /// <param name="adds">Numbers of the rows to add. One number past the end of either list is read, whatever it is.</param>
    /// <param name="addCount">How many.</param>
    /// <param name="minus">Rows of 64 integers to subtract.</param>
    /// <param name="subtracts">Numbers of the rows to subtract.</param>
    /// <param name="subtractCount">How many.</param>
    /// <param name="from">64 integers to start from.</param>
    /// <param name="sums">64 sums, written; may be <paramref name="from"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        int* plus, TNumber* adds, int addCount, int* minus, TNumber* subtracts, int subtractCount, int* from, int* sums)
    {
        if (TLanes.Words == 2 * TOps.Width)
        {
            Two(plus, adds, addCount, minus, subtracts, subtractCount, from, sums);
        }
        else if (TLanes.Words == 4 * TOps.Width)
        {
            Four(plus, adds, addCount, minus, subtracts, subtractCount, from, sums);
        }
        else
        {
            for (int word = 0; word < TLanes.Words; word += 8 * TOps.Width)
            {
                Eight(plus + word, adds, addCount, minus + word, subtracts, subtractCount, from + word, sums + word);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two(
        int* plus, TNumber* adds, int addCount, int* minus, TNumber* subtracts, int subtractCount, int* from, int* sums)
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(from);
        TInt a1 = TOps.Load(from + w);
        nuint offset = Offset(adds);
        for (TNumber* end = adds + addCount; adds < end;)
        {
            int* row = (int*)((byte*)plus + offset);
            offset = Offset(++adds);
            a0 = TLanes.Add(a0, TOps.Load(row));
            a1 = TLanes.Add(a1, TOps.Load(row + w));
        }

        offset = Offset(subtracts);
        for (TNumber* end = subtracts + subtractCount; subtracts < end;)
        {
            int* row = (int*)((byte*)minus + offset);
            offset = Offset(++subtracts);
            a0 = TLanes.Subtract(a0, TOps.Load(row));
            a1 = TLanes.Subtract(a1, TOps.Load(row + w));
        }

        TOps.Store(a0, sums);
        TOps.Store(a1, sums + w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(
        int* plus, TNumber* adds, int addCount, int* minus, TNumber* subtracts, int subtractCount, int* from, int* sums)
    {
        int w = TOps.Width;
        TInt a0 = TOps.Load(from);
        TInt a1 = TOps.Load(from + w);
        TInt a2 = TOps.Load(from + (2 * w));
        TInt a3 = TOps.Load(from + (3 * w));
        nuint offset = Offset(adds);
        for (TNumber* end = adds + addCount; adds < end;)
        {
            int* row = (int*)((byte*)plus + offset);
            offset = Offset(++adds);
            a0 = TLanes.Add(a0, TOps.Load(row));
            a1 = TLanes.Add(a1, TOps.Load(row + w));
            a2 = TLanes.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TLanes.Add(a3, TOps.Load(row + (3 * w)));
        }

        offset = Offset(subtracts);
        for (TNumber* end = subtracts + subtractCount; subtracts < end;)
        {
            int* row = (int*)((byte*)minus + offset);
            offset = Offset(++subtracts);
            a0 = TLanes.Subtract(a0, TOps.Load(row));
            a1 = TLanes.Subtract(a1, TOps.Load(row + w));
            a2 = TLanes.Subtract(a2, TOps.Load(row + (2 * w)));
            a3 = TLanes.Subtract(a3, TOps.Load(row + (3 * w)));
        }

        TOps.Store(a0, sums);
        TOps.Store(a1, sums + w);
        TOps.Store(a2, sums + (2 * w));
        TOps.Store(a3, sums + (3 * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(
        int* plus, TNumber* adds, int addCount, int* minus, TNumber* subtracts, int subtractCount, int* from, int* sums)
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
        nuint offset = Offset(adds);
        for (TNumber* end = adds + addCount; adds < end;)
        {
            int* row = (int*)((byte*)plus + offset);
            offset = Offset(++adds);
            a0 = TLanes.Add(a0, TOps.Load(row));
            a1 = TLanes.Add(a1, TOps.Load(row + w));
            a2 = TLanes.Add(a2, TOps.Load(row + (2 * w)));
            a3 = TLanes.Add(a3, TOps.Load(row + (3 * w)));
            a4 = TLanes.Add(a4, TOps.Load(row + (4 * w)));
            a5 = TLanes.Add(a5, TOps.Load(row + (5 * w)));
            a6 = TLanes.Add(a6, TOps.Load(row + (6 * w)));
            a7 = TLanes.Add(a7, TOps.Load(row + (7 * w)));
        }

        offset = Offset(subtracts);
        for (TNumber* end = subtracts + subtractCount; subtracts < end;)
        {
            int* row = (int*)((byte*)minus + offset);
            offset = Offset(++subtracts);
            a0 = TLanes.Subtract(a0, TOps.Load(row));
            a1 = TLanes.Subtract(a1, TOps.Load(row + w));
            a2 = TLanes.Subtract(a2, TOps.Load(row + (2 * w)));
            a3 = TLanes.Subtract(a3, TOps.Load(row + (3 * w)));
            a4 = TLanes.Subtract(a4, TOps.Load(row + (4 * w)));
            a5 = TLanes.Subtract(a5, TOps.Load(row + (5 * w)));
            a6 = TLanes.Subtract(a6, TOps.Load(row + (6 * w)));
            a7 = TLanes.Subtract(a7, TOps.Load(row + (7 * w)));
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

    /// <summary>Where a row starts, in bytes: known one row ahead, the additions needn't wait for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Offset(TNumber* number) =>
        (nuint)(typeof(TNumber) == typeof(ushort) ? *(ushort*)number : *(uint*)number) * (nuint)(TLanes.Words * sizeof(int));
}
