using FastRbm.Errors;

namespace FastRbm.Models.Networks;

/// <summary>Where the states of an energy network live, and how data are made into states.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record EnergyNetworkOptions
{
    /// <summary>States lie from -Bound to Bound; infinity for no bound. Above 0.</summary>
    public double Bound { get; init; } = 1;

    /// <summary>C in C |x|^2 / 2, what the energy has beside the network: 0 to 10^6; above 0 without a bound.</summary>
    public double Confinement { get; init; }

    /// <summary>What values of data are multiplied by: above 0 or below, finite.</summary>
    public double DataScale { get; init; } = 2;

    /// <summary>What is added then: finite.</summary>
    public double DataOffset { get; init; } = -1;

    internal void Validate()
    {
        if (!(Bound > 0))
        {
            Throw.OutOfRange("bound", "a number above 0, or infinity", Bound);
        }

        Throw.IfOutside(Confinement, 0, 1e6, "confinement");
        if (double.IsInfinity(Bound) && Confinement == 0)
        {
            Throw.Argument("confinement", "a number above 0 without a bound, or there is no distribution", "0");
        }

        if (!double.IsFinite(DataScale) || DataScale == 0)
        {
            Throw.OutOfRange("data scale", "a finite number that isn't 0", DataScale);
        }

        Throw.IfOutside(DataOffset, -1e9, 1e9, "data offset");
    }
}
