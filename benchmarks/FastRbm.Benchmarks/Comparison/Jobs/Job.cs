using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>One thing that all contestants do: from the same parameters and rows, as many updates or sweeps.</summary>
internal abstract class Job
{
    /// <summary>The name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What is done.</summary>
    public required string Title { get; init; }

    /// <summary>The parameters that everybody starts from.</summary>
    public required Rbm Model { get; init; }

    /// <summary>The parameters for others: float32 W, visible bias, hidden bias.</summary>
    public required string ParametersPath { get; init; }

    /// <summary>The rows for others: a byte a unit.</summary>
    public required string RowsPath { get; init; }

    /// <summary>Updates or sweeps that seconds are reported for.</summary>
    public required int ReportedSteps { get; init; }

    /// <summary>Updates or sweeps of a round for whoever is fast enough.</summary>
    public required int StepsARound { get; init; }

    /// <summary>Updates or sweeps before everything starts afresh: caches, pages and threads are warm then.</summary>
    public required int WarmSteps { get; init; }

    /// <summary>Sweeps before the first round.</summary>
    public int LeadIn { get; init; }

    /// <summary>What seconds are for.</summary>
    public abstract string Unit { get; }

    /// <summary>The unit of rates.</summary>
    public abstract string RateUnit { get; }

    /// <summary>What a step is called.</summary>
    public abstract string Step { get; }

    /// <summary>A sentence about the check.</summary>
    public abstract string Check { get; }

    /// <summary>The work of one step, in the unit of rates.</summary>
    public abstract double WorkOfAStep { get; }

    /// <summary>FastRbm as a contestant.</summary>
    public abstract IContestant FastRbm(int threads);

    /// <summary>Measures what a contestant learnt or sampled.</summary>
    /// <param name="outcome">Parameters or states.</param>
    /// <param name="fastRbm">FastRbm's after as many steps.</param>
    /// <param name="steps">How many.</param>
    public abstract IReadOnlyList<Figure> Measure(Outcome outcome, Outcome fastRbm, int steps);
}
