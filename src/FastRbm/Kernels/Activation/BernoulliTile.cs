using System.Runtime.CompilerServices;
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
    /// <param name="draws">64 draws of <see cref="ShortDraws"/>.</param>
    /// <param name="ties">The chain's stream of tie bits: draw number = unit.</param>
    /// <param name="word">The word of the row that these units are.</param>
    /// <returns>The states, unit 0 in bit 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sample<TFloat, TInt, TOps>(float* x, int* draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat zero = TOps.Create(0f);
        TFloat one = TOps.Create(1f);
        TInt undecided = TOps.Create(0);
        ulong states = 0;
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat input = TOps.Load(x + unit);
            TFloat margin = TOps.Subtract(ScaledUnlikely<TFloat, TInt, TOps>(input), TOps.ToFloat(TOps.Load(draws + unit)));
            TInt unlikely = TOps.LessThanOrEqual(one, margin);
            undecided = TOps.Or(undecided, TOps.Xor(TOps.LessThan(zero, margin), unlikely));
            states |= (ulong)TOps.MoveMask(TOps.Xor(unlikely, TOps.LessThan(zero, input))) << unit;
        }

        return TOps.MoveMask(undecided) == 0 ? states : states ^ Ties(x, draws, ties, word);
    }

    /// <summary>The units that the short draws left undecided and that take their less likely state after all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Ties(float* x, int* draws, in RandomStream ties, int word)
    {
        ulong taken = 0;
        for (int unit = 0; unit < Tile.Width; unit++)
        {
            float margin = ScaledUnlikely<float, int, ScalarSimd>(x[unit]) - draws[unit];
            bool tied = margin is > 0 and < 1;
            if (tied && ties.Bits(((long)word * Tile.Width) + unit) * (1.0 / 4294967296.0) < margin)
            {
                taken |= 1UL << unit;
            }
        }

        return taken;
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
