namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>One contestant of one job, with one number of threads.</summary>
internal sealed record ContestantResult
{
    /// <summary>Its name.</summary>
    public required string Contestant { get; init; }

    /// <summary>Its threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Why there are no figures; null if there are.</summary>
    public string? Missing { get; init; }

    /// <summary>Updates or sweeps that were timed in each round.</summary>
    public int UnitsARound { get; init; }

    /// <summary>The least time of a round, scaled to the job's unit.</summary>
    public double BestSeconds { get; init; }

    /// <summary>The median time of a round, scaled to the job's unit.</summary>
    public double MedianSeconds { get; init; }

    /// <summary>The rate of the best round, in the job's unit of rates.</summary>
    public double Rate { get; init; }

    /// <summary>Best seconds over those of FastRbm's fastest row of the same job; null if FastRbm has none.</summary>
    public double? TimesFastRbm { get; init; }

    /// <summary>What was learnt or sampled.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Bytes allocated by one update or sweep; null where they can't be seen.</summary>
    public double? BytesAUnit { get; init; }

    /// <summary>Whether there are figures.</summary>
    public bool Ran => Missing is null;

    /// <summary>Whether all figures agree with FastRbm's.</summary>
    public bool Agrees => Figures.All(static figure => figure.Agrees);
}
