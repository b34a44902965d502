using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>The end of a half step for 64 binary units: from inputs to means and sampled state bits.</summary>
/// <remarks>
/// With e = exp(-|x|), the less likely state has probability q = e / (1 + e); sigmoid(x) is 1 / (1 + e) for x >= 0, else q.
/// Sampling decides whether the unit takes its less likely state: u &lt; q, where the first 16 bits of u come from
/// <see cref="ShortDraws"/> and 32 more are drawn only when those 16 don't decide (once in 65,536 units). So every
/// probability down to 2^-48 is hit exactly as the float q says, in both tails, for 16 random bits a unit.
/// </remarks>
internal static unsafe class BernoulliTile
{
    /// <summary>Samples 64 units.</summary>
    /// <param name="x">64 inputs.</param>
    /// <param name="draws">The row's stream of short draws.</param>
    /// <param name="ties">The row's stream of tie bits: draw number = unit.</param>
    /// <param name="word">The word of the row that these units are.</param>
    /// <returns>The states, unit 0 in bit 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Sample<TFloat, TInt, TOps>(float* x, in RandomStream draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* bits = stackalloc int[Tile.Width];
        if (TOps.Width == 16)
        {
            // One row's word is eight Philox blocks: half of a 512-bit vector.
            ShortDraws.Fill<Vector256<float>, Vector256<int>, Simd256>(draws, word, bits);
        }
        else
        {
            ShortDraws.Fill<TFloat, TInt, TOps>(draws, word, bits);
        }

        TFloat zero = TOps.Create(0f);
        TFloat one = TOps.Create(1f);
        ulong sure = 0;
        ulong possible = 0;
        ulong positive = 0;
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat input = TOps.Load(x + unit);
            TFloat margin = TOps.Subtract(ScaledUnlikely<TFloat, TInt, TOps>(input), TOps.ToFloat(TOps.Load(bits + unit)));
            sure |= (ulong)TOps.MoveMask(TOps.LessThanOrEqual(one, margin)) << unit;
            possible |= (ulong)TOps.MoveMask(TOps.LessThan(zero, margin)) << unit;
            positive |= (ulong)TOps.MoveMask(TOps.LessThan(zero, input)) << unit;
        }

        ulong tied = possible & ~sure;
        while (tied != 0)
        {
            int unit = BitOperations.TrailingZeroCount(tied);
            tied &= tied - 1;
            float margin = ScaledUnlikely<float, int, ScalarSimd>(x[unit]) - bits[unit];
            if (ties.Bits(((long)word * Tile.Width) + unit) * (1.0 / 4294967296.0) < margin)
            {
                sure |= 1UL << unit;
            }
        }

        return sure ^ positive;
    }

    /// <summary>Fixed-point means of 64 units: mean[c] = round(sigmoid(x[c]) * scale).</summary>
    /// <param name="x">64 inputs.</param>
    /// <param name="scale">A power of two up to 2^24.</param>
    /// <param name="means">64 integers, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FixedMeans<TFloat, TInt, TOps>(float* x, float scale, int* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat factor = TOps.Create(scale);
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat mean = Mean<TFloat, TInt, TOps>(TOps.Load(x + unit));
            TOps.Store(TOps.RoundToInt(TOps.Multiply(mean, factor)), means + unit);
        }
    }

    /// <summary>sigmoid(x): the bits of <see cref="FloatFunctions.Sigmoid{TFloat, TInt, TOps}"/> for |x| up to 87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Mean<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat one = TOps.Create(1f);
        TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(x);
        return TOps.Divide(TOps.Select(TOps.LessThan(x, TOps.Create(0f)), e, one), TOps.Add(one, e));
    }

    /// <summary>65536 times the probability of the less likely state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat ScaledUnlikely<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(x);
        return TOps.Divide(TOps.Multiply(e, TOps.Create(65536f)), TOps.Add(TOps.Create(1f), e));
    }
}
