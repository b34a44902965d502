using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Networks;

/// <summary>A step of Langevin dynamics of one state, in one pass: along the gradient, noise, limits.</summary>
/// <remarks>
/// The noise is that of <see cref="NormalRow"/>, made in registers. Each element is a chain of IEEE operations: the
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
        int* words = stackalloc int[Width];
        float* paddedState = stackalloc float[Width];
        float* paddedGradient = stackalloc float[Width];
        for (int first = 0; first < count; first += Width)
        {
            PhiloxTile.Fill<TFloat, TInt, TOps>(draws, first / Width, words);
            int rest = count - first;
            if (rest >= Width)
            {
                Tile<TFloat, TInt, TOps>(words, step, deviation, bound, gradient + first, state + first, Width);
                continue;
            }

            new ReadOnlySpan<float>(state + first, rest).CopyTo(new Span<float>(paddedState, Width));
            new ReadOnlySpan<float>(gradient + first, rest).CopyTo(new Span<float>(paddedGradient, Width));
            Tile<TFloat, TInt, TOps>(words, step, deviation, bound, paddedGradient, paddedState, rest);
            new ReadOnlySpan<float>(paddedState, rest).CopyTo(new Span<float>(state + first, rest));
        }
    }

    // Units in the order of NormalRow: 16 with the cosines of a block of words, 16 with its sines. Those from count on may be left out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TFloat, TInt, TOps>(int* words, float step, float deviation, float bound, float* gradient, float* state, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        const int Blocks = PhiloxTile.Blocks;
        TFloat most = TOps.Create(bound);
        TFloat least = TOps.Create(-bound);
        TFloat down = TOps.Create(-step);
        TFloat sigma = TOps.Create(deviation);
        for (int half = 0; half < count; half += 2 * Blocks)
        {
            for (int j = half; j < half + Blocks; j += TOps.Width)
            {
                NormalRow.Pair<TFloat, TInt, TOps>(TOps.Load(words + j), TOps.Load(words + Blocks + j), out TFloat first, out TFloat second);
                Move<TFloat, TInt, TOps>(down, sigma, most, least, first, gradient + j, state + j);
                Move<TFloat, TInt, TOps>(down, sigma, most, least, second, gradient + Blocks + j, state + Blocks + j);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move<TFloat, TInt, TOps>(TFloat down, TFloat sigma, TFloat most, TFloat least, TFloat z, float* gradient, float* state)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat x = TOps.FusedMultiplyAdd(down, TOps.Load(gradient), TOps.Load(state));
        x = TOps.FusedMultiplyAdd(sigma, z, x);
        x = TOps.Select(TOps.LessThan(most, x), most, x);
        TOps.Store(TOps.Select(TOps.LessThan(x, least), least, x), state);
    }
}
