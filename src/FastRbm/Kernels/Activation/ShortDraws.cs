using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>64 uniform 16-bit draws at a time: the first 16 bits of each unit's uniform number.</summary>
/// <remarks>
/// <code>
///   word w of a row: Philox blocks 8w .. 8w + 7, four 32-bit words each
///   draw of unit 16r + l (l = 0..7) = low half of word r of block 8w + l, of unit 16r + 8 + l the high half
/// </code>
/// Vectors of eight units therefore come from one Philox word of eight blocks, at every width.
/// </remarks>
internal static unsafe class ShortDraws
{
    /// <summary>Fills the draws of one word of units.</summary>
    /// <param name="stream">The stream of (seed, purpose, step, chain).</param>
    /// <param name="word">The word: units 64 word to 64 word + 63.</param>
    /// <param name="draws">64 integers from 0 to 65535, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill<TFloat, TInt, TOps>(in RandomStream stream, int word, int* draws)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* lanes = stackalloc int[8];
        for (int lane = 0; lane < 8; lane++)
        {
            lanes[lane] = (8 * word) + lane;
        }

        TInt half = TOps.Create(0xFFFF);
        TInt m0 = TOps.Create(unchecked((int)Philox.Multiplier0));
        TInt m1 = TOps.Create(unchecked((int)Philox.Multiplier1));
        for (int lane = 0; lane < 8; lane += TOps.Width)
        {
            TInt c0 = TOps.Load(lanes + lane);
            TInt c1 = TOps.Create((int)stream.Word1);
            TInt c2 = TOps.Create((int)stream.Word2);
            TInt c3 = TOps.Create((int)stream.Word3);
            uint k0 = (uint)stream.Key;
            uint k1 = (uint)(stream.Key >> 32);
            for (int round = 0; round < Philox.Rounds; round++)
            {
                TOps.WideMultiply(c0, m0, out TInt high0, out TInt low0);
                TOps.WideMultiply(c2, m1, out TInt high1, out TInt low1);
                c0 = TOps.Xor(TOps.Xor(high1, c1), TOps.Create((int)k0));
                c1 = low1;
                c2 = TOps.Xor(TOps.Xor(high0, c3), TOps.Create((int)k1));
                c3 = low0;
                k0 = unchecked(k0 + Philox.Weyl0);
                k1 = unchecked(k1 + Philox.Weyl1);
            }

            int* target = draws + lane;
            TOps.Store(TOps.And(c0, half), target);
            TOps.Store(TOps.ShiftRightLogical(c0, 16), target + 8);
            TOps.Store(TOps.And(c1, half), target + 16);
            TOps.Store(TOps.ShiftRightLogical(c1, 16), target + 24);
            TOps.Store(TOps.And(c2, half), target + 32);
            TOps.Store(TOps.ShiftRightLogical(c2, 16), target + 40);
            TOps.Store(TOps.And(c3, half), target + 48);
            TOps.Store(TOps.ShiftRightLogical(c3, 16), target + 56);
        }
    }
}
