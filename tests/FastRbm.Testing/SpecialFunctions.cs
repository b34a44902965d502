namespace FastRbm.Testing;

/// <summary>The functions behind p-values, in doubles.</summary>
internal static class SpecialFunctions
{
    private const double RelativeAccuracy = 1e-16;
    private const int StirlingFrom = 15;

    /// <summary>Terms B_2k / (2k (2k - 1)) of Stirling's series.</summary>
    private static readonly double[] _stirling =
        [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400];

    /// <summary>log Gamma(x) for x > 0: Stirling's series, after stepping up to where it converges fast.</summary>
    /// <remarks>Source: Abramowitz and Stegun 6.1.40 and 6.1.15.</remarks>
    public static double LogGamma(double x)
    {
        double product = 1;
        while (x < StirlingFrom)
        {
            product *= x;
            x++;
        }

        double series = 0;
        double power = x;
        foreach (double term in _stirling)
        {
            series += term / power;
            power *= x * x;
        }

        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series - Math.Log(product);
    }

    /// <summary>Q(a,x) = Gamma(a,x) / Gamma(a), the upper regularised incomplete gamma function, for a > 0 and x >= 0.</summary>
    /// <remarks>Source: Abramowitz and Stegun 6.5.29 (series, below the mean) and 6.5.31 (continued fraction, above it).</remarks>
    public static double UpperGamma(double a, double x)
    {
        if (x == 0 || double.IsPositiveInfinity(x))
        {
            return x == 0 ? 1 : 0;
        }

        double scale = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        return x < a + 1 ? 1 - (scale * LowerSeries(a, x)) : scale * UpperFraction(a, x);
    }

    /// <summary>The probability that a standard normal number is above z.</summary>
    public static double NormalUpperTail(double z)
    {
        double outside = UpperGamma(0.5, z * z / 2);
        return z >= 0 ? outside / 2 : 1 - (outside / 2);
    }

    /// <summary>The z that a standard normal number exceeds with the given probability, found by halving an interval.</summary>
    /// <param name="tail">From 1e-300 to 1 - 1e-15.</param>
    public static double NormalUpperQuantile(double tail)
    {
        double low = -8;
        double high = 38;
        for (int i = 0; i < 100; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = NormalUpperTail(middle) > tail ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1 / a;
        double sum = term;
        for (double n = a + 1; term > sum * RelativeAccuracy; n++)
        {
            term *= x / n;
            sum += term;
        }

        return sum;
    }

    /// <summary>1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))), by Lentz's method.</summary>
    private static double UpperFraction(double a, double x)
    {
        double b = x + 1 - a;
        double c = double.MaxValue;
        double d = 1 / b;
        double fraction = d;
        for (int n = 1; n < 10_000_000; n++)
        {
            double numerator = n * (a - n);
            b += 2;
            d = 1 / ((numerator * d) + b);
            c = b + (numerator / c);
            fraction *= c * d;
            if (Math.Abs((c * d) - 1) < 2e-16)
            {
                break;
            }
        }

        return fraction;
    }
}
