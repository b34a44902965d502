using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>Reads rows as packed bits, making bits of values in between. Thread-safe; allocates nothing.</summary>
internal sealed class BinaryRowReader(IVisibleRows rows, Binarization binarization, ulong seed)
{
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

    private static void Sample(in RandomStream stream, ReadOnlySpan<float> means, Span<ulong> destination)
    {
        uint bits = 0;
        uint b1 = 0;
        uint b2 = 0;
        uint b3 = 0;
        for (int unit = 0; unit < means.Length; unit++)
        {
            if ((unit & 3) == 0)
            {
                stream.Block(unit >> 2, out bits, out b1, out b2, out b3);
            }

            bool on = bits * (1.0 / 4294967296.0) < means[unit];
            (bits, b1, b2) = (b1, b2, b3);
            destination[unit >> 6] |= (on ? 1UL : 0UL) << (unit & 63);
        }
    }
}
