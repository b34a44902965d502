using FastRbm.Errors;

namespace FastRbm.Sampling.Networks;

/// <summary>The steps of Langevin chains.</summary>
/// <remarks>
/// Unadjusted: x' = x - StepSize grad E(x) + Noise z, z standard normal; then, with a bound, cut off at it unless <see cref="Clamp"/> is off. With Noise =
/// sqrt(2 StepSize) small steps sample p = exp(-E) / Z, else nearly exp(-E / T), T = Noise^2 / (2 StepSize): the JEM paper's 1 and 0.01 are far
/// colder than p. Metropolis: the same proposal, Noise = sqrt(2 StepSize), states outside of the bound rejected. Immutable, thread-safe.
/// </remarks>
public sealed record LangevinOptions
{
    /// <summary>How chains move.</summary>
    public LangevinAlgorithm Algorithm { get; init; }

    /// <summary>The step along the gradient: above 0, at most 10^6.</summary>
    public double StepSize { get; init; } = 1;

    /// <summary>The standard deviation of the noise: from 0; NaN for sqrt(2 StepSize), which Metropolis takes in any case.</summary>
    public double Noise { get; init; } = double.NaN;

    /// <summary>Whether unadjusted steps are cut off at the model's bound.</summary>
    public bool Clamp { get; init; } = true;

    /// <summary>The noise that is used.</summary>
    public double NoiseUsed => double.IsNaN(Noise) || Algorithm == LangevinAlgorithm.Metropolis ? Math.Sqrt(2 * StepSize) : Noise;

    internal void Validate()
    {
        if (!Enum.IsDefined(Algorithm))
        {
            Throw.OutOfRange("algorithm", "unadjusted or metropolis", (int)Algorithm);
        }

        if (!(StepSize > 0 && StepSize <= 1e6))
        {
            Throw.OutOfRange("step size", "a number above 0 and at most 1000000", StepSize);
        }

        if (!double.IsNaN(Noise))
        {
            Throw.IfOutside(Noise, 0, 1e6, "noise");
            if (Algorithm == LangevinAlgorithm.Metropolis && Math.Abs(Noise - Math.Sqrt(2 * StepSize)) > 1e-6 * Noise)
            {
                Throw.Argument("noise", FormattableString.Invariant($"{Math.Sqrt(2 * StepSize)}, the root of twice the step size, or none, for the Metropolis algorithm"), FormattableString.Invariant($"{Noise}"));
            }
        }
    }
}
