using FastRbm.Models;

namespace FastRbm.Tests;

/// <summary>Rows held as plain numbers, without the library's data layer.</summary>
internal sealed class TestRows : IVisibleRows
{
    private readonly float[][] _rows;

    public TestRows(IEnumerable<float[]> rows)
    {
        _rows = [.. rows];
        IsBinary = _rows.All(static row => row.All(static value => value is 0 or 1));
    }

    public TestRows(IEnumerable<bool[]> rows)
        : this(rows.Select(static row => Array.ConvertAll(row, static on => on ? 1f : 0f)))
    {
    }

    public int Rows => _rows.Length;

    public int Columns => _rows[0].Length;

    public bool IsBinary { get; }

    public float[] this[int row] => _rows[row];

    public void CopyBits(int row, Span<ulong> destination)
    {
        destination.Clear();
        for (int i = 0; i < Columns; i++)
        {
            destination[i >> 6] |= (_rows[row][i] != 0 ? 1UL : 0UL) << (i & 63);
        }
    }

    public void CopyMeans(int row, Span<float> destination) => _rows[row].CopyTo(destination);
}
