using FastRbm.Errors;

namespace FastRbm.Data.Generators;

/// <summary>Square images whose rows are all on or off, or whose columns are: a small distribution with a known best answer.</summary>
/// <remarks>
/// Of n x n pixels there are 2^n + 2^n - 2 different patterns. The set has 2^n + 2^n rows, because all-off and all-on are both:
/// each of them stands twice. For n = 4: 32 rows, 30 patterns, and no model has a mean log-likelihood above
/// 28/32 log(1/32) + 4/32 log(2/32) = -39/8 log 2 = -3.3791 nats. Source: MacKay, "Information Theory, Inference, and
/// Learning Algorithms" (2003), chapter 43.
/// </remarks>
public static class BarsAndStripes
{
    private const int MaximumSize = 12;

    /// <summary>Makes the set: first the 2^n images of horizontal stripes, then the 2^n of vertical bars.</summary>
    /// <param name="size">n, the height and width, from 1 to 12.</param>
    /// <returns>2^(n+1) binary rows of n x n pixels, without labels.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside 1 to 12.</exception>
    public static BitDataset Create(int size = 4)
    {
        if (size is < 1 or > MaximumSize)
        {
            Throw.OutOfRange(nameof(size), $"1 to {MaximumSize}", size);
        }

        int patterns = 1 << size;
        int columns = size * size;
        byte[] values = new byte[2 * patterns * columns];
        for (int row = 0; row < 2 * patterns; row++)
        {
            for (int pixel = 0; pixel < columns; pixel++)
            {
                int line = row < patterns ? pixel / size : pixel % size;
                values[(row * columns) + pixel] = (byte)((row >> line) & 1);
            }
        }

        return BitDataset.FromBytes("bars-and-stripes", 2 * patterns, columns, values, new ImageShape(size, size));
    }
}
