namespace FastRbm.StatisticalTests.Sampling.Subspace;

/// <summary>What a sampler of a subspace RBM can get wrong.</summary>
public enum SubspaceMistake
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>p(h | x) without -K log 2.</summary>
    NoPenalty,

    /// <summary>S drawn before h, as if gates were open, and h from p(h | x,S) with another S than x is drawn from.</summary>
    SubspacesOfAnotherDraw,

    /// <summary>Subspace units under closed gates drawn from sigmoid(I_jk).</summary>
    ClosedGatesSeeInputs,

    /// <summary>x drawn from S as if all gates were open.</summary>
    GatesDoNotClose,

    /// <summary>D left in the gates' sum but not in p(S | x,h).</summary>
    SubspaceBiasForgotten,

    /// <summary>Gates drawn from the x of the sweep before.</summary>
    StaleVisible,
}
