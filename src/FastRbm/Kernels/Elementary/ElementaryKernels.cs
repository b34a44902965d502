using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Elementary;

/// <summary>exp, log, sigmoid and softplus of whole spans of floats.</summary>
/// <remarks>
/// Every element gets the bits that <see cref="FloatFunctions"/> defines for its value, whatever the level, the length and its
/// place in the span. Reads x, writes all of y and nothing else; x and y may be the same span but may not overlap otherwise.
/// Allocates nothing; safe from several threads on different destinations.
/// </remarks>
internal static class ElementaryKernels
{
    private const int WidestVector = 16;

    // What a function of one vector looks like to the loop over a span.
    private interface IFunction
    {
        static abstract TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>;
    }

    /// <summary>y[i] = exp(x[i]), within 1.1 ULP.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The results: as many as arguments.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap without being the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void Exp(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<ExpFunction>(level, x, y);

    /// <summary>y[i] = log(x[i]), within 0.9 ULP; -infinity for 0, NaN for negative numbers.</summary>
    /// <inheritdoc cref="Exp"/>
    public static void Log(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<LogFunction>(level, x, y);

    /// <summary>y[i] = 1 / (1 + exp(-x[i])), within 2.5 ULP.</summary>
    /// <inheritdoc cref="Exp"/>
    public static void Sigmoid(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<SigmoidFunction>(level, x, y);

    /// <summary>y[i] = log(1 + exp(x[i])), within 2 ULP.</summary>
    /// <inheritdoc cref="Exp"/>
    public static void Softplus(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<SoftplusFunction>(level, x, y);

    /// <summary>y[i] = tanh(x[i]), within 4 ULP.</summary>
    /// <inheritdoc cref="Exp"/>
    public static void Tanh(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<TanhFunction>(level, x, y);

    /// <summary>y[i] = sigmoid(x[i]) (1 - sigmoid(x[i])), the variance of a binary unit, within 4 ULP.</summary>
    /// <inheritdoc cref="Exp"/>
    public static void SigmoidSlope(SimdLevel level, ReadOnlySpan<float> x, Span<float> y) => Map<SigmoidSlopeFunction>(level, x, y);

    private static unsafe void Map<TFunction>(SimdLevel level, ReadOnlySpan<float> x, Span<float> y)
        where TFunction : struct, IFunction
    {
        Throw.IfLengthDiffers(y.Length, x.Length, nameof(y));
        if (x.Overlaps(y, out int offset) && offset != 0)
        {
            Throw.Argument(nameof(y), "the same span as x or one apart from it", $"one that starts {offset} elements into x");
        }

        fixed (float* source = x, destination = y)
        {
            nint length = x.Length;
            switch (level)
            {
                case SimdLevel.Scalar:
                    Run<float, int, ScalarSimd, TFunction>(source, destination, length);
                    break;
                case SimdLevel.Vector128:
                    Run<Vector128<float>, Vector128<int>, Simd128, TFunction>(source, destination, length);
                    break;
                case SimdLevel.Vector256:
                    Run<Vector256<float>, Vector256<int>, Simd256, TFunction>(source, destination, length);
                    break;
                case SimdLevel.Vector512:
                    Run<Vector512<float>, Vector512<int>, Simd512, TFunction>(source, destination, length);
                    break;
                default:
                    Throw.OutOfRange(nameof(level), "a SIMD level", level);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Run<TFloat, TInt, TOps, TFunction>(float* x, float* y, nint length)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TFunction : struct, IFunction
    {
        nint i = 0;
        for (; i <= length - TOps.Width; i += TOps.Width)
        {
            TOps.Store(TFunction.Apply<TFloat, TInt, TOps>(TOps.Load(x + i)), y + i);
        }

        nint rest = length - i;
        if (rest > 0)
        {
            // Through a padded copy, not by a last overlapping vector: that would apply the function twice in place.
            float* padded = stackalloc float[WidestVector];
            for (nint j = 0; j < rest; j++)
            {
                padded[j] = x[i + j];
            }

            TOps.Store(TFunction.Apply<TFloat, TInt, TOps>(TOps.Load(padded)), padded);
            for (nint j = 0; j < rest; j++)
            {
                y[i + j] = padded[j];
            }
        }
    }

    private readonly struct ExpFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Exp<TFloat, TInt, TOps>(x);
    }

    private readonly struct LogFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Log<TFloat, TInt, TOps>(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Sigmoid<TFloat, TInt, TOps>(x);
    }

    private readonly struct SoftplusFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Softplus<TFloat, TInt, TOps>(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Tanh<TFloat, TInt, TOps>(x);
    }

    private readonly struct SigmoidSlopeFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.SigmoidSlope<TFloat, TInt, TOps>(x);
    }
}
