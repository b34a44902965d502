namespace FastRbm.StatisticalTests.Classification;

/// <summary>What a sampler of classes may get wrong.</summary>
internal enum ClassMistake
{
    None = 0,
    ClassBiasForgotten,
    WeightsOfNextClass,
    ClassesNotNormalised,
    HeldClassRedrawn,
    ClassIgnoredGoingUp,
    MostLikelyClass,
    StaleHidden,
}
