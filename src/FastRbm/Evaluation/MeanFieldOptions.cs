using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>How mean-field equations are iterated.</summary>
public sealed record MeanFieldOptions
{
    /// <summary>How many starts are tried, at least 1: first some fixed ones, then random ones. The best is kept.</summary>
    public int Starts { get; init; } = 8;

    /// <summary>Seed of the random starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>The most iterations of a start, each of which updates both layers: at least 1.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>A start has converged when no mean changed by more than this in an iteration: from 0 to 1.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>
    /// The share of the old mean that is kept in an update of the TAP equations, from 0 to 0.99. It grows while a start doesn't come to
    /// rest. Naive mean field ascends without.
    /// </summary>
    public double Damping { get; init; } = 0.5;

    internal void Validate()
    {
        Throw.IfLess(Starts, 1);
        Throw.IfLess(MaxIterations, 1);
        Throw.IfOutside(Tolerance, 0, 1);
        Throw.IfOutside(Damping, 0, 0.99);
    }
}
