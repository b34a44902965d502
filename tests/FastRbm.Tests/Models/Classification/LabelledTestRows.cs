using FastRbm.Models;

namespace FastRbm.Tests.Models.Classification;

/// <summary>Rows in memory.</summary>
internal sealed class LabelledTestRows(float[][] values, byte[] labels) : ILabelledRows
{
    public float[][] Values => values;

    public int Rows => values.Length;

    public int Columns => values[0].Length;

    public bool IsBinary { get; } = values.All(static row => row.All(static value => value is 0 or 1));

    public ReadOnlyMemory<byte> Labels => labels;

    public void CopyBits(int row, Span<ulong> destination)
    {
        destination.Clear();
        for (int i = 0; i < Columns; i++)
        {
            destination[i >> 6] |= (values[row][i] > 0 ? 1UL : 0) << (i & 63);
        }
    }

    public void CopyMeans(int row, Span<float> destination) => values[row].CopyTo(destination);
}
