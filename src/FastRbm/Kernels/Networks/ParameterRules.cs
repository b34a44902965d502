using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>The rules by which parameters of networks move.</summary>
internal static class ParameterRules
{
    /// <summary>g = gradient + decay w; m += (1 - beta1) (g - m); v += (1 - beta2) (g^2 - v); w -= rate m / (sqrt(v) correction + epsilon).</summary>
    /// <remarks>Source: Kingma and Ba, "Adam" (ICLR 2015), algorithm 1, with the corrections in rate and correction.</remarks>
    internal readonly struct Adam : IParameterRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TFloat, TInt, TOps>(in ParameterRuleArguments arguments, ref TFloat weight, TFloat gradient, ref TFloat first, ref TFloat second)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat g = TOps.FusedMultiplyAdd(TOps.Create(arguments.Decay), weight, gradient);
            first = TOps.FusedMultiplyAdd(TOps.Create(arguments.First), TOps.Subtract(g, first), first);
            second = TOps.FusedMultiplyAdd(TOps.Create(arguments.Second), TOps.Subtract(TOps.Multiply(g, g), second), second);
            TFloat deviation = TOps.FusedMultiplyAdd(TOps.SquareRoot(second), TOps.Create(arguments.Correction), TOps.Create(arguments.Epsilon));
            weight = TOps.FusedMultiplyAdd(TOps.Create(-arguments.Rate), TOps.Divide(first, deviation), weight);
        }
    }

    /// <summary>g = gradient + decay w; v = momentum v - rate g; w += v.</summary>
    internal readonly struct Momentum : IParameterRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TFloat, TInt, TOps>(in ParameterRuleArguments arguments, ref TFloat weight, TFloat gradient, ref TFloat first, ref TFloat second)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat g = TOps.FusedMultiplyAdd(TOps.Create(arguments.Decay), weight, gradient);
            first = TOps.FusedMultiplyAdd(TOps.Create(-arguments.Rate), g, TOps.Multiply(TOps.Create(arguments.First), first));
            weight = TOps.Add(weight, first);
        }
    }

    /// <summary>g = gradient + decay w; v = momentum v - rate g; w += momentum v - rate g.</summary>
    /// <remarks>Source: Nesterov's step in the form of Sutskever, Martens, Dahl and Hinton (ICML 2013) and Bengio, Boulanger-Lewandowski and Pascanu (2013), equation 7.</remarks>
    internal readonly struct Nesterov : IParameterRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TFloat, TInt, TOps>(in ParameterRuleArguments arguments, ref TFloat weight, TFloat gradient, ref TFloat first, ref TFloat second)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat minusRate = TOps.Create(-arguments.Rate);
            TFloat momentum = TOps.Create(arguments.First);
            TFloat g = TOps.FusedMultiplyAdd(TOps.Create(arguments.Decay), weight, gradient);
            first = TOps.FusedMultiplyAdd(minusRate, g, TOps.Multiply(momentum, first));
            weight = TOps.FusedMultiplyAdd(momentum, first, TOps.FusedMultiplyAdd(minusRate, g, weight));
        }
    }
}
