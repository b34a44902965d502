using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums of integers over the units that are on: the fields of an energy in fixed point.</summary>
/// <remarks>
/// One loop over set bits for all levels: a row costs about a nanosecond an active unit, a few hundredths of its half steps, and the
/// sum is exact in any order.
/// </remarks>
internal static unsafe class OnUnits
{
    /// <summary>Sum of values[unit] over the units that are on, for values in tiles as <see cref="HalfStepArguments.Sums"/> has them.</summary>
    /// <param name="states">Packed states of one row.</param>
    /// <param name="words">Words of the row.</param>
    /// <param name="values">The values of the first 64 units.</param>
    /// <param name="step">Integers from the values of one word of units to those of the next.</param>
    /// <returns>The sum, exact below 2^32 units.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Sum(ulong* states, int words, int* values, nint step)
    {
        long sum = 0;
        for (int word = 0; word < words; word++)
        {
            for (ulong on = states[word]; on != 0; on &= on - 1)
            {
                sum += values[BitOperations.TrailingZeroCount(on)];
            }

            values += step;
        }

        return sum;
    }

    /// <summary>Sum of values[unit] over the units that are on.</summary>
    /// <param name="states">Packed states of one row.</param>
    /// <param name="words">Words of the row.</param>
    /// <param name="values">A value a unit.</param>
    /// <returns>The sum, which the caller knows to fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Sum(ulong* states, int words, long* values)
    {
        long sum = 0;
        for (int word = 0; word < words; word++)
        {
            for (ulong on = states[word]; on != 0; on &= on - 1)
            {
                sum += values[BitOperations.TrailingZeroCount(on)];
            }

            values += 64;
        }

        return sum;
    }
}
