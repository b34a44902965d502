using FastRbm.Errors;
using FastRbm.Models.Hopfield;

namespace FastRbm.Evaluation.Hopfield;

/// <summary>How capacity and basins are measured.</summary>
public sealed record CapacityOptions
{
    /// <summary>Independent networks of random patterns, 1 or more.</summary>
    public int Networks { get; init; } = 10;

    /// <summary>The most probes a network, 1 or more: the first patterns.</summary>
    public int Probes { get; init; } = 100;

    /// <summary>The learning rule.</summary>
    public LearningRule Rule { get; init; } = LearningRule.Hebb;

    /// <summary>The share of bits that are flipped before recall, 0 to 1; none by default.</summary>
    public double FlippedShare { get; init; }

    /// <summary>How to recall. Random orders by default, with a limit of 200 sweeps.</summary>
    public RecallOptions Recall { get; init; } = new() { Order = RecallOrder.Random, MostSweeps = 200 };

    /// <summary>The overlap from which a probe counts as retrieved, 0 to 1.</summary>
    public double RetrievedOverlap { get; init; } = 0.9;

    /// <summary>The seed of patterns and flips.</summary>
    public ulong Seed { get; init; } = 1;

    internal void Check()
    {
        Throw.IfLess(Networks, 1);
        Throw.IfLess(Probes, 1);
        Throw.IfOutside(FlippedShare, 0, 1);
        Throw.IfOutside(RetrievedOverlap, 0, 1);
    }
}
