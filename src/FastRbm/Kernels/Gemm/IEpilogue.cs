using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>What happens to an element of a product after its sum and its bias, while it is in the first-level cache.</summary>
internal interface IEpilogue
{
    /// <summary>False: no bias and no function.</summary>
    static abstract bool IsOn { get; }

    /// <summary>The function, lane by lane.</summary>
    /// <param name="x">Sum plus bias.</param>
    static abstract TFloat Apply<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>;
}
