namespace FastRbm.StatisticalTests.Sampling;

/// <summary>The mistakes that mutants of conditional chains make, one each.</summary>
public enum ConditionalMistake
{
    None = 0,
    ClampedUnitDrawn,
    ClampedUnitHasOldValue,
    HiddenDrawnBeforeClamping,
    ShiftWithWrongSign,
    ShiftForgotten,
    ShiftTwice,
    StaleMask,
    FreeUnitHeld,
    ChannelOnClampedUnits,
}
