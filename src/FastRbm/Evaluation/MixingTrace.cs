using CommunityToolkit.HighPerformance;

namespace FastRbm.Evaluation;

/// <summary>One number of every chain after every sweep.</summary>
public sealed class MixingTrace
{
    private readonly double[] _values;

    /// <summary>Takes over values.</summary>
    internal MixingTrace(string name, int chains, int firstSweep, int sweeps, double[] values)
    {
        Name = name;
        Chains = chains;
        FirstSweep = firstSweep;
        Sweeps = sweeps;
        _values = values;
    }

    /// <summary>The name: <c>free_energy</c>, <c>active_visible</c>, <c>active_hidden</c>, <c>overlap_1</c>, <c>overlap_2</c>.</summary>
    public string Name { get; }

    /// <summary>The number of chains.</summary>
    public int Chains { get; }

    /// <summary>The sweep after which the first values were taken, counted from 1.</summary>
    public int FirstSweep { get; }

    /// <summary>Values of each chain.</summary>
    public int Sweeps { get; }

    /// <summary>All values, a chain a row.</summary>
    public ReadOnlySpan2D<double> Values => _values.AsSpan().AsSpan2D(Chains, Sweeps);

    /// <summary>What the judged sweeps say.</summary>
    public SeriesSummary Summary { get; private set; } = null!;

    /// <summary>Whether chains from random starts and from data agree; null without data.</summary>
    public GroupComparison? Starts { get; private set; }

    /// <summary>The values after the warm-up.</summary>
    /// <param name="warmUp">Sweeps that aren't judged.</param>
    internal ReadOnlySpan2D<double> Judged(int warmUp)
    {
        int skipped = Math.Max(0, warmUp + 1 - FirstSweep);
        return Values[.., skipped..];
    }

    /// <summary>Computes the figures.</summary>
    internal void Judge(int warmUp, int randomChains)
    {
        Summary = ChainDiagnostics.Summarize(Judged(warmUp));
        Starts = randomChains < Chains ? ChainDiagnostics.CompareGroups(Judged(warmUp), randomChains) : null;
    }

    /// <summary>Writes one value.</summary>
    internal void Set(int chain, long sweep, double value) => _values[((long)chain * Sweeps) + sweep - FirstSweep] = value;
}
