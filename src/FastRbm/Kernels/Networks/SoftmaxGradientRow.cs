using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Networks;

/// <summary>A multiple of the softmax of a row in floats: the gradient of log sum exp where its value isn't wanted.</summary>
/// <remarks>
/// Exponentials by vectors, their sum one after another: the same bits at every level. Within 3 ULP for ten outputs. A row that has a NaN or
/// +infinity gives NaN everywhere. Allocates nothing.
/// </remarks>
internal static unsafe class SoftmaxGradientRow
{
    private const int WidestVector = 16;

    /// <summary>gradient[y] = scale exp(outputs[y]) / sum_y exp(outputs[y]).</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="scale">The multiple.</param>
    /// <param name="gradient">As many values, written; apart from the outputs.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Run(SimdLevel level, ReadOnlySpan<float> outputs, float scale, Span<float> gradient)
    {
        Throw.IfLengthDiffers(gradient.Length, outputs.Length, nameof(gradient));
        fixed (float* x = outputs, g = gradient)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Run<Vector512<float>, Vector512<int>, Simd512>(x, scale, g, outputs.Length);
                    break;
                case SimdLevel.Vector256:
                    Run<Vector256<float>, Vector256<int>, Simd256>(x, scale, g, outputs.Length);
                    break;
                case SimdLevel.Vector128:
                    Run<Vector128<float>, Vector128<int>, Simd128>(x, scale, g, outputs.Length);
                    break;
                default:
                    Run<float, int, ScalarSimd>(x, scale, g, outputs.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(float* outputs, float scale, float* gradient, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // A NaN isn't larger than anything, but its exponential is NaN, and so is the sum.
        float largest = float.NegativeInfinity;
        for (int y = 0; y < count; y++)
        {
            largest = outputs[y] > largest ? outputs[y] : largest;
        }

        TFloat offset = TOps.Create(largest);
        int whole = 0;
        for (; whole <= count - TOps.Width; whole += TOps.Width)
        {
            TOps.Store(FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(outputs + whole), offset)), gradient + whole);
        }

        if (whole < count)
        {
            float* padded = stackalloc float[WidestVector];
            TOps.Store(offset, padded);
            for (int y = whole; y < count; y++)
            {
                padded[y - whole] = outputs[y];
            }

            TOps.Store(FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(padded), offset)), padded);
            for (int y = whole; y < count; y++)
            {
                gradient[y] = padded[y - whole];
            }
        }

        float sum = 0;
        for (int y = 0; y < count; y++)
        {
            sum += gradient[y];
        }

        float factor = scale / sum;
        for (int y = 0; y < count; y++)
        {
            gradient[y] *= factor;
        }
    }
}
