using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastRbm.Kernels.Gemm;

/// <summary>Copies blocks of A and B into panels: panel[k * lanes + i] is lane i (a row of A, a column of B) at step k.</summary>
internal static unsafe class Packing
{
    private const int StepsAhead = 16;

    /// <summary>Packs lanes that lie side by side: element (i, k) at source[k * stride + i].</summary>
    /// <param name="source">Element (0, 0).</param>
    /// <param name="stride">The distance between steps in floats.</param>
    /// <param name="count">The lanes to read.</param>
    /// <param name="depth">The steps to read.</param>
    /// <param name="panel">The destination: depth times <paramref name="lanes"/> floats.</param>
    /// <param name="lanes">The lanes of the panel; those from <paramref name="count"/> on are set to zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SideBySide(float* source, nint stride, nint count, nint depth, float* panel, nint lanes)
    {
        for (nint k = 0; k < depth; k++)
        {
            if (Sse.IsSupported)
            {
                // The rows lie too far apart for the hardware to foresee.
                float* later = source + (StepsAhead * stride);
                for (nint line = 0; line < count; line += 16)
                {
                    Sse.Prefetch0(later + line);
                }
            }

            Lanes(source, count, panel);
            for (nint i = count; i < lanes; i++)
            {
                panel[i] = 0f;
            }

            source += stride;
            panel += lanes;
        }
    }

    /// <summary>Copies one step of a panel.</summary>
    /// <param name="source">The lanes, side by side.</param>
    /// <param name="count">Their number.</param>
    /// <param name="panel">The destination.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lanes(float* source, nint count, float* panel)
    {
        nint i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256.Store(Vector256.Load(source + i), panel + i);
        }

        if (i <= count - 4)
        {
            Vector128.Store(Vector128.Load(source + i), panel + i);
            i += 4;
        }

        for (; i < count; i++)
        {
            panel[i] = source[i];
        }
    }

    /// <summary>Packs lanes that lie one after another: element (i, k) at source[i * stride + k].</summary>
    /// <inheritdoc cref="SideBySide"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneAfterAnother(float* source, nint stride, nint count, nint depth, float* panel, nint lanes)
    {
        Transpose(source, stride, count, depth, panel, lanes);
        for (nint i = count; i < lanes; i++)
        {
            float* destination = panel + i;
            for (nint k = 0; k < depth; k++)
            {
                *destination = 0f;
                destination += lanes;
            }
        }
    }

    /// <summary>panel[k * lanes + i] = source[i * stride + k], and nothing else is written.</summary>
    /// <param name="source">Element (0, 0).</param>
    /// <param name="stride">The distance between rows of the source in floats.</param>
    /// <param name="count">The rows of the source, i.</param>
    /// <param name="depth">The columns of the source, k.</param>
    /// <param name="panel">The destination.</param>
    /// <param name="lanes">The distance between rows of the destination in floats, at least <paramref name="count"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint stride, nint count, nint depth, float* panel, nint lanes)
    {
        nint i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i <= count - 16; i += 16)
            {
                SixteenLanes(source + (i * stride), stride, depth, panel + i, lanes);
            }
        }

        if (Avx.IsSupported)
        {
            for (; i <= count - 8; i += 8)
            {
                EightLanes(source + (i * stride), stride, depth, panel + i, lanes);
            }
        }

        if (Sse.IsSupported)
        {
            for (; i <= count - 4; i += 4)
            {
                FourLanes(source + (i * stride), stride, depth, panel + i, lanes);
            }
        }

        for (; i < count; i++)
        {
            float* lane = source + (i * stride);
            float* destination = panel + i;
            for (nint k = 0; k < depth; k++)
            {
                *destination = lane[k];
                destination += lanes;
            }
        }
    }

    // Four steps of sixteen lanes: the four by four transposition below in each quarter of a vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixteenLanes(float* source, nint stride, nint depth, float* panel, nint lanes)
    {
        nint stride2 = 2 * stride;
        nint stride3 = 3 * stride;
        nint stride4 = 4 * stride;
        nint k = 0;
        for (; k <= depth - 4; k += 4)
        {
            float* s0 = source + k;
            float* s4 = s0 + stride4;
            float* s8 = s4 + stride4;
            float* s12 = s8 + stride4;
            Vector512<float> r0 = Quarters(s0, s4, s8, s12);
            Vector512<float> r1 = Quarters(s0 + stride, s4 + stride, s8 + stride, s12 + stride);
            Vector512<float> r2 = Quarters(s0 + stride2, s4 + stride2, s8 + stride2, s12 + stride2);
            Vector512<float> r3 = Quarters(s0 + stride3, s4 + stride3, s8 + stride3, s12 + stride3);
            Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
            Vector512<double> high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
            Vector512<double> high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
            Avx512F.UnpackLow(low01, low23).AsSingle().Store(panel);
            Avx512F.UnpackHigh(low01, low23).AsSingle().Store(panel + lanes);
            Avx512F.UnpackLow(high01, high23).AsSingle().Store(panel + (2 * lanes));
            Avx512F.UnpackHigh(high01, high23).AsSingle().Store(panel + (3 * lanes));
            panel += 4 * lanes;
        }

        OneByOne(source, stride, 16, k, depth, panel, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* first, float* second, float* third, float* fourth)
    {
        Vector512<float> result = Vector128.Load(first).ToVector256Unsafe().ToVector512Unsafe();
        result = Avx512F.InsertVector128(result, Vector128.Load(second), 1);
        result = Avx512F.InsertVector128(result, Vector128.Load(third), 2);
        return Avx512F.InsertVector128(result, Vector128.Load(fourth), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightLanes(float* source, nint stride, nint depth, float* panel, nint lanes)
    {
        nint stride2 = 2 * stride;
        nint stride3 = 3 * stride;
        nint k = 0;
        for (; k <= depth - 4; k += 4)
        {
            float* s0 = source + k;
            float* s4 = s0 + (4 * stride);
            Vector256<float> r0 = Halves(s0, s4);
            Vector256<float> r1 = Halves(s0 + stride, s4 + stride);
            Vector256<float> r2 = Halves(s0 + stride2, s4 + stride2);
            Vector256<float> r3 = Halves(s0 + stride3, s4 + stride3);
            Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble();
            Vector256<double> high01 = Avx.UnpackHigh(r0, r1).AsDouble();
            Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble();
            Vector256<double> high23 = Avx.UnpackHigh(r2, r3).AsDouble();
            Avx.UnpackLow(low01, low23).AsSingle().Store(panel);
            Avx.UnpackHigh(low01, low23).AsSingle().Store(panel + lanes);
            Avx.UnpackLow(high01, high23).AsSingle().Store(panel + (2 * lanes));
            Avx.UnpackHigh(high01, high23).AsSingle().Store(panel + (3 * lanes));
            panel += 4 * lanes;
        }

        OneByOne(source, stride, 8, k, depth, panel, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* first, float* second) =>
        Avx.InsertVector128(Vector128.Load(first).ToVector256Unsafe(), Vector128.Load(second), 1);

    private static void OneByOne(float* source, nint stride, nint count, nint k, nint depth, float* panel, nint lanes)
    {
        for (; k < depth; k++)
        {
            for (nint i = 0; i < count; i++)
            {
                panel[i] = source[(i * stride) + k];
            }

            panel += lanes;
        }
    }

    // Transposes four by four in registers. Copies alone: the instructions used can't change a bit of the result.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourLanes(float* source, nint stride, nint depth, float* panel, nint lanes)
    {
        nint k = 0;
        for (; k <= depth - 4; k += 4)
        {
            Vector128<float> r0 = Vector128.Load(source + k);
            Vector128<float> r1 = Vector128.Load(source + k + stride);
            Vector128<float> r2 = Vector128.Load(source + k + (2 * stride));
            Vector128<float> r3 = Vector128.Load(source + k + (3 * stride));
            Vector128<float> low01 = Sse.UnpackLow(r0, r1);
            Vector128<float> high01 = Sse.UnpackHigh(r0, r1);
            Vector128<float> low23 = Sse.UnpackLow(r2, r3);
            Vector128<float> high23 = Sse.UnpackHigh(r2, r3);
            Sse.MoveLowToHigh(low01, low23).Store(panel);
            Sse.MoveHighToLow(low23, low01).Store(panel + lanes);
            Sse.MoveLowToHigh(high01, high23).Store(panel + (2 * lanes));
            Sse.MoveHighToLow(high23, high01).Store(panel + (3 * lanes));
            panel += 4 * lanes;
        }

        OneByOne(source, stride, 4, k, depth, panel, lanes);
    }
}
