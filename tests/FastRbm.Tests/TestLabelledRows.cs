using FastRbm.Models;

namespace FastRbm.Tests;

/// <summary>Rows with labels held as plain numbers.</summary>
internal sealed class TestLabelledRows(IEnumerable<float[]> rows, byte[] labels) : ILabelledRows
{
    private readonly TestRows _rows = new(rows);

    public ReadOnlyMemory<byte> Labels => labels;

    public int Rows => _rows.Rows;

    public int Columns => _rows.Columns;

    public bool IsBinary => _rows.IsBinary;

    public float[] this[int row] => _rows[row];

    public void CopyBits(int row, Span<ulong> destination) => _rows.CopyBits(row, destination);

    public void CopyMeans(int row, Span<float> destination) => _rows.CopyMeans(row, destination);
}
