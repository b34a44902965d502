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
    /// <summary>
    /// How near the boundary of <see cref="SampleSums"/> a unit must be looked at again. Where the margin is small, (65536 - d) e is about
    /// d, at most 32768, since the less likely state has a probability of at most one half: so the cubic (7.5e-5) and the rounding of its
    /// argument (1e-6) move the margin by 2.5, the draw's own width is 1 + e, at most 2, and the float roundings of the exact path
    /// are below 0.02. 4.5, rounded up.
    /// </summary>
    private const float Doubt = 5f;

    /// <summary>Samples 64 units.</summary>
    /// <param name="x">64 inputs.</param>
    /// <param name="draws">64 draws of <see cref="ShortDraws"/>.</param>
    /// <param name="ties">The chain's stream of tie bits: draw number = unit.</param>
    /// <param name="word">The word of the row that these units are.</param>
    /// <returns>The states, unit 0 in bit 0.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Sample<TFloat, TInt, TOps>(float* x, ushort* draws, in RandomStream ties, int word)
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
            TFloat margin = TOps.Subtract(ScaledUnlikely<TFloat, TInt, TOps>(input), TOps.ToFloat(TOps.LoadUnsigned(draws + unit)));
            TInt unlikely = TOps.LessThanOrEqual(one, margin);
            undecided = TOps.Or(undecided, TOps.Xor(TOps.LessThan(zero, margin), unlikely));
            states |= (ulong)TOps.MoveMask(TOps.Xor(unlikely, TOps.LessThan(zero, input))) << unit;
        }

        return TOps.MoveMask(undecided) == 0 ? states : states ^ Ties(x, draws, ties, word);
    }

    /// <summary>Samples 64 units from fixed-point inputs: the states of <see cref="Sample"/> for x = sums * inverseScale, faster.</summary>
    /// <remarks>
    /// <code>
    ///   e = exp(-|x|), d a draw:  u &lt; e / (1 + e)  for all u in [d, d + 1) / 65536  where (65536 - d) e - d >= 1 + e,  for none where it is &lt;= 0
    /// </code>
    /// So a cubic for 2^f, 7.5e-5 off at most, decides all units but those within <see cref="Doubt"/> of the boundary, 1.5e-4 of
    /// them at most, without a division; a word with such a unit is done again by <see cref="Sample"/>.
    /// </remarks>
    /// <param name="sums">64 fixed-point inputs.</param>
    /// <param name="inverseScale">2^-s.</param>
    /// <param name="draws">64 draws of <see cref="ShortDraws"/>.</param>
    /// <param name="ties">The chain's stream of tie bits: draw number = unit.</param>
    /// <param name="word">The word of the row that these units are.</param>
    /// <returns>The states, unit 0 in bit 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SampleSums<TFloat, TInt, TOps>(int* sums, float inverseScale, ushort* draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat toLog2 = TOps.Create(inverseScale * 1.44269504f);
        TFloat least = TOps.Create(-126f / (inverseScale * 1.44269504f));
        TFloat nearest = TOps.Create(65536f);
        TInt zero = TOps.Create(0);
        ulong states = 0;
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TInt sum = TOps.Load(sums + unit);
            TFloat margin = Margin<TFloat, TInt, TOps>(TOps.ToFloat(sum), toLog2, least, draws + unit);
            nearest = TOps.Min(nearest, TOps.Abs(margin));
            states |= (ulong)TOps.MoveMask(TOps.Xor(TOps.AsInt(margin), TOps.Subtract(zero, sum))) << unit;
        }

        return TOps.MoveMask(TOps.LessThan(nearest, TOps.Create(Doubt))) == 0
            ? states
            : Again<TFloat, TInt, TOps>(sums, inverseScale, draws, ties, word);
    }

    /// <summary>Samples 64 units: the states of <see cref="Sample"/>, in the way of <see cref="SampleSums"/>.</summary>
    /// <param name="x">64 inputs.</param>
    /// <param name="draws">64 draws of <see cref="ShortDraws"/>.</param>
    /// <param name="ties">The chain's stream of tie bits: draw number = unit.</param>
    /// <param name="word">The word of the row that these units are.</param>
    /// <returns>The states, unit 0 in bit 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SampleInputs<TFloat, TInt, TOps>(float* x, ushort* draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat toLog2 = TOps.Create(1.44269504f);
        TFloat least = TOps.Create(-126f / 1.44269504f);
        TFloat nearest = TOps.Create(65536f);
        ulong states = 0;
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat input = TOps.Load(x + unit);
            TFloat margin = Margin<TFloat, TInt, TOps>(input, toLog2, least, draws + unit);
            nearest = TOps.Min(nearest, TOps.Abs(margin));
            states |= (ulong)TOps.MoveMask(TOps.Xor(TOps.AsInt(margin), TOps.LessThan(TOps.Create(0f), input))) << unit;
        }

        return TOps.MoveMask(TOps.LessThan(nearest, TOps.Create(Doubt))) == 0 ? states : Sample<TFloat, TInt, TOps>(x, draws, ties, word);
    }

    /// <summary>d - (65536 - d) e with e = exp(-|x|) by a cubic: negative where the unit takes its less likely state.</summary>
    /// <param name="x">Inputs in any unit.</param>
    /// <param name="toLog2">log2(e) in that unit.</param>
    /// <param name="least">-126 in that unit.</param>
    /// <param name="draws">Draws.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Margin<TFloat, TInt, TOps>(TFloat x, TFloat toLog2, TFloat least, ushort* draws)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat shift = TOps.Create(12582912f);
        TFloat negative = TOps.AsFloat(TOps.Or(TOps.AsInt(x), TOps.Create(int.MinValue)));
        negative = TOps.Max(negative, least);
        TFloat shifted = TOps.FusedMultiplyAdd(negative, toLog2, shift);
        TFloat f = TOps.FusedMultiplyAdd(negative, toLog2, TOps.Subtract(shift, shifted));
        TFloat p = TOps.FusedMultiplyAdd(TOps.Create(0.05517167f), f, TOps.Create(0.24261113f));
        p = TOps.FusedMultiplyAdd(p, f, TOps.Create(0.69326097f));
        p = TOps.FusedMultiplyAdd(p, f, TOps.Create(0.99992806f));
        TFloat e = TOps.AsFloat(TOps.Add(TOps.AsInt(p), TOps.ShiftLeft(TOps.AsInt(shifted), 23)));
        TFloat draw = TOps.ToFloat(TOps.LoadUnsigned(draws));
        return TOps.FusedMultiplyAdd(TOps.Subtract(draw, TOps.Create(65536f)), e, draw);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Again<TFloat, TInt, TOps>(int* sums, float inverseScale, ushort* draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* x = stackalloc float[Tile.Width];
        ToInputs<TFloat, TInt, TOps>(sums, inverseScale, x);
        return Sample<TFloat, TInt, TOps>(x, draws, ties, word);
    }

    /// <summary>x = sums * inverseScale, one rounding, for 64 units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToInputs<TFloat, TInt, TOps>(int* sums, float inverseScale, float* x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat factor = TOps.Create(inverseScale);
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TOps.Store(TOps.Multiply(TOps.ToFloat(TOps.Load(sums + unit)), factor), x + unit);
        }
    }

    /// <summary>x = sums * scale + weight * offsets for 64 units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToInputs<TFloat, TInt, TOps>(int* sums, float scale, float* offsets, float weight, float* x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat offset = TOps.Multiply(TOps.Load(offsets + unit), TOps.Create(weight));
            TOps.Store(TOps.FusedMultiplyAdd(TOps.ToFloat(TOps.Load(sums + unit)), TOps.Create(scale), offset), x + unit);
        }
    }

    /// <summary>The units that the short draws left undecided and that take their less likely state after all.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Ties(float* x, ushort* draws, in RandomStream ties, int word)
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
