namespace FastRbm.Training.Classification;

/// <summary>What the training of a classification RBM makes smaller, a mean over rows.</summary>
public enum ClassificationObjective
{
    /// <summary>-ln p(y | v) - alpha ln p(y,v) of rows with labels: the first by its exact gradient, the second by chains.</summary>
    Hybrid = 0,

    /// <summary>-ln p(y | v) of rows with labels, by its exact gradient.</summary>
    Discriminative,

    /// <summary>-ln p(y,v) of rows with labels, by chains.</summary>
    Generative,

    /// <summary>The hybrid objective of rows with labels, and -beta ln p(v) of rows without.</summary>
    SemiSupervised,
}
