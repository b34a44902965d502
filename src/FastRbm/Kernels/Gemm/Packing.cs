using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastRbm.Kernels.Gemm;

/// <summary>Copies blocks of A and B into panels: panel[k * lanes + i] is lane i (a row of A, a column of B) at step k.</summary>
internal static unsafe class Packing
{
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
            nint i = 0;
            for (; i <= count - 4; i += 4)
            {
                Vector128.Store(Vector128.Load(source + i), panel + i);
            }

            for (; i < count; i++)
            {
                panel[i] = source[i];
            }

            for (; i < lanes; i++)
            {
                panel[i] = 0f;
            }

            source += stride;
            panel += lanes;
        }
    }

    /// <summary>Packs lanes that lie one after another: element (i, k) at source[i * stride + k].</summary>
    /// <inheritdoc cref="SideBySide"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneAfterAnother(float* source, nint stride, nint count, nint depth, float* panel, nint lanes)
    {
        nint i = 0;
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

        for (; i < lanes; i++)
        {
            float* destination = panel + i;
            for (nint k = 0; k < depth; k++)
            {
                *destination = 0f;
                destination += lanes;
            }
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

        for (; k < depth; k++)
        {
            panel[0] = source[k];
            panel[1] = source[k + stride];
            panel[2] = source[k + (2 * stride)];
            panel[3] = source[k + (3 * stride)];
            panel += lanes;
        }
    }
}
