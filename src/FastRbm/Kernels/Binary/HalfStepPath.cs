namespace FastRbm.Kernels.Binary;

/// <summary>A way to sum the inputs of a half step. All give the same integers; what differs is the time.</summary>
internal enum HalfStepPath
{
    /// <summary>Whatever the counted bits say is cheapest.</summary>
    Cheapest,

    /// <summary>The weight rows of the units that are on.</summary>
    ActiveUnits,

    /// <summary>The weight rows of the units that flipped, from the sums before; active units where no sums are held.</summary>
    FlippedUnits,

    /// <summary>Tables of four weight rows; active units where rows are too few or sums are of 16 bits.</summary>
    Lookup,
}
