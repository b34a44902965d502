namespace FastRbm.Kernels.Gemm;

/// <summary>A number of tile rows as a type, so that each count compiles to its own straight code.</summary>
internal interface IRowCount
{
    /// <summary>1 to 6, or 12.</summary>
    static abstract int Count { get; }
}
