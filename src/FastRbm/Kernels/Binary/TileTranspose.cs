using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastRbm.Kernels.Binary;

/// <summary>Transposes a 64 x 64 tile of integers. Moves bits only, so every path gives the same result.</summary>
internal static unsafe class TileTranspose
{
    /// <summary>target[c][r] = source[r][c].</summary>
    /// <param name="source">64 x 64 integers.</param>
    /// <param name="target">64 x 64 integers, written; not the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int* source, int* target)
    {
        for (int row = 0; row < Tile.Width; row += 8)
        {
            for (int column = 0; column < Tile.Width; column += 8)
            {
                int* from = source + (row * Tile.Width) + column;
                int* to = target + (column * Tile.Width) + row;
                if (Avx.IsSupported)
                {
                    EightByEight((float*)from, (float*)to);
                }
                else
                {
                    Plain(from, to);
                }
            }
        }
    }

    private static void Plain(int* from, int* to)
    {
        for (int r = 0; r < 8; r++)
        {
            for (int c = 0; c < 8; c++)
            {
                to[(c * Tile.Width) + r] = from[(r * Tile.Width) + c];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* from, float* to)
    {
        const int W = Tile.Width;
        Vector256<float> r0 = Vector256.Load(from);
        Vector256<float> r1 = Vector256.Load(from + W);
        Vector256<float> r2 = Vector256.Load(from + (2 * W));
        Vector256<float> r3 = Vector256.Load(from + (3 * W));
        Vector256<float> r4 = Vector256.Load(from + (4 * W));
        Vector256<float> r5 = Vector256.Load(from + (5 * W));
        Vector256<float> r6 = Vector256.Load(from + (6 * W));
        Vector256<float> r7 = Vector256.Load(from + (7 * W));
        Vector256<float> t0 = Avx.UnpackLow(r0, r1);
        Vector256<float> t1 = Avx.UnpackHigh(r0, r1);
        Vector256<float> t2 = Avx.UnpackLow(r2, r3);
        Vector256<float> t3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> t4 = Avx.UnpackLow(r4, r5);
        Vector256<float> t5 = Avx.UnpackHigh(r4, r5);
        Vector256<float> t6 = Avx.UnpackLow(r6, r7);
        Vector256<float> t7 = Avx.UnpackHigh(r6, r7);
        Vector256<float> u0 = Avx.Shuffle(t0, t2, 0x44);
        Vector256<float> u1 = Avx.Shuffle(t0, t2, 0xEE);
        Vector256<float> u2 = Avx.Shuffle(t1, t3, 0x44);
        Vector256<float> u3 = Avx.Shuffle(t1, t3, 0xEE);
        Vector256<float> u4 = Avx.Shuffle(t4, t6, 0x44);
        Vector256<float> u5 = Avx.Shuffle(t4, t6, 0xEE);
        Vector256<float> u6 = Avx.Shuffle(t5, t7, 0x44);
        Vector256<float> u7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(u0, u4, 0x20).Store(to);
        Avx.Permute2x128(u1, u5, 0x20).Store(to + W);
        Avx.Permute2x128(u2, u6, 0x20).Store(to + (2 * W));
        Avx.Permute2x128(u3, u7, 0x20).Store(to + (3 * W));
        Avx.Permute2x128(u0, u4, 0x31).Store(to + (4 * W));
        Avx.Permute2x128(u1, u5, 0x31).Store(to + (5 * W));
        Avx.Permute2x128(u2, u6, 0x31).Store(to + (6 * W));
        Avx.Permute2x128(u3, u7, 0x31).Store(to + (7 * W));
    }
}
