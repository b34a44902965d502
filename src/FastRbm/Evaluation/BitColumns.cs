using FastRbm.Kernels.Binary;
using FastRbm.Memory;

namespace FastRbm.Evaluation;

/// <summary>Binary rows turned round, a unit a row of bits, so that counts over rows are counts of bits.</summary>
internal sealed class BitColumns
{
    private const int Side = 64;

    private readonly BitMatrix _turned;

    /// <summary>Turns rows.</summary>
    /// <param name="rows">The rows; only read.</param>
    public BitColumns(BitMatrix rows)
    {
        Rows = rows.Rows;
        _turned = new BitMatrix(rows.Columns, rows.Rows);
        Span<ulong> square = stackalloc ulong[Side];
        for (int first = 0; first < rows.Rows; first += Side)
        {
            for (int word = 0; word < rows.WordsPerRow; word++)
            {
                square.Clear();
                for (int i = 0; i < Math.Min(Side, rows.Rows - first); i++)
                {
                    square[i] = rows.Row(first + i)[word];
                }

                BitCounts.Transpose(square);
                int units = Math.Min(Side, rows.Columns - (word * Side));
                for (int i = 0; i < units; i++)
                {
                    _turned.Row((word * Side) + i)[first / Side] = square[i];
                }
            }
        }
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of units.</summary>
    public int Units => _turned.Rows;

    /// <summary>The number of rows in which a unit is on.</summary>
    public int Count(int unit) => _turned.CountOn(unit);

    /// <summary>The number of rows in which both units are on.</summary>
    public int Count(int unit, int other) => BitCounts.Both(_turned.Row(unit), _turned.Row(other));
}
