namespace FastRbm.Evaluation;

/// <summary>What a <see cref="MixingReport"/> finds.</summary>
public enum MixingVerdict
{
    /// <summary>Chains forget where they started, and agree.</summary>
    Mixes,

    /// <summary>Chains come nearer to each other, but not in so many sweeps: run longer.</summary>
    MixesSlowly,

    /// <summary>Chains stay apart, or where they started.</summary>
    DoesNotMix,

    /// <summary>All traces are the same number for ever: there is nothing to judge.</summary>
    CannotTell,
}
