using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>
/// The innermost product: a tile of C, up to twelve rows by two vectors, stays in registers while k runs.
/// </summary>
/// <remarks>
/// <code>
///   a: packed, depth x Rows:   a[k * Rows + i] = A[i, k]
///   b: depth rows of two vectors, bStride floats apart (packed panels: bStride = two vectors; or B itself)
///   c: Rows x two vectors, cStride floats apart
/// </code>
/// <para>Each element of C is one chain c = fma(A[i, k], B[k, j], c) with k ascending, so neither the width nor the tile can
/// change its bits. Without accumulation the chain starts from 0 and C is never read.</para>
/// <para>Register budget: 6 x 2 accumulators, two vectors of B and one element of A fill 15 of the 16 registers of AVX2;
/// 12 x 2 fill 27 of the 32 of AVX-512. Twelve independent chains cover four cycles of latency on two FMA units.</para>
/// </remarks>
internal static unsafe class MicroKernel
{
    /// <summary>The rows of a full tile at a vector width: what the registers hold.</summary>
    /// <param name="width">Floats in a vector.</param>
    /// <returns>12 for 512-bit vectors, else 6.</returns>
    public static int FullRows(int width) => width == 16 ? 12 : 6;

    /// <summary>Runs one tile.</summary>
    /// <param name="depth">The number of k steps, 1 or more.</param>
    /// <param name="a">The packed rows of A.</param>
    /// <param name="b">The rows of B.</param>
    /// <param name="bStride">The distance between rows of B in floats.</param>
    /// <param name="packed">Where to copy B in panel format while it passes through the registers; only with TCopy = CopyB.</param>
    /// <param name="c">The tile of C.</param>
    /// <param name="cStride">The distance between rows of C in floats.</param>
    /// <param name="accumulate">Whether the chains start from C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFloat, TInt, TOps, TRows, TCopy>(nint depth, float* a, float* b, nint bStride, float* packed, float* c, nint cStride, bool accumulate)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRows : struct, IRowCount
        where TCopy : struct, ICopyOfB
    {
        nint width = TOps.Width;
        TFloat x;
        TFloat r0a = TOps.Create(0f);
        TFloat r0b = TOps.Create(0f);
        TFloat r1a = TOps.Create(0f);
        TFloat r1b = TOps.Create(0f);
        TFloat r2a = TOps.Create(0f);
        TFloat r2b = TOps.Create(0f);
        TFloat r3a = TOps.Create(0f);
        TFloat r3b = TOps.Create(0f);
        TFloat r4a = TOps.Create(0f);
        TFloat r4b = TOps.Create(0f);
        TFloat r5a = TOps.Create(0f);
        TFloat r5b = TOps.Create(0f);
        TFloat r6a = TOps.Create(0f);
        TFloat r6b = TOps.Create(0f);
        TFloat r7a = TOps.Create(0f);
        TFloat r7b = TOps.Create(0f);
        TFloat r8a = TOps.Create(0f);
        TFloat r8b = TOps.Create(0f);
        TFloat r9a = TOps.Create(0f);
        TFloat r9b = TOps.Create(0f);
        TFloat r10a = TOps.Create(0f);
        TFloat r10b = TOps.Create(0f);
        TFloat r11a = TOps.Create(0f);
        TFloat r11b = TOps.Create(0f);

        if (accumulate)
        {
            r0a = TOps.Load(c);
            r0b = TOps.Load(c + width);

            if (TRows.Count > 1)
            {
                r1a = TOps.Load(c + cStride);
                r1b = TOps.Load(c + cStride + width);
            }

            if (TRows.Count > 2)
            {
                r2a = TOps.Load(c + (2 * cStride));
                r2b = TOps.Load(c + (2 * cStride) + width);
            }

            if (TRows.Count > 3)
            {
                r3a = TOps.Load(c + (3 * cStride));
                r3b = TOps.Load(c + (3 * cStride) + width);
            }

            if (TRows.Count > 4)
            {
                r4a = TOps.Load(c + (4 * cStride));
                r4b = TOps.Load(c + (4 * cStride) + width);
            }

            if (TRows.Count > 5)
            {
                r5a = TOps.Load(c + (5 * cStride));
                r5b = TOps.Load(c + (5 * cStride) + width);
            }

            if (TRows.Count > 6)
            {
                r6a = TOps.Load(c + (6 * cStride));
                r6b = TOps.Load(c + (6 * cStride) + width);
                r7a = TOps.Load(c + (7 * cStride));
                r7b = TOps.Load(c + (7 * cStride) + width);
                r8a = TOps.Load(c + (8 * cStride));
                r8b = TOps.Load(c + (8 * cStride) + width);
                r9a = TOps.Load(c + (9 * cStride));
                r9b = TOps.Load(c + (9 * cStride) + width);
                r10a = TOps.Load(c + (10 * cStride));
                r10b = TOps.Load(c + (10 * cStride) + width);
                r11a = TOps.Load(c + (11 * cStride));
                r11b = TOps.Load(c + (11 * cStride) + width);
            }
        }

        for (nint k = 0; k < depth; k++)
        {
            TFloat b0 = TOps.Load(b);
            TFloat b1 = TOps.Load(b + width);
            if (Sse.IsSupported)
            {
                // Unpacked rows of B lie too far apart for the hardware to foresee the next panel: 5 to 60 % for few rows of A.
                Sse.Prefetch1(b + (2 * width));
                Sse.Prefetch1(b + (3 * width));
            }

            b += bStride;
            if (TCopy.IsOn)
            {
                TOps.Store(b0, packed);
                TOps.Store(b1, packed + width);
                packed += 2 * width;
            }

            x = TOps.Create(a[0]);
            r0a = TOps.FusedMultiplyAdd(x, b0, r0a);
            r0b = TOps.FusedMultiplyAdd(x, b1, r0b);

            if (TRows.Count > 1)
            {
                x = TOps.Create(a[1]);
                r1a = TOps.FusedMultiplyAdd(x, b0, r1a);
                r1b = TOps.FusedMultiplyAdd(x, b1, r1b);
            }

            if (TRows.Count > 2)
            {
                x = TOps.Create(a[2]);
                r2a = TOps.FusedMultiplyAdd(x, b0, r2a);
                r2b = TOps.FusedMultiplyAdd(x, b1, r2b);
            }

            if (TRows.Count > 3)
            {
                x = TOps.Create(a[3]);
                r3a = TOps.FusedMultiplyAdd(x, b0, r3a);
                r3b = TOps.FusedMultiplyAdd(x, b1, r3b);
            }

            if (TRows.Count > 4)
            {
                x = TOps.Create(a[4]);
                r4a = TOps.FusedMultiplyAdd(x, b0, r4a);
                r4b = TOps.FusedMultiplyAdd(x, b1, r4b);
            }

            if (TRows.Count > 5)
            {
                x = TOps.Create(a[5]);
                r5a = TOps.FusedMultiplyAdd(x, b0, r5a);
                r5b = TOps.FusedMultiplyAdd(x, b1, r5b);
            }

            if (TRows.Count > 6)
            {
                x = TOps.Create(a[6]);
                r6a = TOps.FusedMultiplyAdd(x, b0, r6a);
                r6b = TOps.FusedMultiplyAdd(x, b1, r6b);
                x = TOps.Create(a[7]);
                r7a = TOps.FusedMultiplyAdd(x, b0, r7a);
                r7b = TOps.FusedMultiplyAdd(x, b1, r7b);
                x = TOps.Create(a[8]);
                r8a = TOps.FusedMultiplyAdd(x, b0, r8a);
                r8b = TOps.FusedMultiplyAdd(x, b1, r8b);
                x = TOps.Create(a[9]);
                r9a = TOps.FusedMultiplyAdd(x, b0, r9a);
                r9b = TOps.FusedMultiplyAdd(x, b1, r9b);
                x = TOps.Create(a[10]);
                r10a = TOps.FusedMultiplyAdd(x, b0, r10a);
                r10b = TOps.FusedMultiplyAdd(x, b1, r10b);
                x = TOps.Create(a[11]);
                r11a = TOps.FusedMultiplyAdd(x, b0, r11a);
                r11b = TOps.FusedMultiplyAdd(x, b1, r11b);
            }

            a += TRows.Count;
        }

        TOps.Store(r0a, c);
        TOps.Store(r0b, c + width);

        if (TRows.Count > 1)
        {
            TOps.Store(r1a, c + cStride);
            TOps.Store(r1b, c + cStride + width);
        }

        if (TRows.Count > 2)
        {
            TOps.Store(r2a, c + (2 * cStride));
            TOps.Store(r2b, c + (2 * cStride) + width);
        }

        if (TRows.Count > 3)
        {
            TOps.Store(r3a, c + (3 * cStride));
            TOps.Store(r3b, c + (3 * cStride) + width);
        }

        if (TRows.Count > 4)
        {
            TOps.Store(r4a, c + (4 * cStride));
            TOps.Store(r4b, c + (4 * cStride) + width);
        }

        if (TRows.Count > 5)
        {
            TOps.Store(r5a, c + (5 * cStride));
            TOps.Store(r5b, c + (5 * cStride) + width);
        }

        if (TRows.Count > 6)
        {
            TOps.Store(r6a, c + (6 * cStride));
            TOps.Store(r6b, c + (6 * cStride) + width);
            TOps.Store(r7a, c + (7 * cStride));
            TOps.Store(r7b, c + (7 * cStride) + width);
            TOps.Store(r8a, c + (8 * cStride));
            TOps.Store(r8b, c + (8 * cStride) + width);
            TOps.Store(r9a, c + (9 * cStride));
            TOps.Store(r9b, c + (9 * cStride) + width);
            TOps.Store(r10a, c + (10 * cStride));
            TOps.Store(r10b, c + (10 * cStride) + width);
            TOps.Store(r11a, c + (11 * cStride));
            TOps.Store(r11b, c + (11 * cStride) + width);
        }
    }
}
