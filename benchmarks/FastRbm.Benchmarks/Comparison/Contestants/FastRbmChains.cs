using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Sampling;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>FastRbm's chains.</summary>
internal sealed class FastRbmChains(SamplingJob job, int threads) : IContestant
{
    private ChainSet? _chains;

    /// <inheritdoc/>
    public void Begin()
    {
        _chains?.Dispose();
        _chains = new ChainSet(job.Model, job.Chains, seed: 1, threads);
        _chains.StartFrom(job.Starts);
    }

    /// <inheritdoc/>
    public Timing Run(int first, int count)
    {
        ChainSet chains = _chains!;
        return Timing.Of(1, _ => chains.Run(count));
    }

    /// <inheritdoc/>
    public Outcome Finish() => new(Parameters: null, _chains!.Visible);

    /// <inheritdoc/>
    public void Dispose() => _chains?.Dispose();
}
