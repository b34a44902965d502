namespace FastRbm.StatisticalTests.Sampling;

/// <summary>The mistakes that mutants of trajectory tempering make, one each.</summary>
public enum TrajectoryMistake
{
    None = 0,
    FreeEnergyOfWrongModel,
    SignFlipped,
    AlwaysAccepted,
    NeverAccepted,
    FirstRungNotRedrawn,
    DecisionOfNextChain,
    LowerStateCopiedUp,
    StaleFreeEnergies,
    VisibleBiasForgotten,
    ExchangesShareDraws,
}
