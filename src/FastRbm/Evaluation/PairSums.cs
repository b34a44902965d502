namespace FastRbm.Evaluation;

/// <summary>Sums over pairs of numbers, from which errors and a correlation follow; added in one stated order.</summary>
internal struct PairSums
{
    private double _x;
    private double _y;
    private double _xx;
    private double _yy;
    private double _xy;
    private double _squares;
    private double _noise;
    private long _count;

    /// <summary>The number of pairs.</summary>
    public readonly long Count => _count;

    /// <summary>Root mean square of x - y; 0 for no pairs.</summary>
    public readonly double Error => _count == 0 ? 0 : Math.Sqrt(_squares / _count);

    /// <summary>Root of the mean noise variance; 0 for no pairs.</summary>
    public readonly double Noise => _count == 0 ? 0 : Math.Sqrt(_noise / _count);

    /// <summary>Pearson's correlation; null when x or y don't vary.</summary>
    public readonly double? Correlation
    {
        get
        {
            // What rounding leaves of numbers that don't vary is no variance.
            double xx = _xx - (_x * _x / Math.Max(1, _count));
            double yy = _yy - (_y * _y / Math.Max(1, _count));
            bool varies = xx > 1e-13 * _xx && yy > 1e-13 * _yy;
            return varies ? Math.Clamp((_xy - (_x * _y / _count)) / Math.Sqrt(xx * yy), -1, 1) : null;
        }
    }

    /// <summary>Adds a pair.</summary>
    /// <param name="x">A number.</param>
    /// <param name="y">The other.</param>
    /// <param name="noise">The variance of x - y that chance alone gives.</param>
    public void Add(double x, double y, double noise)
    {
        _x += x;
        _y += y;
        _xx += x * x;
        _yy += y * y;
        _xy += x * y;
        _squares += (x - y) * (x - y);
        _noise += noise;
        _count++;
    }

    /// <summary>Adds the sums of other pairs.</summary>
    public void Add(in PairSums other)
    {
        _x += other._x;
        _y += other._y;
        _xx += other._xx;
        _yy += other._yy;
        _xy += other._xy;
        _squares += other._squares;
        _noise += other._noise;
        _count += other._count;
    }
}
