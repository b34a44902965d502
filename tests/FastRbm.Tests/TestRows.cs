using FastRbm.Models;

namespace FastRbm.Tests;

/// <summary>Rows held as plain numbers, without the library's data layer; NaN stands for a missing value.</summary>
internal sealed class TestRows : IPartialRows
{
    private readonly float[][] _rows;
    private readonly bool[][] _observed;

    public TestRows(IEnumerable<float[]> rows)
    {
        float[][] given = [.. rows];
        _observed = [.. given.Select(static row => Array.ConvertAll(row, static value => !float.IsNaN(value)))];
        _rows = [.. given.Select(static row => Array.ConvertAll(row, static value => float.IsNaN(value) ? 0 : value))];
        HasMissing = _observed.Any(static row => row.Contains(false));
        IsBinary = _rows.All(static row => row.All(static value => value is 0 or 1));
    }

    public TestRows(IEnumerable<bool[]> rows)
        : this(rows.Select(static row => Array.ConvertAll(row, static on => on ? 1f : 0f)))
    {
    }

    public int Rows => _rows.Length;

    public int Columns => _rows[0].Length;

    public bool IsBinary { get; }

    public bool HasMissing { get; }

    public float[] this[int row] => _rows[row];

    public bool IsObserved(int row, int column) => _observed[row][column];

    public void CopyObserved(int row, Span<ulong> destination)
    {
        destination.Clear();
        for (int i = 0; i < Columns; i++)
        {
            destination[i >> 6] |= (_observed[row][i] ? 1UL : 0UL) << (i & 63);
        }
    }

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
