using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>64 draws of 32 bits of one stream at once.</summary>
/// <remarks>
/// <code>
///   tile t: Philox blocks 16t .. 16t + 15, draws 64t .. 64t + 63
///   words[16 r + l] = word r of block 16t + l = draw 64t + 4l + r
/// </code>
/// As the words come out of the lanes: nothing is transposed. Two vectors are worked on at a time where there are two, as in
/// <see cref="ShortDraws"/>; with 512 bits even and odd blocks are kept apart in lanes of 64 bits, so that products need no shuffles.
/// </remarks>
internal static unsafe class PhiloxTile
{
    /// <summary>Draws of a tile.</summary>
    public const int Length = 64;

    /// <summary>Blocks of a tile.</summary>
    public const int Blocks = 16;

    /// <summary>Fills a tile.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="words">64 words, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<TFloat, TInt, TOps>(in RandomStream stream, long tile, int* words)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (TOps.Width == Blocks && Avx512F.IsSupported)
        {
            FillApart(in stream, tile, words);
            return;
        }

        int* blocks = stackalloc int[2 * Blocks];
        for (int lane = 0; lane < 2 * Blocks; lane++)
        {
            blocks[lane] = unchecked((int)((tile * Blocks) + lane));
        }

        TInt m0 = TOps.Create(unchecked((int)Philox.Multiplier0));
        TInt m1 = TOps.Create(unchecked((int)Philox.Multiplier1));
        for (int lane = 0; lane < Blocks; lane += 2 * TOps.Width)
        {
            TInt a0 = TOps.Load(blocks + lane);
            TInt a1 = TOps.Create((int)stream.Word1);
            TInt a2 = TOps.Create((int)stream.Word2);
            TInt a3 = TOps.Create((int)stream.Word3);
            TInt b0 = TOps.Load(blocks + lane + TOps.Width);
            TInt b1 = a1;
            TInt b2 = a2;
            TInt b3 = a3;
            uint k0 = (uint)stream.Key;
            uint k1 = (uint)(stream.Key >> 32);
            for (int round = 0; round < Philox.Rounds; round++)
            {
                TInt key0 = TOps.Create((int)k0);
                TInt key1 = TOps.Create((int)k1);
                TOps.WideMultiply(a0, m0, out TInt high0, out TInt low0);
                TOps.WideMultiply(a2, m1, out TInt high1, out TInt low1);
                a0 = TOps.Xor(TOps.Xor(high1, a1), key0);
                a1 = low1;
                a2 = TOps.Xor(TOps.Xor(high0, a3), key1);
                a3 = low0;
                if (TOps.Width < Blocks)
                {
                    TOps.WideMultiply(b0, m0, out TInt high2, out TInt low2);
                    TOps.WideMultiply(b2, m1, out TInt high3, out TInt low3);
                    b0 = TOps.Xor(TOps.Xor(high3, b1), key0);
                    b1 = low3;
                    b2 = TOps.Xor(TOps.Xor(high2, b3), key1);
                    b3 = low2;
                }

                k0 = unchecked(k0 + Philox.Weyl0);
                k1 = unchecked(k1 + Philox.Weyl1);
            }

            TOps.Store(a0, words + lane);
            TOps.Store(a1, words + Blocks + lane);
            TOps.Store(a2, words + (2 * Blocks) + lane);
            TOps.Store(a3, words + (3 * Blocks) + lane);
            if (TOps.Width < Blocks)
            {
                TOps.Store(b0, words + lane + TOps.Width);
                TOps.Store(b1, words + Blocks + lane + TOps.Width);
                TOps.Store(b2, words + (2 * Blocks) + lane + TOps.Width);
                TOps.Store(b3, words + (3 * Blocks) + lane + TOps.Width);
            }
        }
    }

    // The upper halves of the lanes are whatever products leave there: nothing reads them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillApart(in RandomStream stream, long tile, int* words)
    {
        Vector512<ulong> a0 = Vector512.Create((ulong)(tile * Blocks)) + Vector512.Create(0UL, 2, 4, 6, 8, 10, 12, 14);
        Vector512<ulong> b0 = a0 + Vector512<ulong>.One;
        Vector512<ulong> a1 = Vector512.Create((ulong)stream.Word1);
        Vector512<ulong> a2 = Vector512.Create((ulong)stream.Word2);
        Vector512<ulong> a3 = Vector512.Create((ulong)stream.Word3);
        Vector512<ulong> b1 = a1;
        Vector512<ulong> b2 = a2;
        Vector512<ulong> b3 = a3;
        Vector512<ulong> m0 = Vector512.Create((ulong)Philox.Multiplier0);
        Vector512<ulong> m1 = Vector512.Create((ulong)Philox.Multiplier1);
        Vector512<ulong> key0 = Vector512.Create(stream.Key);
        Vector512<ulong> key1 = Vector512.Create(stream.Key >> 32);
        for (int round = 0; round < Philox.Rounds; round++)
        {
            Vector512<ulong> productA0 = Avx512F.Multiply(a0.AsUInt32(), m0.AsUInt32());
            Vector512<ulong> productB0 = Avx512F.Multiply(b0.AsUInt32(), m0.AsUInt32());
            Vector512<ulong> productA1 = Avx512F.Multiply(a2.AsUInt32(), m1.AsUInt32());
            Vector512<ulong> productB1 = Avx512F.Multiply(b2.AsUInt32(), m1.AsUInt32());
            a0 = (productA1 >>> 32) ^ a1 ^ key0;
            b0 = (productB1 >>> 32) ^ b1 ^ key0;
            a1 = productA1;
            b1 = productB1;
            a2 = (productA0 >>> 32) ^ a3 ^ key1;
            b2 = (productB0 >>> 32) ^ b3 ^ key1;
            a3 = productA0;
            b3 = productB0;
            key0 += Vector512.Create((ulong)Philox.Weyl0);
            key1 += Vector512.Create((ulong)Philox.Weyl1);
        }

        Store(a0, b0, words);
        Store(a1, b1, words + Blocks);
        Store(a2, b2, words + (2 * Blocks));
        Store(a3, b3, words + (3 * Blocks));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<ulong> even, Vector512<ulong> odd, int* words) =>
        Vector512.ConditionalSelect(Vector512.Create(0xFFFFFFFFUL), even, odd << 32).AsInt32().Store(words);
}
