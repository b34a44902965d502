namespace FastRbm.StatisticalTests.Sampling.Boltzmann;

/// <summary>What a wrong sampler of a Boltzmann machine does.</summary>
public enum BoltzmannMistake
{
    /// <summary>Nothing wrong.</summary>
    None,

    /// <summary>One unit takes 1 - p for p.</summary>
    WrongSign,

    /// <summary>Inputs aren't followed after a flip: all units are drawn from the state before the sweep.</summary>
    StaleInputs,

    /// <summary>W in the place of J = 2 W.</summary>
    FactorForgotten,

    /// <summary>The log-odds of a spin without their factor 2.</summary>
    SpinsAsBits,

    /// <summary>A unit is drawn together with a neighbour, as of one colour.</summary>
    NeighbourOfSameColour,

    /// <summary>The row of the couplings of the next unit is added after a flip.</summary>
    RowOfNextUnit,

    /// <summary>A flip from 1 to 0 adds its couplings.</summary>
    AlwaysAdds,

    /// <summary>One unit is never drawn.</summary>
    UnitSkipped,

    /// <summary>Units share their draws.</summary>
    SharedDraws,

    /// <summary>Sweeps share their draws.</summary>
    SweepsShareDraws,
}
