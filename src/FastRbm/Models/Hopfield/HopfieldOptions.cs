namespace FastRbm.Models.Hopfield;

/// <summary>How a Hopfield network learns.</summary>
public sealed record HopfieldOptions
{
    /// <summary>The rule; Hebb's by default.</summary>
    public LearningRule Rule { get; init; } = LearningRule.Hebb;

    /// <summary>What values units have; spins by default.</summary>
    public HopfieldUnits Units { get; init; }

    /// <summary>
    /// A threshold a unit, theta_i in h_i = sum_j w_ij x_j - theta_i; rounded to a multiple of what one integer of the weights is worth. Null for 0 for spins, and for
    /// binary units half the sum of the unit's weights, which makes them behave as spins with thresholds of 0 do.
    /// </summary>
    public IReadOnlyList<double>? Thresholds { get; init; }

    /// <summary>Whether the pseudo-inverse rule leaves out patterns that depend linearly on those before them; else they are refused.</summary>
    public bool DropDependent { get; init; }
}
