namespace FastRbm.Cli.Output;

/// <summary>What there is to say about many numbers.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Standard deviation of all of them, not of a sample.</param>
/// <param name="Smallest">Smallest.</param>
/// <param name="Largest">Largest.</param>
internal sealed record Statistics(double Mean, double Deviation, double Smallest, double Largest)
{
    /// <summary>Computes them.</summary>
    /// <param name="values">At least one finite number.</param>
    public static Statistics Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        double smallest = double.PositiveInfinity;
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            sum += value;
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }

        double mean = sum / values.Length;
        double square = 0;
        foreach (double value in values)
        {
            square += (value - mean) * (value - mean);
        }

        return new Statistics(mean, Math.Sqrt(square / values.Length), smallest, largest);
    }
}
