namespace FastRbm.Imaging;

/// <summary>A line of a <see cref="LineChart"/>: points joined in the order given.</summary>
/// <param name="Name">What the legend calls it; null for a line that the legend doesn't name, such as one of many chains.</param>
/// <param name="X">Where each point lies across: at least one, finite.</param>
/// <param name="Y">How high each point lies: as many, finite.</param>
public sealed record LineSeries(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Which of the chart's colours the line has, from 0; beyond the last they begin again. Null for the number of the series.</summary>
    public int? Colour { get; init; }

    /// <summary>Whether the line is drawn as dashes, such as one that others are compared with.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The attribute of dashes.</summary>
    internal static string Dashes => " stroke-dasharray=\"5 4\"";

    /// <summary>Points at 0, 1, 2...</summary>
    /// <param name="name">What the legend calls it, or null.</param>
    /// <param name="values">How high each point lies.</param>
    /// <param name="firstX">Where the first point lies across; the others follow at distances of 1.</param>
    /// <returns>The series.</returns>
    public static LineSeries Of(string? name, IReadOnlyList<double> values, double firstX = 0)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] places = new double[values.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = firstX + i;
        }

        return new LineSeries(name, places, values);
    }
}
