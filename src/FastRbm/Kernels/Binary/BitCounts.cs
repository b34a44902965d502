using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>Counts over two rows of packed bits. Integers: the same at every SIMD level; allocates nothing, thread-safe.</summary>
internal static class BitCounts
{
    /// <summary>The number of bits that are on in both rows.</summary>
    /// <param name="first">A row.</param>
    /// <param name="second">A row of the same length.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Both(ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second)
    {
        // Two sums, or each addition waits for the one before.
        second = second[..first.Length];
        int even = 0;
        int odd = 0;
        int i = 0;
        for (; i < first.Length - 1; i += 2)
        {
            even += BitOperations.PopCount(first[i] & second[i]);
            odd += BitOperations.PopCount(first[i + 1] & second[i + 1]);
        }

        return even + odd + (i < first.Length ? BitOperations.PopCount(first[i] & second[i]) : 0);
    }

    /// <summary>The number of bits that differ: the Hamming distance.</summary>
    /// <param name="first">A row.</param>
    /// <param name="second">A row of the same length.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Different(ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second)
    {
        second = second[..first.Length];
        int even = 0;
        int odd = 0;
        int i = 0;
        for (; i < first.Length - 1; i += 2)
        {
            even += BitOperations.PopCount(first[i] ^ second[i]);
            odd += BitOperations.PopCount(first[i + 1] ^ second[i + 1]);
        }

        return even + odd + (i < first.Length ? BitOperations.PopCount(first[i] ^ second[i]) : 0);
    }

    /// <summary>Turns a square of 64 rows and columns: bit j of word i becomes bit i of word j.</summary>
    /// <remarks>Source: Warren, "Hacker's Delight" (2nd edition, 2012), section 7-3.</remarks>
    /// <param name="square">64 words, overwritten.</param>
    public static void Transpose(Span<ulong> square)
    {
        ulong mask = 0x00000000FFFFFFFF;
        for (int width = 32; width != 0; width >>= 1, mask ^= mask << width)
        {
            for (int i = 0; i < 64; i = (i + width + 1) & ~width)
            {
                ulong swap = ((square[i] >> width) ^ square[i + width]) & mask;
                square[i + width] ^= swap;
                square[i] ^= swap << width;
            }
        }
    }
}
