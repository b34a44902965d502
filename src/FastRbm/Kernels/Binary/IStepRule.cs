using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>How a gradient becomes a change of a parameter.</summary>
internal unsafe interface IStepRule<TFloat, TInt, TOps>
    where TFloat : unmanaged
    where TInt : unmanaged
    where TOps : struct, ISimd<TFloat, TInt>
{
    /// <summary>The change of a vector of parameters.</summary>
    /// <param name="arguments">Rates.</param>
    /// <param name="gradient">The gradient, with its rate.</param>
    /// <param name="decay">What the parameters lose of themselves, with the learning rate.</param>
    /// <param name="velocity">Velocities, replaced.</param>
    /// <param name="squares">Mean squared gradients, replaced; or null.</param>
    static abstract TFloat Change(in WeightUpdateArguments arguments, TFloat gradient, TFloat decay, float* velocity, float* squares);
}
