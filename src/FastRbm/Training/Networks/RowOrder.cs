using FastRbm.Random;

namespace FastRbm.Training.Networks;

/// <summary>The order of the rows in an epoch (Fisher and Yates): a function of seed and epoch alone.</summary>
internal sealed class RowOrder(int rows, ulong seed)
{
    private readonly int[] _order = new int[rows];
    private int _epoch = -1;

    /// <summary>The order of an epoch, until another one is asked for.</summary>
    /// <param name="epoch">From 0.</param>
    /// <returns>Every row once.</returns>
    public ReadOnlySpan<int> Of(int epoch)
    {
        if (_epoch != epoch)
        {
            RandomStream stream = new(seed, StreamPurpose.Shuffle, epoch, 0);
            for (int row = 0; row < _order.Length; row++)
            {
                int other = stream.Below(row, row + 1);
                _order[row] = _order[other];
                _order[other] = row;
            }

            _epoch = epoch;
        }

        return _order;
    }
}
