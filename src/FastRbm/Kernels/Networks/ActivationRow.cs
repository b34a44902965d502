using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>The function of a row of units, in place, and its slopes.</summary>
/// <remarks>Each element is a chain of IEEE operations on its own input: the same bits at every level, wherever it lies. Allocates nothing.</remarks>
internal static unsafe class ActivationRow
{
    private const int WidestVector = 16;

    /// <summary>values = f(values), slopes = f'(values as they were).</summary>
    /// <typeparam name="TActivation">f: one of <see cref="Activations"/>.</typeparam>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="values">Inputs of units, replaced by their values.</param>
    /// <param name="slopes">As many, written; apart from the values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Run<TActivation>(SimdLevel level, Span<float> values, Span<float> slopes)
        where TActivation : struct, IActivation => Run<TActivation>(level, default, values, slopes);

    /// <summary>values = f(values + bias), slopes = f'(values as they were + bias).</summary>
    /// <typeparam name="TActivation">f: one of <see cref="Activations"/>.</typeparam>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="bias">What is added first, as many, or none.</param>
    /// <param name="values">Inputs of units, replaced by their values.</param>
    /// <param name="slopes">As many, written; apart from the values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Run<TActivation>(SimdLevel level, ReadOnlySpan<float> bias, Span<float> values, Span<float> slopes)
        where TActivation : struct, IActivation
    {
        Throw.IfLengthDiffers(slopes.Length, values.Length, nameof(slopes));
        if (!bias.IsEmpty)
        {
            Throw.IfLengthDiffers(bias.Length, values.Length, nameof(bias));
        }

        fixed (float* b = bias, x = values, s = slopes)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Run<Vector512<float>, Vector512<int>, Simd512, TActivation>(b, x, s, values.Length);
                    break;
                case SimdLevel.Vector256:
                    Run<Vector256<float>, Vector256<int>, Simd256, TActivation>(b, x, s, values.Length);
                    break;
                case SimdLevel.Vector128:
                    Run<Vector128<float>, Vector128<int>, Simd128, TActivation>(b, x, s, values.Length);
                    break;
                default:
                    Run<float, int, ScalarSimd, TActivation>(b, x, s, values.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps, TActivation>(float* bias, float* values, float* slopes, nint length)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TActivation : struct, IActivation
    {
        nint i = 0;
        for (; i <= length - TOps.Width; i += TOps.Width)
        {
            TFloat x = TOps.Load(values + i);
            x = bias == null ? x : TOps.Add(x, TOps.Load(bias + i));
            TOps.Store(TActivation.Apply<TFloat, TInt, TOps>(x, out TFloat slope), values + i);
            TOps.Store(slope, slopes + i);
        }

        nint rest = length - i;
        if (rest > 0)
        {
            float* paddedValues = stackalloc float[WidestVector];
            float* paddedSlopes = stackalloc float[WidestVector];
            for (nint j = 0; j < rest; j++)
            {
                paddedValues[j] = bias == null ? values[i + j] : values[i + j] + bias[i + j];
            }

            TOps.Store(TActivation.Apply<TFloat, TInt, TOps>(TOps.Load(paddedValues), out TFloat slope), paddedValues);
            TOps.Store(slope, paddedSlopes);
            for (nint j = 0; j < rest; j++)
            {
                values[i + j] = paddedValues[j];
                slopes[i + j] = paddedSlopes[j];
            }
        }
    }
}
