using FastRbm.Errors;

namespace FastRbm.Data.Generators;

/// <summary>The labelled shifter: bits, the same bits shifted by -1, 0 or +1 with wrap-around, and which shift it was.</summary>
/// <remarks>
/// All patterns with all three shifts, each once: with 8 bits 768 different rows, so that no model has a mean log-likelihood
/// above -log 768 = -6.6438 nats. Source: Hinton and Sejnowski, "Learning and relearning in Boltzmann machines" (1986).
/// </remarks>
public static class Shifter
{
    private const int MaximumBits = 16;
    private const int Shifts = 3;

    /// <summary>Makes the set: for each pattern in counting order (column 0 is the lowest bit) the three shifts.</summary>
    /// <param name="bits">The number of bits of a pattern, from 3 to 16.</param>
    /// <returns>
    /// 3 x 2^bits binary rows of bits + bits + 3 columns. The last three columns are a one-hot code of the shift -1, 0, +1, which
    /// as label is 0, 1, 2. Shift +1 moves bit c to bit c + 1.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside 3 to 16.</exception>
    public static BitDataset Create(int bits = 8)
    {
        if (bits is < 3 or > MaximumBits)
        {
            Throw.OutOfRange(nameof(bits), $"3 to {MaximumBits}", bits);
        }

        int rows = Shifts << bits;
        int columns = bits + bits + Shifts;
        byte[] values = new byte[rows * columns];
        byte[] labels = new byte[rows];
        for (int row = 0; row < rows; row++)
        {
            int pattern = row / Shifts;
            int label = row % Shifts;
            Span<byte> destination = values.AsSpan(row * columns, columns);
            for (int bit = 0; bit < bits; bit++)
            {
                byte value = (byte)((pattern >> bit) & 1);
                destination[bit] = value;
                destination[bits + ((bit + label - 1 + bits) % bits)] = value;
            }

            destination[bits + bits + label] = 1;
            labels[row] = (byte)label;
        }

        return BitDataset.FromBytes("shifter", rows, columns, values, labels: labels);
    }
}
