namespace FastRbm.Tests.Models.Hopfield;

/// <summary>What a wrong recall may do.</summary>
internal enum RecallMistake
{
    /// <summary>None.</summary>
    None,

    /// <summary>A unit without input goes up instead of keeping its state.</summary>
    TieGoesUp,

    /// <summary>A flip adds the row once instead of twice.</summary>
    HalfAFlip,

    /// <summary>Weights keep their diagonal.</summary>
    Diagonal,

    /// <summary>Fields are left out.</summary>
    NoFields,

    /// <summary>Inputs aren't updated within a sweep.</summary>
    Stale,

    /// <summary>The last unit is never updated.</summary>
    LastUnitForgotten,

    /// <summary>Inputs in 8 bits overflow.</summary>
    Overflow,
}
