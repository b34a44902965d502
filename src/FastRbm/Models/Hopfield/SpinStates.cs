using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>Patterns and probes from other forms, as bits.</summary>
public static class SpinStates
{
    /// <summary>Copies binary rows.</summary>
    /// <param name="rows">The rows: every value 0 or 1.</param>
    /// <returns>The rows as bits.</returns>
    /// <exception cref="ArgumentException">There are no rows, or they hold other values.</exception>
    public static BitMatrix FromRows(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "binary rows", "other values");
        }

        BitMatrix bits = new(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, bits.Row(row));
        }

        return bits;
    }

    /// <summary>Packs spins.</summary>
    /// <param name="spins">Rows of equal length, of -1 and 1.</param>
    /// <returns>The rows as bits, on for 1.</returns>
    /// <exception cref="ArgumentException">There are none, lengths differ, or a value is neither -1 nor 1.</exception>
    public static BitMatrix FromSpins(IReadOnlyList<IReadOnlyList<int>> spins) => Pack(spins, -1);

    /// <summary>Packs states of binary units.</summary>
    /// <param name="states">Rows of equal length, of 0 and 1.</param>
    /// <returns>The rows as bits.</returns>
    /// <exception cref="ArgumentException">There are none, lengths differ, or a value is neither 0 nor 1.</exception>
    public static BitMatrix FromBinary(IReadOnlyList<IReadOnlyList<int>> states) => Pack(states, 0);

    private static BitMatrix Pack(IReadOnlyList<IReadOnlyList<int>> values, int off)
    {
        ArgumentNullException.ThrowIfNull(values);
        Throw.IfLess(values.Count, 1, "number of patterns");
        int units = values[0].Count;
        Throw.IfLess(units, 1, "length of pattern 0");
        BitMatrix bits = new(values.Count, units);
        for (int row = 0; row < values.Count; row++)
        {
            Throw.IfLengthDiffers(values[row].Count, units, $"pattern {row}");
            for (int unit = 0; unit < units; unit++)
            {
                int value = values[row][unit];
                if (value != 1 && value != off)
                {
                    Throw.Argument(nameof(values), $"{off} or 1 at pattern {row}, unit {unit}", $"{value}");
                }

                bits[row, unit] = value == 1;
            }
        }

        return bits;
    }
}
