using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Plain steps, momentum and Adam.</summary>
internal static unsafe class StepRules
{
    /// <summary>velocity = momentum velocity + gradient - decay; the change is the velocity. Gradients hold the learning rate.</summary>
    public readonly struct Momentum<TFloat, TInt, TOps> : IStepRule<TFloat, TInt, TOps>
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Change(in WeightUpdateArguments arguments, TFloat gradient, TFloat decay, float* velocity, float* squares)
        {
            TFloat moved = TOps.FusedMultiplyAdd(TOps.Load(velocity), TOps.Create(arguments.Momentum), TOps.Subtract(gradient, decay));
            TOps.Store(moved, velocity);
            return moved;
        }
    }

    /// <summary>The change is gradient - decay: momentum 0, without a velocity to keep.</summary>
    public readonly struct Plain<TFloat, TInt, TOps> : IStepRule<TFloat, TInt, TOps>
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Change(in WeightUpdateArguments arguments, TFloat gradient, TFloat decay, float* velocity, float* squares) =>
            TOps.Subtract(gradient, decay);
    }

    /// <summary>
    /// m = beta1 m + (1 - beta1) g, s = beta2 s + (1 - beta2) g^2; the change is AdamRate m / (sqrt(AdamCorrection s) + epsilon) - decay
    /// (Kingma and Ba 2015; decay apart from the gradient as by Loshchilov and Hutter 2019). Gradients hold no learning rate.
    /// </summary>
    public readonly struct Adam<TFloat, TInt, TOps> : IStepRule<TFloat, TInt, TOps>
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Change(in WeightUpdateArguments arguments, TFloat gradient, TFloat decay, float* velocity, float* squares)
        {
            TFloat mean = TOps.Load(velocity);
            mean = TOps.FusedMultiplyAdd(TOps.Subtract(gradient, mean), TOps.Create(1 - arguments.Momentum), mean);
            TOps.Store(mean, velocity);
            TFloat square = TOps.Load(squares);
            square = TOps.FusedMultiplyAdd(
                TOps.Subtract(TOps.Multiply(gradient, gradient), square), TOps.Create(1 - arguments.SquareMomentum), square);
            TOps.Store(square, squares);
            TFloat root = TOps.SquareRoot(TOps.Multiply(square, TOps.Create(arguments.AdamCorrection)));
            TFloat change = TOps.Divide(TOps.Multiply(mean, TOps.Create(arguments.AdamRate)), TOps.Add(root, TOps.Create(arguments.Epsilon)));
            return TOps.Subtract(change, decay);
        }
    }
}
