namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>All contestants of one job.</summary>
internal sealed record JobResult
{
    /// <summary>The name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What was done.</summary>
    public required string Title { get; init; }

    /// <summary>What the seconds are for: "an epoch of 60,000 rows".</summary>
    public required string Unit { get; init; }

    /// <summary>The unit of rates.</summary>
    public required string RateUnit { get; init; }

    /// <summary>What one update or sweep is called.</summary>
    public required string Step { get; init; }

    /// <summary>A sentence about the check.</summary>
    public required string Check { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<ContestantResult> Rows { get; init; }
}
