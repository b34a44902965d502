using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Kernels.Binary;

/// <summary>Transposes 64 x 64 bits, between rows of states and words of one unit in 64 rows.</summary>
internal static unsafe class BitTranspose
{
    /// <summary>Bit r of target[u] = bit u of the word of row r; rows past the last are 0.</summary>
    /// <param name="source">The word of row 0.</param>
    /// <param name="step">Words from one row's word to the next one's.</param>
    /// <param name="rows">1 to 64.</param>
    /// <param name="target">64 words, written.</param>
    public static void Gather(ulong* source, nint step, int rows, ulong* target)
    {
        for (int row = 0; row < Tile.Width; row++)
        {
            target[row] = row < rows ? source[row * step] : 0;
        }

        InPlace(target);
    }

    /// <summary>The same of rows of states.</summary>
    /// <param name="states">The states.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">1 to 64, not beyond the last row.</param>
    /// <param name="word">The word of each row.</param>
    /// <param name="target">64 words, written.</param>
    public static void Gather(BitMatrix states, int first, int rows, int word, Span<ulong> target)
    {
        Throw.IfLengthDiffers(target.Length, Tile.Width, nameof(target));
        Throw.IfOutside(rows, 1, Math.Min(Tile.Width, states.Rows - first));
        fixed (ulong* words = target)
        {
            Gather(states.DangerousGetPointer() + ((nint)first * states.WordsPerRow) + word, states.WordsPerRow, rows, words);
        }
    }

    /// <summary>Bit u of the word of row r = bit r of source[u].</summary>
    /// <param name="source">64 words; overwritten.</param>
    /// <param name="target">The word of row 0.</param>
    /// <param name="step">Words from one row's word to the next one's.</param>
    /// <param name="rows">1 to 64.</param>
    public static void Scatter(ulong* source, ulong* target, nint step, int rows)
    {
        InPlace(source);
        for (int row = 0; row < rows; row++)
        {
            target[row * step] = source[row];
        }
    }

    /// <summary>Swaps the off-diagonal quarters, then those of the quarters, down to single bits.</summary>
    private static void InPlace(ulong* words)
    {
        ulong mask = 0x00000000FFFFFFFF;
        for (int width = 32; width > 0; width >>= 1)
        {
            for (int row = 0; row < Tile.Width; row = (row + width + 1) & ~width)
            {
                ulong swapped = ((words[row] >> width) ^ words[row + width]) & mask;
                words[row] ^= swapped << width;
                words[row + width] ^= swapped;
            }

            mask ^= mask << (width >> 1);
        }
    }
}
