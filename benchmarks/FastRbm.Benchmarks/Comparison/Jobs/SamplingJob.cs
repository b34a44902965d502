using System.Globalization;
using FastRbm.Benchmarks.Comparison.Contestants;
using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>Sweeps of independent Gibbs chains.</summary>
internal sealed class SamplingJob : Job
{
    /// <summary>The rows that the chains start at.</summary>
    public required IVisibleRows Starts { get; init; }

    /// <summary>The number of chains.</summary>
    public required int Chains { get; init; }

    /// <inheritdoc/>
    public override string Unit => string.Create(CultureInfo.InvariantCulture, $"{ReportedSteps:N0} sweeps");

    /// <inheritdoc/>
    public override string RateUnit => "chain-steps/s";

    /// <inheritdoc/>
    public override string Step => "sweep";

    /// <inheritdoc/>
    public override string Check => string.Create(
        CultureInfo.InvariantCulture,
        $"The chains start at data and ran {LeadIn:N0} sweeps before the first round (slow contestants fewer). Energy (its mean over h given v), units on and units changed since the start are means over the chains with their standard errors; each must be within four standard errors of FastRbm's after as many sweeps.");

    /// <inheritdoc/>
    public override double WorkOfAStep => Chains;

    /// <inheritdoc/>
    public override IContestant FastRbm(int threads) => new FastRbmChains(this, threads);

    /// <inheritdoc/>
    public override IReadOnlyList<Figure> Measure(Outcome outcome, Outcome fastRbm, int steps)
    {
        ChainMeans judge = new(Model, Starts);
        return [.. judge.Of(outcome.States!).Zip(judge.Of(fastRbm.States!), static (own, ours) => Figure.OfMeans(own.Name, own.Mean, own.Error, ours.Mean, ours.Error))];
    }
}
