using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>
/// Values in the place of missing ones, a row for each row of the data: the states of the chains that sample p(missing | observed),
/// where they were left when the row was last in a minibatch.
/// </summary>
/// <remarks>Rows may be used by different threads. Nothing is allocated after construction.</remarks>
internal sealed class FilledRows
{
    private readonly IPartialRows _rows;

    /// <summary>Starts the chains: every missing value is drawn with its column's mean over the observed ones.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="means">The means of the columns.</param>
    /// <param name="seed">The seed.</param>
    public FilledRows(IPartialRows rows, ReadOnlySpan<float> means, ulong seed)
    {
        _rows = rows;
        States = new BitMatrix(rows.Rows, rows.Columns);
        ulong[] observed = new ulong[States.WordsPerRow];
        for (int row = 0; row < rows.Rows; row++)
        {
            RandomStream stream = new(seed, StreamPurpose.MissingStart, 0, row);
            rows.CopyObserved(row, observed);
            Span<ulong> states = States.Row(row);
            for (int column = 0; column < rows.Columns; column++)
            {
                ulong missing = ~observed[column >> 6] >> (column & 63) & 1;
                if (missing != 0 && stream.Bits(column) * (1.0 / 4294967296.0) < means[column])
                {
                    states[column >> 6] |= 1UL << (column & 63);
                }
            }
        }
    }

    /// <summary>The values; 0 where a value is observed.</summary>
    public BitMatrix States { get; }

    /// <summary>Puts the values into the place of the missing ones of a row of bits, where there are zeros.</summary>
    /// <param name="row">The row of the data.</param>
    /// <param name="bits">Its bits.</param>
    public void Fill(int row, Span<ulong> bits)
    {
        ReadOnlySpan<ulong> states = States.Row(row);
        for (int word = 0; word < bits.Length; word++)
        {
            bits[word] |= states[word];
        }
    }

    /// <summary>Takes over drawn values where they are missing, here and in the row of bits.</summary>
    /// <param name="row">The row of the data.</param>
    /// <param name="drawn">Drawn values of all columns.</param>
    /// <param name="bits">The row's bits with its last values.</param>
    public void Draw(int row, ReadOnlySpan<ulong> drawn, Span<ulong> bits)
    {
        // The mask goes where the new values come: no scratch is needed.
        Span<ulong> states = States.Row(row);
        for (int word = 0; word < bits.Length; word++)
        {
            bits[word] ^= states[word];
        }

        _rows.CopyObserved(row, states);
        for (int word = 0; word < bits.Length; word++)
        {
            states[word] = drawn[word] & ~states[word];
            bits[word] |= states[word];
        }
    }
}
