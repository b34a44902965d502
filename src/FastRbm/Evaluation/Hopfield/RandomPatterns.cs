using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Evaluation.Hopfield;

/// <summary>Random patterns, and stored ones with flipped bits, as functions of a seed.</summary>
public static class RandomPatterns
{
    /// <summary>Independent fair bits.</summary>
    /// <param name="rows">The number of patterns, 0 or more.</param>
    /// <param name="units">The number of units, 1 or more.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="network">Which of many sets of the same seed, 0 or more.</param>
    /// <returns>The patterns; those of fewer rows are the first of those of more.</returns>
    public static BitMatrix Draw(int rows, int units, ulong seed, long network = 0)
    {
        Throw.IfLess(units, 1);
        BitMatrix patterns = new(rows, units);
        ulong mask = BitMatrix.LastWordMask(units);
        for (int row = 0; row < rows; row++)
        {
            RandomStream stream = new(seed, StreamPurpose.HopfieldPatterns, network, row);
            Span<ulong> words = patterns.Row(row);
            for (int word = 0; word < words.Length; word += 2)
            {
                stream.Block(word / 2, out uint bits0, out uint bits1, out uint bits2, out uint bits3);
                words[word] = ((ulong)bits1 << 32) | bits0;
                if (word + 1 < words.Length)
                {
                    words[word + 1] = ((ulong)bits3 << 32) | bits2;
                }
            }

            words[^1] &= mask;
        }

        return patterns;
    }

    /// <summary>Copies patterns and flips exactly so many of each one's bits, at random places.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="firstPattern">The first that is copied.</param>
    /// <param name="flipped">Bits to flip, 0 to the number of units.</param>
    /// <param name="probes">Overwritten: row r comes of pattern firstPattern + r, and begins again after the last.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="experiment">Which of many of the same seed, 0 or more.</param>
    /// <exception cref="ArgumentException">The sizes don't fit.</exception>
    public static void Flip(BitMatrix patterns, int firstPattern, int flipped, BitMatrix probes, ulong seed, long experiment = 0)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(probes);
        Throw.IfLengthDiffers(probes.Columns, patterns.Columns, nameof(probes));
        Throw.IfLess(patterns.Rows, 1, "number of patterns");
        if (flipped < 0 || flipped > patterns.Columns)
        {
            Throw.OutOfRange(nameof(flipped), $"0 to {patterns.Columns}", flipped);
        }

        int[] places = new int[patterns.Columns];
        for (int row = 0; row < probes.Rows; row++)
        {
            RandomStream stream = new(seed, StreamPurpose.HopfieldProbes, experiment, row);
            Span<ulong> words = probes.Row(row);
            patterns.Row((int)(((long)firstPattern + row) % patterns.Rows)).CopyTo(words);
            for (int i = 0; i < places.Length; i++)
            {
                places[i] = i;
            }

            for (int k = 0; k < flipped; k++)
            {
                int other = k + stream.Below(k, places.Length - k);
                (places[k], places[other]) = (places[other], places[k]);
                words[places[k] >> 6] ^= 1UL << (places[k] & 63);
            }
        }
    }
}
