using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Normal numbers for a row of units: means, variances and draws.</summary>
/// <remarks>
/// <para>Box and Muller's method on the 64 draws of a <see cref="PhiloxTile"/>: two draws make two numbers, r cos(2 pi v) and r sin(2 pi v)
/// with r = sqrt(-2 log u).</para>
/// <code>
///   tile t of a row, block l of its 16:  unit 64t + l      r(word 0) cos(word 1)     unit 64t + 16 + l  r(word 0) sin(word 1)
///                                        unit 64t + 32 + l r(word 2) cos(word 3)     unit 64t + 48 + l  r(word 2) sin(word 3)
/// </code>
/// <para>u = (upper 31 bits + 1/2) 2^-31, so that the largest r is 6.66; v has 32 bits. Floats with an error of a few ULP of the radius.
/// Source: Box and Muller, "A note on the generation of random normal deviates" (1958).</para>
/// </remarks>
internal static unsafe class NormalRow
{
    private const int Width = PhiloxTile.Length;

    // What is done with a tile of a row; z are normal numbers where they are asked for.
    private interface IStep
    {
        static abstract bool NeedsNoise { get; }

        static abstract TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat logPrecision, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>;
    }

    /// <summary>values = independent standard normal numbers.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="values">Written.</param>
    public static void Fill(SimdLevel level, in RandomStream draws, Span<float> values) => Run<NoiseStep>(level, values, values, draws, values);

    /// <summary>means = inputs exp(-logPrecisions), within 2 ULP.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="logPrecisions">As many.</param>
    /// <param name="means">As many, written; may be the inputs.</param>
    public static void Means(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> logPrecisions, Span<float> means) =>
        Run<MeanStep>(level, inputs, logPrecisions, default, means);

    /// <summary>variances = exp(-logPrecisions), within 1.1 ULP.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="logPrecisions">Logarithms of the precisions.</param>
    /// <param name="variances">As many, written.</param>
    public static void Variances(SimdLevel level, ReadOnlySpan<float> logPrecisions, Span<float> variances) =>
        Run<VarianceStep>(level, logPrecisions, logPrecisions, default, variances);

    /// <summary>states = inputs exp(-logPrecisions) + exp(-logPrecisions / 2) times standard normal numbers.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="logPrecisions">As many.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="states">As many, written; may be the inputs.</param>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> logPrecisions, in RandomStream draws, Span<float> states) =>
        Run<SampleStep>(level, inputs, logPrecisions, draws, states);

    /// <summary>states = values + deviations times standard normal numbers.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="values">The values.</param>
    /// <param name="deviations">As many.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="states">As many, written; may be the values.</param>
    public static void Add(SimdLevel level, ReadOnlySpan<float> values, ReadOnlySpan<float> deviations, in RandomStream draws, Span<float> states) =>
        Run<AddStep>(level, values, deviations, draws, states);

    private static void Run<TStep>(
        SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> logPrecisions, in RandomStream draws, Span<float> results)
        where TStep : struct, IStep
    {
        Throw.IfLengthDiffers(inputs.Length, results.Length, nameof(inputs));
        Throw.IfLengthDiffers(logPrecisions.Length, results.Length, nameof(logPrecisions));
        fixed (float* x = inputs, l = logPrecisions, y = results)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Run<Vector512<float>, Vector512<int>, Simd512, TStep>(x, l, draws, y, results.Length);
                    break;
                case SimdLevel.Vector256:
                    Run<Vector256<float>, Vector256<int>, Simd256, TStep>(x, l, draws, y, results.Length);
                    break;
                case SimdLevel.Vector128:
                    Run<Vector128<float>, Vector128<int>, Simd128, TStep>(x, l, draws, y, results.Length);
                    break;
                default:
                    Run<float, int, ScalarSimd, TStep>(x, l, draws, y, results.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps, TStep>(float* inputs, float* logPrecisions, in RandomStream draws, float* results, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TStep : struct, IStep
    {
        float* z = stackalloc float[Width];
        float* x = stackalloc float[Width];
        float* l = stackalloc float[Width];
        for (int first = 0; first < count; first += Width)
        {
            if (TStep.NeedsNoise)
            {
                Noise<TFloat, TInt, TOps>(draws, first / Width, z);
            }

            int rest = count - first;
            if (rest >= Width)
            {
                for (int unit = 0; unit < Width; unit += TOps.Width)
                {
                    TFloat y = TStep.Apply<TFloat, TInt, TOps>(
                        TOps.Load(inputs + first + unit), TOps.Load(logPrecisions + first + unit), TOps.Load(z + unit));
                    TOps.Store(y, results + first + unit);
                }

                continue;
            }

            new ReadOnlySpan<float>(inputs + first, rest).CopyTo(new Span<float>(x, Width));
            new ReadOnlySpan<float>(logPrecisions + first, rest).CopyTo(new Span<float>(l, Width));
            new Span<float>(x + rest, Width - rest).Clear();
            new Span<float>(l + rest, Width - rest).Clear();
            for (int unit = 0; unit < rest; unit += TOps.Width)
            {
                TOps.Store(TStep.Apply<TFloat, TInt, TOps>(TOps.Load(x + unit), TOps.Load(l + unit), TOps.Load(z + unit)), x + unit);
            }

            new ReadOnlySpan<float>(x, rest).CopyTo(new Span<float>(results + first, rest));
        }
    }

    /// <summary>Two standard normal numbers of two words, lane by lane.</summary>
    /// <param name="length">The words of the radius: 0 and 2 of a block.</param>
    /// <param name="turns">The words of the angle: 1 and 3.</param>
    /// <param name="first">r cos(2 pi v).</param>
    /// <param name="second">r sin(2 pi v).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pair<TFloat, TInt, TOps>(TInt length, TInt turns, out TFloat first, out TFloat second)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat u = TOps.ToFloat(TOps.ShiftRightLogical(length, 1));
        u = TOps.FusedMultiplyAdd(u, TOps.Create(4.656612873e-10f), TOps.Create(2.328306437e-10f));
        TFloat log = FloatFunctions.LogOfNormal<TFloat, TInt, TOps>(u);
        TFloat radius = TOps.SquareRoot(TOps.Multiply(log, TOps.Create(-2f)));
        SinCos<TFloat, TInt, TOps>(turns, out TFloat sine, out TFloat cosine);
        first = TOps.Multiply(radius, cosine);
        second = TOps.Multiply(radius, sine);
    }

    /// <summary>64 standard normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Noise<TFloat, TInt, TOps>(in RandomStream draws, long tile, float* z)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* words = stackalloc int[PhiloxTile.Length];
        PhiloxTile.Fill<TFloat, TInt, TOps>(draws, tile, words);
        for (int half = 0; half < Width; half += 2 * PhiloxTile.Blocks)
        {
            for (int lane = half; lane < half + PhiloxTile.Blocks; lane += TOps.Width)
            {
                Pair<TFloat, TInt, TOps>(TOps.Load(words + lane), TOps.Load(words + PhiloxTile.Blocks + lane), out TFloat first, out TFloat second);
                TOps.Store(first, z + lane);
                TOps.Store(second, z + PhiloxTile.Blocks + lane);
            }
        }
    }

    /// <summary>Sine and cosine of 2 pi turns / 2^32, within 2 ULP of 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SinCos<TFloat, TInt, TOps>(TInt turns, out TFloat sine, out TFloat cosine)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // The nearest quarter and what is left of an eighth of the circle either way; overflow is a whole turn.
        TInt quarter = TOps.ShiftRightArithmetic(TOps.Add(turns, TOps.Create(1 << 29)), 30);
        TInt rest = TOps.Subtract(turns, TOps.ShiftLeft(quarter, 30));
        TFloat x = TOps.Multiply(TOps.ToFloat(rest), TOps.Create(1.4629180793e-9f));
        TFloat square = TOps.Multiply(x, x);

        // Cephes' polynomials for sinf and cosf on [-pi/4, pi/4].
        TFloat s = TOps.FusedMultiplyAdd(TOps.Create(-1.9515295891e-4f), square, TOps.Create(8.3321608736e-3f));
        s = TOps.FusedMultiplyAdd(s, square, TOps.Create(-1.6666654611e-1f));
        s = TOps.FusedMultiplyAdd(TOps.Multiply(s, square), x, x);
        TFloat c = TOps.FusedMultiplyAdd(TOps.Create(2.443315711809948e-5f), square, TOps.Create(-1.388731625493765e-3f));
        c = TOps.FusedMultiplyAdd(c, square, TOps.Create(4.166664568298827e-2f));
        c = TOps.FusedMultiplyAdd(c, square, TOps.Create(-0.5f));
        c = TOps.FusedMultiplyAdd(c, square, TOps.Create(1f));

        TInt swap = TOps.Subtract(TOps.Create(0), TOps.And(quarter, TOps.Create(1)));
        TInt sineSign = TOps.ShiftLeft(TOps.And(quarter, TOps.Create(2)), 30);
        TInt cosineSign = TOps.ShiftLeft(TOps.And(TOps.Add(quarter, TOps.Create(1)), TOps.Create(2)), 30);
        sine = TOps.AsFloat(TOps.Xor(TOps.AsInt(TOps.Select(swap, c, s)), sineSign));
        cosine = TOps.AsFloat(TOps.Xor(TOps.AsInt(TOps.Select(swap, s, c)), cosineSign));
    }

    private readonly struct NoiseStep : IStep
    {
        public static bool NeedsNoise => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat logPrecision, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => z;
    }

    private readonly struct AddStep : IStep
    {
        public static bool NeedsNoise => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat deviation, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => TOps.FusedMultiplyAdd(deviation, z, input);
    }

    private readonly struct SampleStep : IStep
    {
        public static bool NeedsNoise => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat logPrecision, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt>
        {
            TFloat deviation = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Multiply(logPrecision, TOps.Create(-0.5f)));
            return TOps.Multiply(deviation, TOps.FusedMultiplyAdd(input, deviation, z));
        }
    }

    private readonly struct MeanStep : IStep
    {
        public static bool NeedsNoise => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat logPrecision, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> =>
            TOps.Multiply(input, FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Multiply(logPrecision, TOps.Create(-1f))));
    }

    private readonly struct VarianceStep : IStep
    {
        public static bool NeedsNoise => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat input, TFloat logPrecision, TFloat z)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> =>
            FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Multiply(logPrecision, TOps.Create(-1f)));
    }
}
