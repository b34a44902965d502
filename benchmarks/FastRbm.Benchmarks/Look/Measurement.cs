namespace FastRbm.Benchmarks.Look;

/// <summary>One row of a table: something to run, and what it is worth.</summary>
/// <param name="Name">What runs.</param>
/// <param name="Run">Runs it once.</param>
/// <param name="Work">What one run does, in 10^9 of the things that <paramref name="Unit"/> counts.</param>
/// <param name="Unit">The unit of the figure: things a second in 10^9, or nanoseconds a thing.</param>
/// <param name="Peaks">How many cores' peak the rate is compared with; 0 for no comparison.</param>
internal sealed record Measurement(string Name, Action Run, double Work, string Unit, int Peaks)
{
    /// <summary>Whether the figure is the time of a thing in nanoseconds instead of a rate.</summary>
    public bool IsTime { get; init; }

    /// <summary>The least time of a run so far, in seconds.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>Bytes that one run allocates on its thread.</summary>
    public long Bytes { get; set; }

    /// <summary>Things a second of the best run, in 10^9.</summary>
    public double Rate => Work / Best;

    /// <summary>The rate, or the time of a thing.</summary>
    public double Figure => IsTime ? Best / Work : Rate;
}
