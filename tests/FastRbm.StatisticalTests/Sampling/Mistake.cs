namespace FastRbm.StatisticalTests.Sampling;

/// <summary>The mistakes that mutants make, one each.</summary>
public enum Mistake
{
    None = 0,
    VisibleUnitInverted,
    HiddenUnitInverted,
    StaleHidden,
    BiasOfNextUnit,
    VisibleBiasForgotten,
    EightBitUniforms,
    HalfStepsShareDraws,
    StepsShareDraws,
    ChainsShareDraws,
    UnitsShareDraws,
    UnitNeverSampled,
    HiddenModeInsteadOfSample,
    InputsScaled,
    WeightsSwapped,
    SixteenBitOverflow,
}
