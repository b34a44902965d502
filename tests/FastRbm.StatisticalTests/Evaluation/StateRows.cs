using FastRbm.Models;

namespace FastRbm.StatisticalTests.Evaluation;

/// <summary>States as rows.</summary>
internal sealed class StateRows(bool[][] states) : IVisibleRows
{
    public int Rows => states.Length;

    public int Columns => states[0].Length;

    public bool IsBinary => true;

    public void CopyBits(int row, Span<ulong> destination)
    {
        destination.Clear();
        for (int unit = 0; unit < Columns; unit++)
        {
            destination[unit >> 6] |= (states[row][unit] ? 1UL : 0UL) << (unit & 63);
        }
    }

    public void CopyMeans(int row, Span<float> destination)
    {
        for (int unit = 0; unit < Columns; unit++)
        {
            destination[unit] = states[row][unit] ? 1 : 0;
        }
    }
}
