namespace FastRbm.Evaluation;

/// <summary>Whether a series of draws could be judged.</summary>
public enum SeriesStatus
{
    /// <summary>There are figures.</summary>
    Measured,

    /// <summary>Fewer than <see cref="ChainDiagnostics.LeastDraws"/> draws a chain.</summary>
    TooShort,

    /// <summary>All draws of all chains are the same number: nothing says whether anything moves.</summary>
    Constant,

    /// <summary>Every chain stays at one number, and the chains' numbers differ: they are stuck.</summary>
    Frozen,
}
