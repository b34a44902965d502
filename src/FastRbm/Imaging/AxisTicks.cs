using System.Globalization;

namespace FastRbm.Imaging;

/// <summary>Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten. The axis reaches from the first to the last.</summary>
/// <remarks>Source: Heckbert, "Nice numbers for graph labels", in Graphics Gems (1990).</remarks>
internal sealed class AxisTicks
{
    private const int LargestExponent = 307;

    // Below this, quotients of steps would leave the normal doubles.
    private const double Smallest = 1e-290;

    private readonly long _first;
    private readonly int _step;
    private readonly int _exponent;
    private readonly double _unit;

    /// <summary>Chooses ticks.</summary>
    /// <param name="low">The smallest number that the axis shows; finite.</param>
    /// <param name="high">The largest; finite.</param>
    /// <param name="most">About how many ticks there may be, at least 2.</param>
    public AxisTicks(double low, double high, int most)
    {
        // What can't be told apart in double, or is a single number, gets an axis around it.
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        double range = (high / most) - (low / most);
        if (!(range > Math.Max(size * 1e-12, Smallest)))
        {
            double margin = size > 1e3 * Smallest ? size * 0.5 : 1;
            low = Math.Max(low - margin, -double.MaxValue);
            high = Math.Min(high + margin, double.MaxValue);
            range = (high / most) - (low / most);
        }

        // By comparison, since a logarithm may be a rounding off where it matters: at powers of ten.
        _exponent = (int)(Math.ILogB(range) * 0.30103);
        while (_exponent < LargestExponent && Power(_exponent + 1) <= range)
        {
            _exponent++;
        }

        while (Power(_exponent) > range)
        {
            _exponent--;
        }

        double share = range / Power(_exponent);
        (_step, _exponent) = share <= 1 ? (1, _exponent) : share <= 2 ? (2, _exponent) : share <= 5 ? (5, _exponent) : (1, _exponent + 1);
        _unit = _step * Power(_exponent);
        _first = (long)Math.Floor((low / _unit) + 1e-9);
        Count = Math.Max(2, (int)((long)Math.Ceiling((high / _unit) - 1e-9) - _first + 1));
    }

    /// <summary>The number of ticks, at least 2.</summary>
    public int Count { get; }

    /// <summary>Where a number lies on the axis: 0 at the first tick, 1 at the last.</summary>
    public double Place(double value) => ((value / _unit) - _first) / (Count - 1);

    /// <summary>Where a tick lies on the axis.</summary>
    /// <param name="tick">From 0 to Count - 1.</param>
    public double PlaceOf(int tick) => (double)tick / (Count - 1);

    /// <summary>A tick as text: as many digits as the step needs, or with an exponent beyond a million or a ten-thousandth.</summary>
    /// <param name="tick">From 0 to Count - 1.</param>
    public string Label(int tick)
    {
        long multiple = (_first + tick) * _step;
        if (multiple == 0)
        {
            return "0";
        }

        if (_exponent is < -4 or > 5)
        {
            return decimal.CreateSaturating(multiple).ToString("0", CultureInfo.InvariantCulture) + "e" + _exponent.ToString(CultureInfo.InvariantCulture);
        }

        // Exactly, by integers: 3 x 0.1 is "0.3".
        decimal value = multiple;
        for (int i = 0; i < Math.Abs(_exponent); i++)
        {
            value = _exponent > 0 ? value * 10 : value / 10;
        }

        int digits = Math.Max(0, -_exponent);
        return value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double Power(int exponent) => double.Parse("1e" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
