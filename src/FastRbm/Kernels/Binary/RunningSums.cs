using FastRbm.Memory;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// The fixed-point inputs of a layer that a half step leaves behind, with the states they are the inputs from: the next half step
/// of the same rows by the same weights may then add what flipped instead of what is on.
/// </summary>
/// <remarks>Holds 4 bytes a row and target unit (in tiles of 64) and a bit a row and source unit.</remarks>
internal sealed unsafe class RunningSums
{
    private readonly AlignedBuffer<int> _sums;
    private readonly BitMatrix _summed;

    /// <summary>Allocates for a number of rows; holds nothing.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="sourceUnits">Units that inputs come from.</param>
    /// <param name="targetUnits">Units that inputs go to.</param>
    public RunningSums(int rows, int sourceUnits, int targetUnits)
    {
        _sums = new AlignedBuffer<int>((long)rows * Tile.Count(targetUnits) * Tile.Width);
        _summed = new BitMatrix(rows, sourceUnits);
    }

    /// <summary>Has a half step keep its sums here.</summary>
    /// <param name="arguments">The half step.</param>
    /// <param name="hold">Whether the rows' sums of an earlier half step, by the same weights, are here already.</param>
    public void Keep(ref HalfStepArguments arguments, bool hold)
    {
        arguments.Sums = _sums.DangerousGetPointer();
        arguments.SumRows = _summed.Rows;
        arguments.Summed = _summed.DangerousGetPointer();
        arguments.SumsHold = hold;
    }

    /// <summary>Integers from a row's inputs of 64 target units to those of the next 64.</summary>
    public nint TileStride => (nint)_summed.Rows * Tile.Width;

    /// <summary>The inputs of the first 64 target units of a row.</summary>
    /// <param name="row">The row.</param>
    public int* Row(int row) => _sums.DangerousGetPointer() + ((nint)row * Tile.Width);

    /// <summary>Takes over one row's inputs, and the states that they are the inputs from, from sums of the same shape.</summary>
    /// <param name="row">The row in both.</param>
    /// <param name="other">The sums to read.</param>
    public void CopyRow(int row, RunningSums other)
    {
        int tiles = _sums.Length / Tile.Width / _summed.Rows;
        for (int tile = 0; tile < tiles; tile++)
        {
            new ReadOnlySpan<int>(other.Row(row) + (tile * other.TileStride), Tile.Width).CopyTo(new Span<int>(Row(row) + (tile * TileStride), Tile.Width));
        }

        other._summed.Row(row).CopyTo(_summed.Row(row));
    }
}
