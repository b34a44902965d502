using System.Globalization;

namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>Numbers for tables.</summary>
internal static class Numbers
{
    /// <summary>A number with some significant digits, never with an exponent.</summary>
    public static string Significant(double value, int digits)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        double rounded = Round(value, digits);
        int decimals = Math.Max(0, digits - 1 - Exponent(rounded));
        return rounded.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>The nearest number with some significant decimal digits.</summary>
    public static double Round(double value, int digits) =>
        value == 0 || !double.IsFinite(value)
            ? value
            : double.Parse(value.ToString("E" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(Math.Abs(value)));
}
