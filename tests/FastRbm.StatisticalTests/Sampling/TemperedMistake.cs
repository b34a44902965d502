namespace FastRbm.StatisticalTests.Sampling;

/// <summary>The mistakes that tempered mutants make, one each.</summary>
public enum TemperedMistake
{
    None = 0,
    SwapWithTheSignWrong,
    StaleEnergy,
    AlwaysAccepts,
    NeverSwaps,
    OddPairsForgotten,
    SumsNotSwappedWithStates,
    VisibleDrawnAtTheOldBeta,
    BaseBiasForgottenInTheEnergy,
    BaseBiasForgottenInTheDraw,
    HiddenDrawnAtBetaOne,
    LaddersShareDraws,
    PairsShareDraws,
    SwapReusesADraw,
}
