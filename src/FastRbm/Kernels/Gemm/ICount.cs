namespace FastRbm.Kernels.Gemm;

/// <summary>A small number as a type, so that each number of tile rows and vectors compiles to its own straight code.</summary>
internal interface ICount
{
    /// <summary>The number.</summary>
    static abstract int Count { get; }
}
