using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Elementary;

/// <summary>
/// exp, log, sigmoid and softplus of a vector of floats, for use inside other kernels. Each lane is the same chain of IEEE
/// operations at every width, so all levels agree to the bit.
/// </summary>
/// <remarks>
/// <para>Largest errors over all 2^32 arguments, in units in the last place (ULP) of the exact result, against 64-bit doubles:
/// exp 1.02, log 0.89, sigmoid 2.41, softplus 1.80, exp of the negative absolute value 1.02.</para>
/// <para>The polynomials are minimax fits of the relative error (Remez exchange), each coefficient rounded to a float before
/// the next one was fitted. NaN gives the NaN that came in. No denormal operand or result is flushed. Pure, allocates nothing.</para>
/// </remarks>
internal static class FloatFunctions
{
    // Adding 1.5 * 2^23 leaves the nearest integer (ties to even) in the low bits of the mantissa.
    private const float RoundingShift = 12582912f;
    private const int RoundingShiftBits = 0x4B400000;
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693147182f;
    private const float Ln2Low = -1.90465430e-9f;

    /// <summary>exp(x). -infinity gives 0, above 88.7228 +infinity; denormal results are right.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>exp(x), within 1.1 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Exp<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat most = TOps.Create(89f);
        TFloat clamped = TOps.Select(TOps.LessThan(x, most), x, most);
        TFloat y = ExpFromAbove<TFloat, TInt, TOps>(clamped);
        return TOps.Select(TOps.LessThanOrEqual(x, x), y, x);
    }

    /// <summary>The natural logarithm. 0 gives -infinity, negative numbers NaN.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>log(x), within 0.9 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Log<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TInt isDenormal = TOps.LessThan(x, TOps.Create(1.17549435e-38f));
        TFloat normal = TOps.Select(isDenormal, TOps.Multiply(x, TOps.Create(8388608f)), x);
        TFloat y = LogOfScaled<TFloat, TInt, TOps>(normal, TOps.And(isDenormal, TOps.Create(-23)));

        TFloat infinity = TOps.Create(float.PositiveInfinity);
        TFloat zero = TOps.Create(0f);
        TFloat outside = TOps.Select(TOps.LessThan(x, zero), TOps.Create(float.NaN), TOps.Create(float.NegativeInfinity));
        y = TOps.Select(TOps.LessThan(x, infinity), y, x);
        return TOps.Select(TOps.LessThanOrEqual(x, zero), outside, y);
    }

    /// <summary>The bits of <see cref="Log{TFloat, TInt, TOps}"/>, for positive, finite numbers that aren't denormal.</summary>
    /// <param name="x">Such floats.</param>
    /// <returns>log(x), within 0.9 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat LogOfNormal<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> => LogOfScaled<TFloat, TInt, TOps>(x, TOps.Create(0));

    /// <summary>1 / (1 + exp(-x)), with a small relative error also where the result is tiny.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>sigmoid(x), within 2.5 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Sigmoid<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // e / (1 + e) rather than 1 - 1 / (1 + e) for negative x: nothing cancels.
        TFloat e = ExpFromAbove<TFloat, TInt, TOps>(NegativeOfAbs<TFloat, TInt, TOps>(x));
        TFloat one = TOps.Create(1f);
        TFloat numerator = TOps.Select(TOps.LessThan(x, TOps.Create(0f)), e, one);
        TFloat y = TOps.Divide(numerator, TOps.Add(one, e));
        return TOps.Select(TOps.LessThanOrEqual(x, x), y, x);
    }

    /// <summary>log(1 + exp(x)), with a small relative error also where the result is tiny.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>softplus(x), within 2 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Softplus<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat e = ExpFromAbove<TFloat, TInt, TOps>(NegativeOfAbs<TFloat, TInt, TOps>(x));

        TFloat logarithm = LogOnePlusUnit<TFloat, TInt, TOps>(e);
        TFloat zero = TOps.Create(0f);
        TFloat y = TOps.Add(TOps.Select(TOps.LessThan(zero, x), x, zero), logarithm);
        return TOps.Select(TOps.LessThanOrEqual(x, x), y, x);
    }

    /// <summary>
    /// exp(-|x|) for samplers: the bits of <see cref="Exp{TFloat, TInt, TOps}"/> up to |x| = 87, and exp(-87) = 1.6e-38 beyond
    /// (and for NaN), so that no denormal appears and the scaling is one integer addition.
    /// </summary>
    /// <param name="x">Any floats.</param>
    /// <returns>exp(-min(|x|, 87)), in [1.6e-38, 1], within 1.1 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat ExpNegativeOfAbs<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat least = TOps.Create(-87f);
        TFloat a = NegativeOfAbs<TFloat, TInt, TOps>(x);
        a = TOps.Select(TOps.LessThan(least, a), a, least);
        TFloat p = ReducedExp<TFloat, TInt, TOps>(a, out TInt shifted);

        // The shift pushes the bits of RoundingShift out, which leaves the exponent alone.
        return TOps.AsFloat(TOps.Add(TOps.AsInt(p), TOps.ShiftLeft(shifted, 23)));
    }

    /// <summary>log(1 + e) for 0 &lt;= e &lt;= 1, with a small relative error also where e is tiny.</summary>
    /// <param name="e">Numbers from 0 to 1.</param>
    /// <returns>log(1 + e), within 1 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat LogOnePlusUnit<TFloat, TInt, TOps>(TFloat e)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // log(1 + e) = e + e^2 q(e) on [0, 1]: one polynomial, instead of log(1 + e) with a division to correct its rounding.
        TFloat q = TOps.Create(0.00208460772f);
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(-0.0136919171f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(0.0421152003f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(-0.083239235f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(0.1247954f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(-0.161351725f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(0.198996231f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(-0.249888644f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(0.333327144f));
        q = TOps.FusedMultiplyAdd(q, e, TOps.Create(-0.499999881f));
        return TOps.FusedMultiplyAdd(TOps.Multiply(e, e), q, e);
    }

    /// <summary>1 - exp(-x) for x >= 0, with a small relative error also where x is tiny; for x above 87 as for 87, which is 1.</summary>
    /// <param name="x">Numbers from 0 on.</param>
    /// <param name="exp">exp(-min(x, 87)), within 1.1 ULP.</param>
    /// <returns>1 - exp(-x), within 2 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat OneMinusExpOfNegative<TFloat, TInt, TOps>(TFloat x, out TFloat exp)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat least = TOps.Create(-87f);
        TFloat a = NegativeOfAbs<TFloat, TInt, TOps>(x);
        a = TOps.Select(TOps.LessThan(least, a), a, least);
        TFloat q = ReducedExpMinusOne<TFloat, TInt, TOps>(a, out TInt shifted);
        TFloat one = TOps.Create(1f);
        TInt exponent = TOps.ShiftLeft(shifted, 23);
        exp = TOps.AsFloat(TOps.Add(TOps.AsInt(TOps.Add(q, one)), exponent));

        // 1 - 2^n (1 + q) = (1 - 2^n) - 2^n q, and no n but 0 is near 1.
        TFloat power = TOps.AsFloat(TOps.Add(TOps.AsInt(one), exponent));
        TFloat minusPower = TOps.AsFloat(TOps.Or(TOps.AsInt(power), TOps.Create(int.MinValue)));
        return TOps.FusedMultiplyAdd(minusPower, q, TOps.Subtract(one, power));
    }

    /// <summary>(1 - exp(-2|x|)) / (1 + exp(-2|x|)) with the sign of x: a small relative error also where x is tiny.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>tanh(x), within 4 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Tanh<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // Doubling the smaller of |x| and 50 can't overflow, and tanh(50) is 1.
        TInt sign = TOps.And(TOps.AsInt(x), TOps.Create(int.MinValue));
        TFloat size = TOps.Abs(x);
        TFloat most = TOps.Create(50f);
        size = TOps.Select(TOps.LessThan(size, most), size, most);
        TFloat numerator = OneMinusExpOfNegative<TFloat, TInt, TOps>(TOps.Add(size, size), out TFloat e);
        TFloat y = TOps.Divide(numerator, TOps.Add(TOps.Create(1f), e));
        y = TOps.AsFloat(TOps.Or(TOps.AsInt(y), sign));
        return TOps.Select(TOps.LessThanOrEqual(x, x), y, x);
    }

    /// <summary>exp(-|x|) / (1 + exp(-|x|))^2, with a small relative error also where the result is tiny.</summary>
    /// <param name="x">Any floats.</param>
    /// <returns>sigmoid(x) (1 - sigmoid(x)), within 4 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat SigmoidSlope<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat e = ExpFromAbove<TFloat, TInt, TOps>(NegativeOfAbs<TFloat, TInt, TOps>(x));
        TFloat sum = TOps.Add(TOps.Create(1f), e);
        TFloat y = TOps.Divide(e, TOps.Multiply(sum, sum));
        return TOps.Select(TOps.LessThanOrEqual(x, x), y, x);
    }

    // log(x) + scale ln 2 for normal x.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat LogOfScaled<TFloat, TInt, TOps>(TFloat x, TInt scale)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // The short high part makes k * high exact, and its sum with f exact for |k| <= 1, where the result cancels.
        TFloat ln2High = TOps.Create(0.693145752f);
        TFloat ln2Low = TOps.Create(1.42860677e-6f);

        TInt bits = TOps.AsInt(x);

        // x = 2^k * m with m in [sqrt(1/2), sqrt(2)); 0x3F3504F3 is the float at its lower end.
        TInt exponent = TOps.ShiftRightArithmetic(TOps.Subtract(bits, TOps.Create(0x3F3504F3)), 23);
        TFloat m = TOps.AsFloat(TOps.Subtract(bits, TOps.ShiftLeft(exponent, 23)));
        TFloat k = TOps.ToFloat(TOps.Add(exponent, scale));
        TFloat f = TOps.Subtract(m, TOps.Create(1f));

        TFloat q = TOps.Create(-0.0744999871f);
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(0.128319517f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(-0.132681444f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(0.141922131f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(-0.166079819f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(0.200016215f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(-0.250016004f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(0.333333254f));
        q = TOps.FusedMultiplyAdd(q, f, TOps.Create(-0.499999881f));

        // log(x) = high + low: high = k ln 2 + f with its rounding error kept, low = error + k * (rest of ln 2) + f^2 q.
        TFloat high = TOps.FusedMultiplyAdd(k, ln2High, f);
        TFloat minusK = TOps.Subtract(TOps.Create(0f), k);
        TFloat error = TOps.Subtract(f, TOps.FusedMultiplyAdd(minusK, ln2High, high));
        TFloat low = TOps.FusedMultiplyAdd(k, ln2Low, error);
        low = TOps.FusedMultiplyAdd(TOps.Multiply(f, f), q, low);
        return TOps.Add(high, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat NegativeOfAbs<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> =>
        TOps.AsFloat(TOps.Or(TOps.AsInt(x), TOps.Create(int.MinValue)));

    // exp(x) for x up to 89. NaN gives 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat ExpFromAbove<TFloat, TInt, TOps>(TFloat x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat least = TOps.Create(-104f);
        TFloat clamped = TOps.Select(TOps.LessThan(least, x), x, least);
        TFloat p = ReducedExp<TFloat, TInt, TOps>(clamped, out TInt shifted);

        // 2^n in two factors: one of them alone could overflow, and only the last product may round (to a denormal).
        TInt n = TOps.Subtract(shifted, TOps.Create(RoundingShiftBits));
        TInt half = TOps.ShiftRightArithmetic(n, 1);
        TInt rest = TOps.Subtract(n, half);
        TInt bias = TOps.Create(127);
        TFloat first = TOps.AsFloat(TOps.ShiftLeft(TOps.Add(half, bias), 23));
        TFloat second = TOps.AsFloat(TOps.ShiftLeft(TOps.Add(rest, bias), 23));
        return TOps.Multiply(TOps.Multiply(p, first), second);
    }

    // exp(r) with x = n ln 2 + r, |r| <= ln(2) / 2; n is in the low bits of shifted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat ReducedExp<TFloat, TInt, TOps>(TFloat x, out TInt shifted)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> =>
        TOps.Add(ReducedExpMinusOne<TFloat, TInt, TOps>(x, out shifted), TOps.Create(1f));

    // exp(r) - 1, as above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat ReducedExpMinusOne<TFloat, TInt, TOps>(TFloat x, out TInt shifted)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat shift = TOps.Create(RoundingShift);
        TFloat sum = TOps.FusedMultiplyAdd(x, TOps.Create(Log2E), shift);
        shifted = TOps.AsInt(sum);
        TFloat n = TOps.Subtract(sum, shift);
        TFloat r = TOps.FusedMultiplyAdd(n, TOps.Create(-Ln2High), x);
        r = TOps.FusedMultiplyAdd(n, TOps.Create(-Ln2Low), r);

        TFloat q = TOps.Create(0.00138172717f);
        q = TOps.FusedMultiplyAdd(q, r, TOps.Create(0.00836908538f));
        q = TOps.FusedMultiplyAdd(q, r, TOps.Create(0.0416682474f));
        q = TOps.FusedMultiplyAdd(q, r, TOps.Create(0.166665167f));
        q = TOps.FusedMultiplyAdd(q, r, TOps.Create(0.49999994f));
        return TOps.FusedMultiplyAdd(TOps.Multiply(r, r), q, r);
    }
}
