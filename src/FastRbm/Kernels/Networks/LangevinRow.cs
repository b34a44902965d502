using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Networks;

/// <summary>A step of Langevin dynamics of one state, in one pass: along the gradient, noise, limits.</summary>
/// <remarks>
/// The noise is that of <see cref="NormalRow"/>, tile by tile while it is in the first-level cache. Each element is a chain of IEEE operations: the
/// same bits at every level, those of separate passes. Allocates nothing.
/// </remarks>
internal static unsafe class LangevinRow
{
    private const int Width = PhiloxTile.Length;

    /// <summary>state[j] = clamp(fma(deviation, z[j], fma(-step, gradient[j], state[j]))); NaN stays.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="draws">The stream of z.</param>
    /// <param name="step">The step along the gradient.</param>
    /// <param name="deviation">The standard deviation of the noise.</param>
    /// <param name="bound">The limit of states, infinity for none.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="state">As many values, replaced.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Run(SimdLevel level, in RandomStream draws, float step, float deviation, float bound, ReadOnlySpan<float> gradient, Span<float> state)
    {
        Throw.IfLengthDiffers(gradient.Length, state.Length, nameof(gradient));
        fixed (float* g = gradient, x = state)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Run<Vector512<float>, Vector512<int>, Simd512>(draws, step, deviation, bound, g, x, state.Length);
                    break;
                case SimdLevel.Vector256:
                    Run<Vector256<float>, Vector256<int>, Simd256>(draws, step, deviation, bound, g, x, state.Length);
                    break;
                case SimdLevel.Vector128:
                    Run<Vector128<float>, Vector128<int>, Simd128>(draws, step, deviation, bound, g, x, state.Length);
                    break;
                default:
                    Run<float, int, ScalarSimd>(draws, step, deviation, bound, g, x, state.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(in RandomStream draws, float step, float deviation, float bound, float* gradient, float* state, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* z = stackalloc float[Width];
        float* paddedState = stackalloc float[Width];
        float* paddedGradient = stackalloc float[Width];
        for (int first = 0; first < count; first += Width)
        {
            NormalRow.Noise<TFloat, TInt, TOps>(draws, first / Width, z);
            int rest = count - first;
            if (rest >= Width)
            {
                Tile<TFloat, TInt, TOps>(step, deviation, bound, gradient + first, z, state + first, Width);
                continue;
            }

            new ReadOnlySpan<float>(state + first, rest).CopyTo(new Span<float>(paddedState, Width));
            new ReadOnlySpan<float>(gradient + first, rest).CopyTo(new Span<float>(paddedGradient, Width));
            Tile<TFloat, TInt, TOps>(step, deviation, bound, paddedGradient, z, paddedState, rest);
            new ReadOnlySpan<float>(paddedState, rest).CopyTo(new Span<float>(state + first, rest));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TFloat, TInt, TOps>(float step, float deviation, float bound, float* gradient, float* z, float* state, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat most = TOps.Create(bound);
        TFloat least = TOps.Create(-bound);
        TFloat down = TOps.Create(-step);
        TFloat sigma = TOps.Create(deviation);
        for (int j = 0; j < count; j += TOps.Width)
        {
            TFloat x = TOps.FusedMultiplyAdd(down, TOps.Load(gradient + j), TOps.Load(state + j));
            x = TOps.FusedMultiplyAdd(sigma, TOps.Load(z + j), x);
            x = TOps.Select(TOps.LessThan(most, x), most, x);
            TOps.Store(TOps.Select(TOps.LessThan(x, least), least, x), state + j);
        }
    }
}
