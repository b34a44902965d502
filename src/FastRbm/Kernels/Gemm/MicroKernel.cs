using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>
/// The innermost product: a tile of C, up to twelve rows by one or two vectors, stays in registers while k runs.
/// </summary>
/// <remarks>
/// <code>
///   A[i, k] = a[i * aRow + k * aStep]   packed (aRow = 1, aStep = Rows) or where it is stored
///   B[k, j] = b[k * bStep + j], from the second vector on b[k * bStep + bNext + j]
///   C[i, j] = c[i * cStride + j]
/// </code>
/// <para>Each element of C is one chain c = fma(A[i, k], B[k, j], c) with k ascending, so neither the width nor the tile can
/// change its bits. Without accumulation the chain starts from 0 and C is never read.</para>
/// <para>Register budget: 6 x 2 accumulators, two vectors of B and one element of A fill 15 of the 16 registers of AVX2;
/// 12 x 2 fill 27 of the 32 of AVX-512. Twelve independent chains cover four cycles of latency on two FMA units. A step of 12 x 2
/// is 24 multiply-adds and 14 loads, so that the multiply-adds are the limit wherever the loads come from the second-level cache
/// at worst.</para>
/// </remarks>
internal static unsafe class MicroKernel
{
    /// <summary>The most rows of a tile.</summary>
    public const int MostRows = 12;

    /// <summary>The rows of a full tile at a vector width: what the registers hold.</summary>
    /// <param name="width">Floats in a vector.</param>
    /// <returns>12 where there are 32 registers, else 6.</returns>
    public static int FullRows(int width) => width == 16 || (width == 8 && Avx512F.VL.IsSupported) ? MostRows : 6;

    /// <summary>Runs one tile.</summary>
    /// <param name="depth">The number of k steps, 1 or more.</param>
    /// <param name="a">The first element of A.</param>
    /// <param name="aRow">The distance between rows of A in floats.</param>
    /// <param name="aStep">The distance between k steps of A in floats.</param>
    /// <param name="b">The first row of B.</param>
    /// <param name="bNext">The distance from the first vector of B to the second in floats.</param>
    /// <param name="bStep">The distance between k steps of B in floats.</param>
    /// <param name="bAhead">The distance to the panel of B that comes next in floats.</param>
    /// <param name="packed">Where to copy B as rows of two vectors while it passes through the registers; only with a TCopy that is on.</param>
    /// <param name="c">The tile of C.</param>
    /// <param name="cStride">The distance between rows of C in floats.</param>
    /// <param name="accumulate">Whether the chains start from C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFloat, TInt, TOps, TRows, TVectors, TCopy>(
        nint depth, float* a, nint aRow, nint aStep, float* b, nint bNext, nint bStep, nint bAhead, float* packed, float* c, nint cStride, bool accumulate)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRows : struct, ICount
        where TVectors : struct, ICount
        where TCopy : struct, ICopyOfB
    {
        // Rows 3, 6 and 9 have pointers of their own: the two between are reached by an index register.
        nint aRow2 = 2 * aRow;
        float* a3 = a + (3 * aRow);
        float* a6 = a + (6 * aRow);
        float* a9 = a + (9 * aRow);
        TFloat zero = TOps.Create(0f);
        TFloat r0a = zero, r0b = zero;
        TFloat r1a = zero, r1b = zero;
        TFloat r2a = zero, r2b = zero;
        TFloat r3a = zero, r3b = zero;
        TFloat r4a = zero, r4b = zero;
        TFloat r5a = zero, r5b = zero;
        TFloat r6a = zero, r6b = zero;
        TFloat r7a = zero, r7b = zero;
        TFloat r8a = zero, r8b = zero;
        TFloat r9a = zero, r9b = zero;
        TFloat r10a = zero, r10b = zero;
        TFloat r11a = zero, r11b = zero;

        if (accumulate)
        {
            float* row = c;
            Load<TFloat, TInt, TOps, TRows, TVectors>(0, ref row, cStride, ref r0a, ref r0b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(1, ref row, cStride, ref r1a, ref r1b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(2, ref row, cStride, ref r2a, ref r2b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(3, ref row, cStride, ref r3a, ref r3b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(4, ref row, cStride, ref r4a, ref r4b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(5, ref row, cStride, ref r5a, ref r5b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(6, ref row, cStride, ref r6a, ref r6b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(7, ref row, cStride, ref r7a, ref r7b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(8, ref row, cStride, ref r8a, ref r8b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(9, ref row, cStride, ref r9a, ref r9b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(10, ref row, cStride, ref r10a, ref r10b);
            Load<TFloat, TInt, TOps, TRows, TVectors>(11, ref row, cStride, ref r11a, ref r11b);
        }

        for (nint k = 0; k < depth; k++)
        {
            TFloat b0 = TOps.Load(b);
            TFloat b1 = TVectors.Count > 1 ? TOps.Load(b + bNext) : b0;
            if (Sse.IsSupported)
            {
                // The hardware doesn't foresee the next panel of B: 5 to 60 % for few rows of A.
                Sse.Prefetch1(b + bAhead);
                Sse.Prefetch1(b + bNext + bAhead);
            }

            b += bStep;
            if (TCopy.IsOn)
            {
                TOps.Store(b0, packed);
                TOps.Store(b1, packed + TOps.Width);
                packed += 2 * TOps.Width;
            }

            Step<TFloat, TInt, TOps, TRows, TVectors>(0, a, b0, b1, ref r0a, ref r0b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(1, a + aRow, b0, b1, ref r1a, ref r1b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(2, a + aRow2, b0, b1, ref r2a, ref r2b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(3, a3, b0, b1, ref r3a, ref r3b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(4, a3 + aRow, b0, b1, ref r4a, ref r4b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(5, a3 + aRow2, b0, b1, ref r5a, ref r5b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(6, a6, b0, b1, ref r6a, ref r6b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(7, a6 + aRow, b0, b1, ref r7a, ref r7b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(8, a6 + aRow2, b0, b1, ref r8a, ref r8b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(9, a9, b0, b1, ref r9a, ref r9b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(10, a9 + aRow, b0, b1, ref r10a, ref r10b);
            Step<TFloat, TInt, TOps, TRows, TVectors>(11, a9 + aRow2, b0, b1, ref r11a, ref r11b);
            a += aStep;
            a3 += aStep;
            a6 += aStep;
            a9 += aStep;
        }

        Store<TFloat, TInt, TOps, TRows, TVectors>(0, ref c, cStride, r0a, r0b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(1, ref c, cStride, r1a, r1b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(2, ref c, cStride, r2a, r2b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(3, ref c, cStride, r3a, r3b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(4, ref c, cStride, r4a, r4b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(5, ref c, cStride, r5a, r5b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(6, ref c, cStride, r6a, r6b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(7, ref c, cStride, r7a, r7b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(8, ref c, cStride, r8a, r8b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(9, ref c, cStride, r9a, r9b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(10, ref c, cStride, r10a, r10b);
        Store<TFloat, TInt, TOps, TRows, TVectors>(11, ref c, cStride, r11a, r11b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TFloat, TInt, TOps, TRows, TVectors>(int i, ref float* row, nint stride, ref TFloat first, ref TFloat second)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        if (i < TRows.Count)
        {
            first = TOps.Load(row);
            if (TVectors.Count > 1)
            {
                second = TOps.Load(row + TOps.Width);
            }

            if (Sse.IsSupported)
            {
                Sse.Prefetch0(row + (TRows.Count * stride));
                Sse.Prefetch0(row + (TRows.Count * stride) + TOps.Width);
            }

            row += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TFloat, TInt, TOps, TRows, TVectors>(int i, float* a, TFloat b0, TFloat b1, ref TFloat first, ref TFloat second)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        if (i < TRows.Count)
        {
            TFloat x = TOps.Create(*a);
            first = TOps.FusedMultiplyAdd(x, b0, first);
            if (TVectors.Count > 1)
            {
                second = TOps.FusedMultiplyAdd(x, b1, second);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TFloat, TInt, TOps, TRows, TVectors>(int i, ref float* row, nint stride, TFloat first, TFloat second)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        if (i < TRows.Count)
        {
            TOps.Store(first, row);
            if (TVectors.Count > 1)
            {
                TOps.Store(second, row + TOps.Width);
            }

            row += stride;
        }
    }
}
