namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>A whole comparison with the machine that it was measured on.</summary>
internal sealed record ComparisonResult
{
    /// <summary>The processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Processors that the run could use.</summary>
    public required int Processors { get; init; }

    /// <summary>The vector level of everybody: FastRbm's, the BLAS library's and PyTorch's.</summary>
    public required string SimdLevel { get; init; }

    /// <summary>The day, UTC: 2026-01-31.</summary>
    public required string Date { get; init; }

    /// <summary>The commit.</summary>
    public required string Commit { get; init; }

    /// <summary>Rounds of every contestant.</summary>
    public required int Rounds { get; init; }

    /// <summary>Whether rounds were shortened.</summary>
    public required bool Quick { get; init; }

    /// <summary>The operating system, .NET and all packages, by name.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The jobs.</summary>
    public required IReadOnlyList<JobResult> Jobs { get; init; }
}
