namespace FastRbm.Benchmarks;

/// <summary>One row of a table: something to run, and what it is worth.</summary>
/// <param name="Name">What runs.</param>
/// <param name="Run">Runs it once.</param>
/// <param name="Work">What one run does, in <paramref name="Unit"/> times 10^9.</param>
/// <param name="Unit">The unit of the rate.</param>
/// <param name="Peaks">How many cores' peak the rate is compared with; 0 for no comparison.</param>
internal sealed record Measurement(string Name, Action Run, double Work, string Unit, int Peaks)
{
    /// <summary>The least time of a run so far, in seconds.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Bytes that one run allocates on its thread.</summary>
    public long Bytes { get; set; }

    /// <summary>The rate of the best run.</summary>
    public double Rate => Work / Best;
}
