using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Uniform 16-bit draws for a word of units of a few chains: the first 16 bits of each unit's uniform number.</summary>
/// <remarks>
/// <code>
///   word w of a chain: Philox blocks 8w .. 8w + 7, four 32-bit words each
///   draw of unit 16r + 2l = low half of word r of block 8w + l (l = 0..7, r = 0..3), of unit 16r + 2l + 1 the high half
/// </code>
/// So the words of eight blocks, stored as they come out of the lanes, are the draws in the order of the units. Eight blocks of
/// consecutive chains lie side by side in the lanes, and two vectors are worked on at a time: ten dependent rounds would else
/// leave the multipliers idle half of the time.
/// </remarks>
internal static unsafe class ShortDraws
{
    /// <summary>The most chains of one call.</summary>
    public const int MaxChains = 4;

    /// <summary>Draws that <see cref="Fill"/> may write.</summary>
    public const int Length = MaxChains * 64;

    /// <summary>Fills the draws of one word of units of consecutive chains.</summary>
    /// <param name="stream">The stream of the first chain.</param>
    /// <param name="chains">1 to 4.</param>
    /// <param name="word">The word: units 64 word to 64 word + 63.</param>
    /// <param name="draws">64 draws a chain; up to <see cref="Length"/> are written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<TFloat, TInt, TOps>(in RandomStream stream, int chains, int word, ushort* draws)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* blocks = stackalloc int[8 * MaxChains];
        int* chainNumbers = stackalloc int[8 * MaxChains];
        for (int lane = 0; lane < 8 * MaxChains; lane++)
        {
            blocks[lane] = (8 * word) + (lane & 7);
            chainNumbers[lane] = unchecked((int)stream.Word1 + (lane >> 3));
        }

        TInt m0 = TOps.Create(unchecked((int)Philox.Multiplier0));
        TInt m1 = TOps.Create(unchecked((int)Philox.Multiplier1));
        for (int lane = 0; lane < 8 * chains; lane += 2 * TOps.Width)
        {
            TInt a0 = TOps.Load(blocks + lane);
            TInt a1 = TOps.Load(chainNumbers + lane);
            TInt a2 = TOps.Create((int)stream.Word2);
            TInt a3 = TOps.Create((int)stream.Word3);
            TInt b0 = TOps.Load(blocks + lane + TOps.Width);
            TInt b1 = TOps.Load(chainNumbers + lane + TOps.Width);
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
                TOps.WideMultiply(b0, m0, out TInt high2, out TInt low2);
                TOps.WideMultiply(b2, m1, out TInt high3, out TInt low3);
                a0 = TOps.Xor(TOps.Xor(high1, a1), key0);
                a1 = low1;
                a2 = TOps.Xor(TOps.Xor(high0, a3), key1);
                a3 = low0;
                b0 = TOps.Xor(TOps.Xor(high3, b1), key0);
                b1 = low3;
                b2 = TOps.Xor(TOps.Xor(high2, b3), key1);
                b3 = low2;
                k0 = unchecked(k0 + Philox.Weyl0);
                k1 = unchecked(k1 + Philox.Weyl1);
            }

            Store<TFloat, TInt, TOps>(a0, a1, a2, a3, lane, (int*)draws);
            Store<TFloat, TInt, TOps>(b0, b1, b2, b3, lane + TOps.Width, (int*)draws);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TFloat, TInt, TOps>(TInt r0, TInt r1, TInt r2, TInt r3, int lane, int* draws)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* target = draws + ((lane >> 3) * 32) + (lane & 7);
        if (TOps.Width > 8)
        {
            // The upper eight lanes are the next chain's.
            TOps.StoreHalves(r0, target, target + 32);
            TOps.StoreHalves(r1, target + 8, target + 40);
            TOps.StoreHalves(r2, target + 16, target + 48);
            TOps.StoreHalves(r3, target + 24, target + 56);
        }
        else
        {
            TOps.Store(r0, target);
            TOps.Store(r1, target + 8);
            TOps.Store(r2, target + 16);
            TOps.Store(r3, target + 24);
        }
    }
}
