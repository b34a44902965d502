namespace FastRbm.Models.Hopfield;

/// <summary>How inputs are computed. The results are the same to the bit.</summary>
public enum RecallPath
{
    /// <summary>Rows, but the patterns where rows would take more than 32 MB and the rule is Hebb's.</summary>
    Auto,

    /// <summary>A row of N integer weights is added to or subtracted from all inputs when a unit flips.</summary>
    Rows,

    /// <summary>Overlaps with the P patterns are kept, and a unit's input is a sum of them: no weights in memory. Only for Hebb's rule.</summary>
    Patterns,
}
