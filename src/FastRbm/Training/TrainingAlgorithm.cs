namespace FastRbm.Training;

/// <summary>Where the chains of the negative phase start.</summary>
public enum TrainingAlgorithm
{
    /// <summary>CD-k: at the data of the minibatch (Hinton 2002).</summary>
    ContrastiveDivergence = 0,

    /// <summary>PCD-k: where the last update left them (Tieleman 2008).</summary>
    PersistentContrastiveDivergence,
}
