using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>From packed states to lists of the units that are on.</summary>
internal static unsafe class ActiveUnits
{
    /// <summary>Writes the panel offset (unit x 64) of every unit that is on, in ascending order.</summary>
    /// <param name="words">The packed states of one row.</param>
    /// <param name="count">The number of words.</param>
    /// <param name="offsets">Room for as many offsets as the row has units.</param>
    /// <param name="ends">For each word, how many offsets there are up to its end; written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect(ulong* words, int count, int* offsets, int* ends)
    {
        int found = 0;
        for (int word = 0; word < count; word++)
        {
            ulong bits = words[word];
            int first = word * 64 * Tile.Width;
            while (bits != 0)
            {
                offsets[found++] = first + (BitOperations.TrailingZeroCount(bits) * Tile.Width);
                bits &= bits - 1;
            }

            ends[word] = found;
        }
    }
}
