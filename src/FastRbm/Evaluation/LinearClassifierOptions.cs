using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>How a <see cref="LinearClassifier"/> is fitted.</summary>
/// <remarks>Immutable; change it by <c>with</c>.</remarks>
public sealed record LinearClassifierOptions
{
    /// <summary>The L2 coefficient: the objective has half of it times the sum of squared weights, biases left out. At least 0.</summary>
    public double Decay { get; init; } = 1e-3;

    /// <summary>The most steps of the optimiser, at least 1.</summary>
    public int Iterations { get; init; } = 200;

    /// <summary>The fit ends where no element of the gradient is larger than this: above 0.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public void Validate()
    {
        Throw.IfOutside(Decay, 0, 1e6, "decay");
        Throw.IfLess(Iterations, 1, "iterations");
        Throw.IfOutside(Tolerance, 1e-12, 1, "tolerance");
    }
}
