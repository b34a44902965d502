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
}
