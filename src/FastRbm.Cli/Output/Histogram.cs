namespace FastRbm.Cli.Output;

/// <summary>Counts of numbers in ranges of equal width, from the smallest to the largest number.</summary>
internal sealed class Histogram
{
    private const int MostBins = 15;

    private Histogram(double first, double width, int[] counts) => (First, Width, Counts) = (first, width, counts);

    /// <summary>Where the first range starts.</summary>
    public double First { get; }

    /// <summary>The width of a range; 0 if all numbers are equal.</summary>
    public double Width { get; }

    /// <summary>The numbers in each range; the last one takes its end, too.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>Counts.</summary>
    /// <param name="values">At least one finite number.</param>
    public static Histogram Of(ReadOnlySpan<double> values)
    {
        Statistics statistics = Statistics.Of(values);
        double range = statistics.Largest - statistics.Smallest;
        if (range == 0)
        {
            return new Histogram(statistics.Smallest, 0, [values.Length]);
        }

        int[] counts = new int[MostBins];
        foreach (double value in values)
        {
            counts[Math.Min(MostBins - 1, (int)(MostBins * ((value - statistics.Smallest) / range)))]++;
        }

        return new Histogram(statistics.Smallest, range / MostBins, counts);
    }

    /// <summary>Writes bars.</summary>
    /// <param name="output">Where.</param>
    public void Write(TextWriter output)
    {
        const double Longest = 40;
        int most = Counts.Max();
        for (int bin = 0; bin < Counts.Count; bin++)
        {
            // A range that isn't empty shows at least a little.
            int length = (int)Math.Ceiling(Longest * Counts[bin] / most);
            output.WriteLine($"  {Numbers.Text(First + (bin * Width), "0.0000"),10}  {Numbers.Text(Counts[bin]),9}  {new string('#', length)}".TrimEnd());
        }
    }
}
