namespace FastRbm.Imaging;

/// <summary>A series of a <see cref="BarChart"/>: a bar for each label.</summary>
/// <param name="Name">What the legend calls it; null for a series that the legend doesn't name.</param>
/// <param name="Values">How high each bar is; finite, below 0 for bars downwards.</param>
public sealed record BarSeries(string? Name, IReadOnlyList<double> Values)
{
    /// <summary>Half the length of each bar's error line; finite, at least 0; as many as bars, or none.</summary>
    public IReadOnlyList<double> Errors { get; init; } = [];

    /// <summary>Which of the chart's colours the bars have, from 0; beyond the last they begin again. Null for the number of the series.</summary>
    public int? Colour { get; init; }
}
