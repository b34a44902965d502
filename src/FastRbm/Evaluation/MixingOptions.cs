using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>How many chains are watched for how long. Immutable; change it with <c>with</c>.</summary>
public sealed record MixingOptions
{
    /// <summary>The most numbers that are kept of one trace: chains x sweeps.</summary>
    public const int MostDraws = 50_000_000;

    /// <summary>Chains in all, at least 4; with data the second half of them starts there. 400 by default.</summary>
    public int Chains { get; init; } = 400;

    /// <summary>Sweeps of each chain, at least 32; the first half isn't judged. 2000 by default.</summary>
    public int Sweeps { get; init; } = 2000;

    /// <summary>The seed; 1 by default.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1; results don't depend on them. 1 by default.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Sweeps that aren't judged, since chains still come from where they started: half of them.</summary>
    public int WarmUp => Sweeps / 2;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; it is named.</exception>
    public void Validate()
    {
        Throw.IfLess(Chains, 4, "chains");
        Throw.IfLess(Sweeps, 2 * ChainDiagnostics.LeastDraws, "sweeps");
        Throw.IfLess(Threads, 1, "threads");
        if ((long)Chains * Sweeps > MostDraws)
        {
            Throw.OutOfRange("sweeps", $"at most {MostDraws / Chains} for {Chains} chains", Sweeps);
        }
    }
}
