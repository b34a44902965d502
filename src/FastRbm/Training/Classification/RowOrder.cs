using FastRbm.Random;

namespace FastRbm.Training.Classification;

/// <summary>Rows in a new random order in every pass over them: a function of seed and place alone, so that a run can go on anywhere.</summary>
internal sealed class RowOrder(int[] rows, ulong seed, StreamPurpose purpose)
{
    private readonly int[] _order = new int[rows.Length];
    private long _pass = -1;

    /// <summary>The number of rows.</summary>
    public int Count => rows.Length;

    /// <summary>The pass that a place belongs to.</summary>
    public long PassOf(long place) => place / rows.Length;

    /// <summary>The row at a place, counted through all passes.</summary>
    public int At(long place)
    {
        (long pass, long index) = Math.DivRem(place, rows.Length);
        if (pass != _pass)
        {
            // Fisher and Yates.
            RandomStream stream = new(seed, purpose, pass, 0);
            for (int row = 0; row < rows.Length; row++)
            {
                int other = stream.Below(row, row + 1);
                _order[row] = _order[other];
                _order[other] = rows[row];
            }

            _pass = pass;
        }

        return _order[index];
    }
}
