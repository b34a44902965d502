using System.Runtime.CompilerServices;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>The functions of the units of a network, each with its slope from the same exponential.</summary>
internal static class Activations
{
    /// <summary>f = sigmoid(x), f' = f (1 - f).</summary>
    internal readonly struct Sigmoid : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat y = FloatFunctions.Sigmoid<TFloat, TInt, TOps>(x);
            slope = TOps.Multiply(y, TOps.Subtract(TOps.Create(1f), y));
            return y;
        }
    }

    /// <summary>f = tanh(x), f' = 1 - f^2.</summary>
    internal readonly struct Tanh : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat y = FloatFunctions.Tanh<TFloat, TInt, TOps>(x);
            TFloat one = TOps.Create(1f);
            slope = TOps.Multiply(TOps.Subtract(one, y), TOps.Add(one, y));
            return y;
        }
    }

    /// <summary>f = log(1 + exp(x)), f' = sigmoid(x).</summary>
    internal readonly struct Softplus : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            slope = FloatFunctions.Sigmoid<TFloat, TInt, TOps>(x);
            return FloatFunctions.Softplus<TFloat, TInt, TOps>(x);
        }
    }

    /// <summary>f = x sigmoid(x), f' = s + f (1 - s) with s = sigmoid(x) (Ramachandran, Zoph and Le 2017).</summary>
    internal readonly struct Swish : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat s = FloatFunctions.Sigmoid<TFloat, TInt, TOps>(x);
            TFloat y = TOps.Multiply(x, s);
            slope = TOps.FusedMultiplyAdd(y, TOps.Subtract(TOps.Create(1f), s), s);
            return y;
        }
    }

    /// <summary>f = max(x, 0), f' = 1 where x > 0, else 0. NaN stays.</summary>
    internal readonly struct Relu : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x, out TFloat slope)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat zero = TOps.Create(0f);
            slope = TOps.Select(TOps.LessThan(zero, x), TOps.Create(1f), zero);
            return TOps.Select(TOps.LessThanOrEqual(x, zero), zero, x);
        }
    }
}
