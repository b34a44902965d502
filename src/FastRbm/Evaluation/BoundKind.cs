namespace FastRbm.Evaluation;

/// <summary>What a figure says about the quantity that it stands for.</summary>
public enum BoundKind
{
    /// <summary>The quantity is at least this.</summary>
    LowerBound,

    /// <summary>The quantity is at most this.</summary>
    UpperBound,

    /// <summary>The quantity may be on either side.</summary>
    Approximation,

    /// <summary>The quantity, up to rounding.</summary>
    Exact,
}
