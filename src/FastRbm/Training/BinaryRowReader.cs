using System.Runtime.Intrinsics;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>Reads rows as packed bits, making bits of values in between. Thread-safe; allocates nothing.</summary>
internal sealed class BinaryRowReader(IVisibleRows rows, Binarization binarization, ulong seed)
{
    /// <summary>Units that share a block of four draws.</summary>
    private const int BlockLength = 4;

    /// <summary>Reads one row: thresholded at one half, or drawn with its values as probabilities.</summary>
    /// <param name="row">The row of the data.</param>
    /// <param name="epoch">The epoch that a draw belongs to.</param>
    /// <param name="scratch">As many floats as the row has values.</param>
    /// <param name="destination">The packed bits, written; pad bits are zero.</param>
    public void CopyBits(int row, int epoch, Span<float> scratch, Span<ulong> destination)
    {
        if (rows.IsBinary)
        {
            rows.CopyBits(row, destination);
            return;
        }

        rows.CopyMeans(row, scratch);
        destination.Clear();
        if (binarization == Binarization.Sample)
        {
            Sample(new RandomStream(seed, StreamPurpose.Binarization, epoch, row), scratch, destination);
            return;
        }

        for (int unit = 0; unit < scratch.Length; unit++)
        {
            destination[unit >> 6] |= (scratch[unit] >= 0.5f ? 1UL : 0UL) << (unit & 63);
        }
    }

    /// <summary>Unit u is on if draw u, as a uniform number, lies below its mean. Where all of a block's means are 0, none is drawn.</summary>
    private static void Sample(in RandomStream stream, ReadOnlySpan<float> means, Span<ulong> destination)
    {
        Span<float> block = stackalloc float[BlockLength];
        for (int first = 0; first < means.Length; first += BlockLength)
        {
            scoped ReadOnlySpan<float> some = means[first..];
            if (some.Length < BlockLength)
            {
                block.Clear();
                some.CopyTo(block);
                some = block;
            }

            if (Vector128.EqualsAll(Vector128.Create(some), Vector128<float>.Zero))
            {
                continue;
            }

            stream.Block(first / BlockLength, out uint b0, out uint b1, out uint b2, out uint b3);
            ulong on = (Below(b0, some[0]) | (Below(b1, some[1]) << 1)) | ((Below(b2, some[2]) << 2) | (Below(b3, some[3]) << 3));
            destination[first >> 6] |= on << (first & 63);
        }
    }

    private static ulong Below(uint bits, float mean) => bits * (1.0 / 4294967296.0) < mean ? 1UL : 0;
}
