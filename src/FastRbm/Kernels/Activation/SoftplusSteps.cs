using System.Runtime.CompilerServices;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>
/// What the sum of softplus(beta I) over units grows by when beta changes: the log-weight increments of annealing, from the fixed-point
/// inputs that a half step has at hand.
/// </summary>
/// <remarks>
/// <code>
///   x = lower beta |I|, d = |change of beta| |I|:   softplus(x + d) - softplus(x) = d - L,   softplus(-x - d) - softplus(-x) = -L,
///   L = log(1 + exp(-x) (1 - exp(-d)) / (1 + exp(-x - d)))
/// </code>
/// Nothing cancels, since L is at most d / 2 or so: every unit's increment has a relative error of some 2^-22, however small the step,
/// where a difference of two softpluses would lose all digits. For d up to <see cref="MostOfSmallStep"/>, with
/// u = 1 / (1 + exp(m)) at the middle m = x + d / 2, L = d u (1 + d^2 (1 - u) (1 - 2u) / 24), which neglects d^4 / 1920 and
/// needs one exponential. Sums go in 16 fixed lanes (unit modulo 16), one float chain each, which are added in double in one
/// stated order: the same bits at every width.
/// </remarks>
internal static unsafe class SoftplusSteps
{
    /// <summary>Partial sums of a row.</summary>
    public const int Lanes = 16;

    /// <summary>The largest |change of beta| |I| for the short formula: its error is then 1.3e-7 of the increment.</summary>
    public const float MostOfSmallStep = 0.125f;

    /// <summary>lanes[unit mod 16] += softplus(to I) - softplus(from I) for the 64 units of a tile.</summary>
    /// <param name="sums">64 fixed-point inputs.</param>
    /// <param name="inverseScale">2^-s.</param>
    /// <param name="from">The inverse temperature before, at least 0.</param>
    /// <param name="to">The inverse temperature after, at least 0.</param>
    /// <param name="small">Whether no |to - from| |I| is above <see cref="MostOfSmallStep"/>.</param>
    /// <param name="lanes">16 partial sums, added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TFloat, TInt, TOps>(int* sums, float inverseScale, float from, float to, bool small, float* lanes)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float change = Math.Abs(to - from);
        TFloat step = TOps.Create(inverseScale * change);
        TFloat sign = TOps.Create(to < from ? -1f : 1f);
        if (small)
        {
            TFloat middle = TOps.Create(inverseScale * (Math.Min(from, to) + (0.5f * change)));
            for (int lane = 0; lane < Lanes; lane += TOps.Width)
            {
                TFloat total = TOps.Load(lanes + lane);
                for (int unit = lane; unit < Tile.Width; unit += Lanes)
                {
                    TFloat input = TOps.ToFloat(TOps.Load(sums + unit));
                    TFloat d = TOps.Multiply(TOps.Abs(input), step);
                    TFloat less = SmallLess<TFloat, TInt, TOps>(TOps.Multiply(input, middle), d);
                    total = TOps.FusedMultiplyAdd(OfSide<TFloat, TInt, TOps>(input, d, less), sign, total);
                }

                TOps.Store(total, lanes + lane);
            }

            return;
        }

        TFloat lower = TOps.Create(inverseScale * Math.Min(from, to));
        for (int lane = 0; lane < Lanes; lane += TOps.Width)
        {
            TFloat total = TOps.Load(lanes + lane);
            for (int unit = lane; unit < Tile.Width; unit += Lanes)
            {
                TFloat input = TOps.ToFloat(TOps.Load(sums + unit));
                TFloat d = TOps.Multiply(TOps.Abs(input), step);
                TFloat less = Less<TFloat, TInt, TOps>(TOps.Multiply(input, lower), d);
                total = TOps.FusedMultiplyAdd(OfSide<TFloat, TInt, TOps>(input, d, less), sign, total);
            }

            TOps.Store(total, lanes + lane);
        }
    }

    /// <summary>The sum of the lanes in double: ((l0 + l4) + (l8 + l12)) and so on, then the four in order.</summary>
    /// <param name="lanes">16 partial sums.</param>
    /// <returns>Their sum.</returns>
    public static double Total(float* lanes)
    {
        double s0 = ((double)lanes[0] + lanes[4]) + ((double)lanes[8] + lanes[12]);
        double s1 = ((double)lanes[1] + lanes[5]) + ((double)lanes[9] + lanes[13]);
        double s2 = ((double)lanes[2] + lanes[6]) + ((double)lanes[10] + lanes[14]);
        double s3 = ((double)lanes[3] + lanes[7]) + ((double)lanes[11] + lanes[15]);
        return (s0 + s1) + (s2 + s3);
    }

    /// <summary>d - L where the input is positive, else -L. An input of 0 has d = L = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat OfSide<TFloat, TInt, TOps>(TFloat input, TFloat d, TFloat less)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat zero = TOps.Create(0f);
        return TOps.Subtract(TOps.Select(TOps.LessThan(zero, input), d, zero), less);
    }

    /// <summary>L for small d, at the middle m of either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat SmallLess<TFloat, TInt, TOps>(TFloat m, TFloat d)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat one = TOps.Create(1f);
        TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(m);
        TFloat u = TOps.Divide(e, TOps.Add(one, e));
        TFloat curve = TOps.Multiply(TOps.Subtract(one, u), TOps.FusedMultiplyAdd(u, TOps.Create(-2f), one));
        TFloat square = TOps.Multiply(TOps.Multiply(d, d), TOps.Create(1f / 24f));
        TFloat first = TOps.Multiply(d, u);
        return TOps.FusedMultiplyAdd(TOps.Multiply(first, square), curve, first);
    }

    /// <summary>L for any d, from the lower end x of either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Less<TFloat, TInt, TOps>(TFloat x, TFloat d)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(x);
        TFloat gone = FloatFunctions.OneMinusExpOfNegative<TFloat, TInt, TOps>(d, out TFloat rest);
        TFloat ratio = TOps.Divide(TOps.Multiply(e, gone), TOps.FusedMultiplyAdd(e, rest, TOps.Create(1f)));
        return FloatFunctions.LogOnePlusUnit<TFloat, TInt, TOps>(ratio);
    }
}
