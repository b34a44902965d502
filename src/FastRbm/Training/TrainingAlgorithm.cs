namespace FastRbm.Training;

/// <summary>Where the gradient of an update comes from.</summary>
public enum TrainingAlgorithm
{
    /// <summary>CD-k: chains that start at the data of the minibatch (Hinton 2002).</summary>
    ContrastiveDivergence = 0,

    /// <summary>PCD-k: chains that start where the last update left them (Tieleman 2008).</summary>
    PersistentContrastiveDivergence,

    /// <summary>FPCD: the same, pushed on by fast weights (Tieleman and Hinton 2009).</summary>
    FastPersistentContrastiveDivergence,

    /// <summary>Parallel tempering: the cold ones of chains at several temperatures (Desjardins et al. 2010; Cho, Raiko and Ilin 2010).</summary>
    ParallelTempering,

    /// <summary>
    /// Parallel trajectory tempering: persistent chains that exchange states with a ladder of models of earlier in the run, from one without
    /// weights on; log Z comes with it (Bereux et al. 2024).
    /// </summary>
    ParallelTrajectoryTempering,

    /// <summary>The exact gradient of the log-likelihood, by enumeration of the smaller layer: small models only.</summary>
    ExactGradient,

    /// <summary>Minimum probability flow (Sohl-Dickstein, Battaglino and DeWeese 2011): no chains.</summary>
    MinimumProbabilityFlow,

    /// <summary>The exact gradient of the log pseudo-likelihood (Besag 1975): no chains.</summary>
    PseudoLikelihood,

    /// <summary>Ratio matching, score matching for binary data (Hyvarinen 2007): no chains.</summary>
    RatioMatching,
}
