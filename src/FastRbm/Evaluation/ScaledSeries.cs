namespace FastRbm.Evaluation;

/// <summary>Mean and deviation of numbers, found without overflow: numbers are divided by a power of two and centred in place.</summary>
/// <param name="Mean">The mean of the numbers as they were.</param>
/// <param name="Deviation">Their standard deviation (divided by their number less one; 0 for a single one).</param>
/// <param name="Exponent">What 1 stands for after scaling: this power of two.</param>
internal readonly record struct ScaledSeries(double Mean, double Deviation, int Exponent)
{
    /// <summary>Centres numbers and scales them to about 1, which changes neither correlations nor ratios of variances.</summary>
    /// <param name="values">At least one finite number; overwritten. All zeros if they are equal.</param>
    public static ScaledSeries Of(Span<double> values)
    {
        int scale = Scale(values);
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        // Equal numbers have exactly their own mean, whatever their sum was rounded to.
        double mean = values.IndexOfAnyExcept(values[0]) < 0 ? values[0] : sum / values.Length;
        foreach (ref double value in values)
        {
            value -= mean;
        }

        int second = Scale(values);
        double square = 0;
        foreach (double value in values)
        {
            square += value * value;
        }

        double deviation = values.Length == 1 ? 0 : Math.ScaleB(Math.Sqrt(square / (values.Length - 1)), second + scale);
        return new ScaledSeries(Math.ScaleB(mean, scale), Math.Min(deviation, double.MaxValue), second + scale);
    }

    /// <summary>Divides numbers by the power of two that brings the largest to at least one half and below 1; returns its exponent.</summary>
    private static int Scale(Span<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        if (largest == 0)
        {
            return 0;
        }

        int exponent = Math.ILogB(largest) + 1;
        foreach (ref double value in values)
        {
            value = Math.ScaleB(value, -exponent);
        }

        return exponent;
    }
}
