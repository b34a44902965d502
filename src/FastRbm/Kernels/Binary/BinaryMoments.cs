namespace FastRbm.Kernels.Binary;

/// <summary>The statistics sum over rows of v h' of one phase, in the form that the update sums them from.</summary>
/// <remarks>
/// Four rows at a time: the bits of a visible unit over four rows pick one of the 16 sums of the four rows of means, so a
/// statistic costs one addition for each group of four rows in which the unit is on at all.
/// </remarks>
internal unsafe struct BinaryMoments
{
    /// <summary>The number of rows.</summary>
    public int Rows;

    /// <summary>For each visible unit, the numbers (group x 16 + pattern) of the patterns that aren't zero: [visible][ListStride], and one number more that may be read.</summary>
    public int* Lists;

    /// <summary>Offsets reserved for a visible unit.</summary>
    public int ListStride;

    /// <summary>How many patterns are listed for each visible unit.</summary>
    public int* ListCounts;

    /// <summary>How often each visible unit is on.</summary>
    public int* VisibleCounts;

    /// <summary>Fixed-point means [hidden tile][MeanRows][64].</summary>
    public int* Means;

    /// <summary>Rows in a tile of means: a multiple of 4.</summary>
    public int MeanRows;

    /// <summary>Sums of the means over the rows, for each hidden unit, padded to whole tiles.</summary>
    public int* MeanTotals;
}
