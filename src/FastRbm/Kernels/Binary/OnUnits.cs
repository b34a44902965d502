using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums of integers over the units that are on, of many rows: the parts of an energy in fixed point.</summary>
/// <remarks>
/// Every unit is read and masked, whatever its state: a loop over set bits takes three times as long at 512 bits.
/// Sums are exact in any order: 16 bits of a value go to one sum, the rest to another.
/// </remarks>
internal static unsafe class OnUnits
{
    // 8,192 numbers of 16 bits sum to less than 2^30.
    private const int SegmentWords = 128;

    /// <summary>totals[row] += factor sum over units that are on of their values, for rows first to end - 1.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="states">Packed states [rows][words].</param>
    /// <param name="words">Words in a row.</param>
    /// <param name="values">The values of row 0's first 64 units.</param>
    /// <param name="rowStep">Integers from one row's values to the next one's: 64 for <see cref="HalfStepArguments.Sums"/>, 0 for values that
    /// rows share.</param>
    /// <param name="wordStep">Integers from the values of one word of units to those of the next.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="factor">What sums are multiplied by.</param>
    /// <param name="totals">A total a row; those of other rows aren't touched.</param>
    public static void Add(
        SimdLevel level, ulong* states, int words, int* values, nint rowStep, nint wordStep, int first, int end, long factor, Span<long> totals)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Add<Vector512<float>, Vector512<int>, Simd512>(states, words, values, rowStep, wordStep, first, end, factor, totals);
                break;
            case SimdLevel.Vector256:
                Add<Vector256<float>, Vector256<int>, Simd256>(states, words, values, rowStep, wordStep, first, end, factor, totals);
                break;
            case SimdLevel.Vector128:
                Add<Vector128<float>, Vector128<int>, Simd128>(states, words, values, rowStep, wordStep, first, end, factor, totals);
                break;
            default:
                Add<float, int, ScalarSimd>(states, words, values, rowStep, wordStep, first, end, factor, totals);
                break;
        }
    }

    private static void Add<TFloat, TInt, TOps>(
        ulong* states, int words, int* values, nint rowStep, nint wordStep, int first, int end, long factor, Span<long> totals)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* bits = stackalloc int[TOps.Width];
        for (int lane = 0; lane < TOps.Width; lane++)
        {
            bits[lane] = 1 << lane;
        }

        for (int row = first; row < end; row++)
        {
            ulong* rowStates = states + ((nint)row * words);
            int* rowValues = values + (row * rowStep);
            long sum = 0;
            for (int word = 0; word < words; word += SegmentWords)
            {
                sum += Sum<TFloat, TInt, TOps>(rowStates + word, Math.Min(SegmentWords, words - word), rowValues + (word * wordStep), wordStep, bits);
            }

            totals[row] += factor * sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Sum<TFloat, TInt, TOps>(ulong* states, int words, int* values, nint step, int* bits)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TInt zero = TOps.Create(0);
        TInt lower = TOps.Create(0xFFFF);
        TInt ofLane = TOps.Load(bits);
        TInt high = zero;
        TInt low = zero;
        for (int word = 0; word < words; word++)
        {
            ulong on = states[word];
            for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
            {
                // 0 - bit is negative where the bit is set.
                TInt bit = TOps.And(TOps.Create((int)(on >> unit)), ofLane);
                TInt mask = TOps.ShiftRightArithmetic(TOps.Subtract(zero, bit), 31);
                TInt value = TOps.And(TOps.Load(values + unit), mask);
                low = TOps.Add(low, TOps.And(value, lower));
                high = TOps.Add(high, TOps.ShiftRightArithmetic(value, 16));
            }

            values += step;
        }

        return ((long)TOps.Sum(high) << 16) + TOps.Sum(low);
    }
}
