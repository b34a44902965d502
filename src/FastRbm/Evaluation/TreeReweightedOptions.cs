using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>How the tree-reweighted bound is lowered.</summary>
public sealed record TreeReweightedOptions
{
    /// <summary>The most iterations of the messages with one distribution over trees: at least 1.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Messages have converged when none changed by more than this share of 1 + its size: from 0 to 1.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>
    /// How often a spanning tree of strongly dependent edges is mixed into the distribution over trees, if that lowers the bound: 0 or
    /// more. Each step costs another run of the messages; models of more than 16,384 weights go without.
    /// </summary>
    public int TreeSteps { get; init; } = 10;

    internal void Validate()
    {
        Throw.IfLess(MaxIterations, 1);
        Throw.IfOutside(Tolerance, 0, 1);
        Throw.IfLess(TreeSteps, 0);
    }
}
