namespace FastRbm.Kernels.Gemm;

/// <summary>Whether a micro-kernel leaves a packed copy of B behind, as a type.</summary>
internal interface ICopyOfB
{
    /// <summary>True to copy.</summary>
    static abstract bool IsOn { get; }
}
