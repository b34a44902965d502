using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Binary;

/// <summary>From packed rows to the lists of four-row patterns of <see cref="BinaryMoments"/>.</summary>
internal static unsafe class PatternLists
{
    /// <summary>Builds the lists of the visible units of words firstWord to endWord - 1.</summary>
    /// <param name="states">Packed rows.</param>
    /// <param name="wordsPerRow">Words in a row.</param>
    /// <param name="firstWord">The first word.</param>
    /// <param name="endWord">One past the last word.</param>
    /// <param name="moments">Rows, lists, counts: lists and counts of these words' units are written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Build(ulong* states, int wordsPerRow, int firstWord, int endWord, in BinaryMoments moments)
    {
        int units = (endWord - firstWord) * 64;
        new Span<int>(moments.ListCounts + (firstWord * 64), units).Clear();
        new Span<int>(moments.VisibleCounts + (firstWord * 64), units).Clear();
        for (int word = firstWord; word < endWord; word++)
        {
            for (int row = 0; row < moments.Rows; row += 4)
            {
                ulong* first = states + ((nint)row * wordsPerRow) + word;
                int rows = Math.Min(4, moments.Rows - row);
                ulong w0 = first[0];
                ulong w1 = rows > 1 ? first[wordsPerRow] : 0;
                ulong w2 = rows > 2 ? first[2 * wordsPerRow] : 0;
                ulong w3 = rows > 3 ? first[3 * wordsPerRow] : 0;
                ulong any = w0 | w1 | w2 | w3;
                int table = row * 4;
                while (any != 0)
                {
                    int bit = BitOperations.TrailingZeroCount(any);
                    any &= any - 1;
                    int pattern = (int)(((w0 >> bit) & 1) | (((w1 >> bit) & 1) << 1) | (((w2 >> bit) & 1) << 2) | (((w3 >> bit) & 1) << 3));
                    int unit = (word * 64) + bit;
                    int count = moments.ListCounts[unit]++;
                    moments.Lists[((nint)unit * moments.ListStride) + count] = table + pattern;
                    moments.VisibleCounts[unit] += BitOperations.PopCount((uint)pattern);
                }
            }
        }
    }
}
