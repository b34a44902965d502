using System.Numerics;

namespace FastRbm.Kernels.Reduction;

/// <summary>Sums of integers picked by state bits: exact, so in any order.</summary>
internal static class StateSum
{
    /// <summary>The sum of values[unit] over the units that are on.</summary>
    /// <param name="states">Packed states; pad bits are zero.</param>
    /// <param name="values">A value a unit. The sum of their magnitudes must be below 2^63.</param>
    /// <returns>The sum.</returns>
    public static long Of(ReadOnlySpan<ulong> states, ReadOnlySpan<long> values)
    {
        long sum = 0;
        for (int word = 0; word < states.Length; word++)
        {
            ReadOnlySpan<long> own = values.Slice(64 * word, Math.Min(64, values.Length - (64 * word)));
            for (ulong bits = states[word]; bits != 0; bits &= bits - 1)
            {
                sum += own[BitOperations.TrailingZeroCount(bits)];
            }
        }

        return sum;
    }
}
