using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>How a parameter moves along its gradient.</summary>
internal interface IParameterRule
{
    /// <summary>One step, lane by lane.</summary>
    /// <param name="arguments">Rates.</param>
    /// <param name="weight">The parameter, replaced.</param>
    /// <param name="gradient">The gradient of the loss.</param>
    /// <param name="first">The first state of the rule, replaced.</param>
    /// <param name="second">The second one, replaced.</param>
    static abstract void Apply<TFloat, TInt, TOps>(in ParameterRuleArguments arguments, ref TFloat weight, TFloat gradient, ref TFloat first, ref TFloat second)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>;
}
