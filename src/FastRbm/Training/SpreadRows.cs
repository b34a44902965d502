namespace FastRbm.Training;

/// <summary>
/// Picks rows from all over a data set, each at most once: row r x step modulo rows, with a step near the golden section of the
/// rows and without a common divisor with them. Equal steps would meet a class again and again in data whose classes take turns.
/// </summary>
internal readonly struct SpreadRows
{
    private const double GoldenSection = 0.6180339887498949;

    private readonly int _rows;
    private readonly int _step;

    /// <summary>Prepares to pick.</summary>
    /// <param name="rows">The rows of the data, at least 1.</param>
    public SpreadRows(int rows)
    {
        _rows = rows;
        _step = Math.Max(1, (int)(rows * GoldenSection));
        while (CommonDivisor(_step, rows) != 1)
        {
            _step++;
        }
    }

    /// <summary>A picked row.</summary>
    /// <param name="index">From 0 to rows - 1.</param>
    public int this[int index] => (int)((long)index * _step % _rows);

    private static int CommonDivisor(int a, int b) => b == 0 ? a : CommonDivisor(b, a % b);
}
