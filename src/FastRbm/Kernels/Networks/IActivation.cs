using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>A function of one input of a unit, and its slope.</summary>
internal interface IActivation
{
    /// <summary>f(x) and f'(x), lane by lane.</summary>
    /// <param name="x">Inputs.</param>
    /// <param name="slope">f'(x).</param>
    /// <returns>f(x).</returns>
    static abstract TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>;
}
