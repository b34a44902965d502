using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>A product of one row: B is read once, in place, without packing.</summary>
/// <remarks>
/// The same chains of fused multiply-adds as <see cref="MicroKernel"/>, hence the same bits. Eight chains side by side cover the
/// latency; from two rows on the micro-kernel, which reads B once for all of them, was faster.
/// </remarks>
internal static unsafe class RowKernel
{
    /// <summary>C[0, j] = sum_k A[0, k] B[k, j], plus C[0, j] if accumulating, for as many columns as fill whole vectors.</summary>
    /// <param name="problem">Checked, with one row and B not transposed.</param>
    /// <param name="first">The first column to do.</param>
    /// <returns>The number of columns done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run<TFloat, TInt, TOps>(in Problem problem, nint first)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        nint columns = problem.Columns - first;
        nint depth = problem.Depth;
        float* a = problem.A;
        nint aStride = problem.StepOfA;
        float* b = problem.B + first;
        nint bStride = problem.StrideB;
        float* c = problem.C + first;
        bool accumulate = problem.Accumulate;
        nint width = TOps.Width;
        nint j = 0;
        for (; j <= columns - (8 * width); j += 8 * width)
        {
            TFloat c0 = TOps.Create(0f);
            TFloat c1 = c0;
            TFloat c2 = c0;
            TFloat c3 = c0;
            TFloat c4 = c0;
            TFloat c5 = c0;
            TFloat c6 = c0;
            TFloat c7 = c0;
            float* start = c + j;
            if (accumulate)
            {
                c0 = TOps.Load(start);
                c1 = TOps.Load(start + width);
                c2 = TOps.Load(start + (2 * width));
                c3 = TOps.Load(start + (3 * width));
                c4 = TOps.Load(start + (4 * width));
                c5 = TOps.Load(start + (5 * width));
                c6 = TOps.Load(start + (6 * width));
                c7 = TOps.Load(start + (7 * width));
            }

            float* element = a;
            float* row = b + j;
            for (nint k = 0; k < depth; k++)
            {
                TFloat x = TOps.Create(*element);
                c0 = TOps.FusedMultiplyAdd(x, TOps.Load(row), c0);
                c1 = TOps.FusedMultiplyAdd(x, TOps.Load(row + width), c1);
                c2 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (2 * width)), c2);
                c3 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (3 * width)), c3);
                c4 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (4 * width)), c4);
                c5 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (5 * width)), c5);
                c6 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (6 * width)), c6);
                c7 = TOps.FusedMultiplyAdd(x, TOps.Load(row + (7 * width)), c7);
                element += aStride;
                row += bStride;
            }

            TOps.Store(c0, start);
            TOps.Store(c1, start + width);
            TOps.Store(c2, start + (2 * width));
            TOps.Store(c3, start + (3 * width));
            TOps.Store(c4, start + (4 * width));
            TOps.Store(c5, start + (5 * width));
            TOps.Store(c6, start + (6 * width));
            TOps.Store(c7, start + (7 * width));
        }

        for (; j <= columns - width; j += width)
        {
            TFloat sum = accumulate ? TOps.Load(c + j) : TOps.Create(0f);
            float* element = a;
            float* row = b + j;
            for (nint k = 0; k < depth; k++)
            {
                sum = TOps.FusedMultiplyAdd(TOps.Create(*element), TOps.Load(row), sum);
                element += aStride;
                row += bStride;
            }

            TOps.Store(sum, c + j);
        }

        return j;
    }
}
