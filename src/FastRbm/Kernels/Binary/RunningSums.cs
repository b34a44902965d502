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
}
