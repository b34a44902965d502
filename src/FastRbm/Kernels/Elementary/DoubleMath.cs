using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Elementary;

/// <summary>
/// exp, log and their kin in double precision from IEEE operations alone: the same bits on every machine, where System.Math
/// asks the C library.
/// </summary>
/// <remarks>
/// Largest errors found against 128-bit arithmetic on 2 * 10^7 arguments a function, in units in the last place (ULP) of the
/// exact result: exp 0.84, log 0.91, log1p 0.90, softplus 1.64, sigmoid 2.39; sine and cosine of 2 pi u 0.88. NaN gives NaN. Pure,
/// thread-safe, allocates nothing.
/// </remarks>
internal static class DoubleMath
{
    // Adding 1.5 * 2^52 leaves the nearest integer (ties to even) in the low bits of the mantissa.
    private const double RoundingShift = 6755399441055744.0;

    // The short high part makes k * high exact for every exponent k.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    /// <summary>exp(x). -infinity gives 0, above 709.7827 +infinity; denormal results are right.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>exp(x), within 0.9 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        double clamped = x < 710.0 ? x : 710.0;
        clamped = clamped > -746.0 ? clamped : -746.0;
        double shifted = Math.FusedMultiplyAdd(clamped, 1.4426950408889634, RoundingShift);
        int n = unchecked((int)BitConverter.DoubleToInt64Bits(shifted));
        double rounded = shifted - RoundingShift;

        // x = n ln 2 + r + rest, |r| <= ln(2) / 2; rest is what r lost by rounding.
        double high = Math.FusedMultiplyAdd(rounded, -Ln2High, clamped);
        double low = rounded * Ln2Low;
        double r = high - low;
        double rest = (high - r) - low;

        double q = 2.097410204311654e-09;
        q = Math.FusedMultiplyAdd(q, r, 2.5113855535266883e-08);
        q = Math.FusedMultiplyAdd(q, r, 2.755707620011882e-07);
        q = Math.FusedMultiplyAdd(q, r, 2.75572288640253e-06);
        q = Math.FusedMultiplyAdd(q, r, 2.480158755324709e-05);
        q = Math.FusedMultiplyAdd(q, r, 0.00019841269903240506);
        q = Math.FusedMultiplyAdd(q, r, 0.0013888888888779186);
        q = Math.FusedMultiplyAdd(q, r, 0.00833333333331392);
        q = Math.FusedMultiplyAdd(q, r, 0.041666666666666824);
        q = Math.FusedMultiplyAdd(q, r, 0.16666666666666688);
        q = Math.FusedMultiplyAdd(q, r, 0.5);
        double p = 1.0 + (r + Math.FusedMultiplyAdd(r * r, q, rest));

        // 2^n in two factors: one of them alone could overflow, and only the last product may round (to a denormal).
        int half = n >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>The natural logarithm. 0 gives -infinity, negative numbers NaN.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>log(x), within 0.95 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log(double x)
    {
        if (!(x > 0.0 && x < double.PositiveInfinity))
        {
            return LogOutside(x);
        }

        return x < 2.2250738585072014e-308 ? LogOfSum(x * 18014398509481984.0, 0.0, -54) : LogOfSum(x, 0.0, 0);
    }

    /// <summary>log(1 + x), with a small relative error also for small x. -1 gives -infinity, smaller numbers NaN.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>log(1 + x), within 0.95 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log1p(double x)
    {
        if (!(x > -1.0 && x < double.PositiveInfinity))
        {
            return LogOutside(1.0 + x);
        }

        if (Math.Abs(x) < 5.5511151231257827e-17)
        {
            return x;
        }

        double sum = 1.0 + x;
        double lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
        return LogOfSum(sum, lost / sum, 0);
    }

    /// <summary>log(1 + exp(x)), with a small relative error also where the result is tiny.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>softplus(x), within 1.7 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Softplus(double x)
    {
        double logarithm = Log1p(Exp(-Math.Abs(x)));
        return x > 0.0 ? x + logarithm : logarithm;
    }

    /// <summary>1 / (1 + exp(-x)), with a small relative error also where the result is tiny.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>sigmoid(x), within 2.5 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sigmoid(double x)
    {
        double e = Exp(-Math.Abs(x));
        return (x < 0.0 ? e : 1.0) / (1.0 + e);
    }

    /// <summary>log(sum_i exp(values[i])) without overflow, by a compensated sum in the order of the span.</summary>
    /// <param name="values">Log weights; -infinity is a weight of zero. Read twice, not written.</param>
    /// <returns>
    /// The logarithm of the sum: -infinity for no values, NaN if any value is NaN, else +infinity if any is. The absolute error
    /// is about 2^-52 plus the rounding of the largest value, however many there are.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double LogSumExp(ReadOnlySpan<double> values)
    {
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                return double.NaN;
            }

            largest = value > largest ? value : largest;
        }

        if (double.IsInfinity(largest))
        {
            return largest;
        }

        double sum = 0.0;
        double lost = 0.0;
        foreach (double value in values)
        {
            double term = Exp(value - largest);
            double next = sum + term;
            double added = next - sum;
            lost += (sum - (next - added)) + (term - added);
            sum = next;
        }

        return largest + Log(sum + lost);
    }

    /// <summary>sin(2 pi u) and cos(2 pi u); exactly 0, 1 and -1 at the quarters of the circle.</summary>
    /// <param name="u">A number of turns in [0, 1]. Beyond 2^50 either way the results are meaningless.</param>
    /// <returns>Sine and cosine, each within 0.9 ULP.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sin, double Cos) SinCosTurns(double u)
    {
        // u = n / 4 + r exactly, |r| <= 1/8; n mod 4 is the quadrant.
        double shifted = (4.0 * u) + RoundingShift;
        int n = unchecked((int)BitConverter.DoubleToInt64Bits(shifted));
        double r = Math.FusedMultiplyAdd(shifted - RoundingShift, -0.25, u);
        double z = r * r;

        double s = -0.7262340801332778;
        s = Math.FusedMultiplyAdd(s, z, 3.820582329209175);
        s = Math.FusedMultiplyAdd(s, z, -15.094657318186286);
        s = Math.FusedMultiplyAdd(s, z, 42.05869410646501);
        s = Math.FusedMultiplyAdd(s, z, -76.7058597539417);
        s = Math.FusedMultiplyAdd(s, z, 81.60524927607725);
        s = Math.FusedMultiplyAdd(s, z, -41.34170224039976);

        // 2 pi r in two parts: the rounding of 2 pi would cost half an ULP.
        double small = r * Math.FusedMultiplyAdd(s, z, 2.4492935982947064e-16);
        double sine = Math.FusedMultiplyAdd(r, 6.283185307179586, small);

        double c = -1.6884489569541867;
        c = Math.FusedMultiplyAdd(c, z, 7.902634579922087);
        c = Math.FusedMultiplyAdd(c, z, -26.42624119319982);
        c = Math.FusedMultiplyAdd(c, z, 60.24464122746476);
        c = Math.FusedMultiplyAdd(c, z, -85.45681720598928);
        c = Math.FusedMultiplyAdd(c, z, 64.93939402266668);
        c = Math.FusedMultiplyAdd(c, z, -19.739208802178716);
        double cosine = Math.FusedMultiplyAdd(c, z, 1.0);

        // Quadrants 1 and 3 swap the two, 2 and 3 negate the sine, 1 and 2 the cosine: without branches, as u is random.
        long sineBits = BitConverter.DoubleToInt64Bits(sine);
        long cosineBits = BitConverter.DoubleToInt64Bits(cosine);
        long swap = (sineBits ^ cosineBits) & -(long)(n & 1);
        sineBits ^= swap ^ ((long)(n & 2) << 62);
        cosineBits ^= swap ^ ((long)((n + 1) & 2) << 62);
        return (BitConverter.Int64BitsToDouble(sineBits), BitConverter.Int64BitsToDouble(cosineBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);

    // log(0), log(negative), log(+infinity), log(NaN).
    private static double LogOutside(double x)
    {
        if (x == 0.0)
        {
            return double.NegativeInfinity;
        }

        return x > 0.0 ? x : double.NaN;
    }

    // log(x * (1 + low)) + exponent * ln 2 for a normal positive x and |low| <= 2^-53.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LogOfSum(double x, double low, int exponent)
    {
        // x = 2^k * m with m in [sqrt(1/2), sqrt(2)); the constant is the double at its lower end.
        long bits = BitConverter.DoubleToInt64Bits(x);
        long shift = (bits - 0x3FE6A09E667F3BCD) >> 52;
        double f = BitConverter.Int64BitsToDouble(bits - (shift << 52)) - 1.0;
        double k = (int)shift + exponent;

        // log(1 + f) = 2 atanh(s) = f - s (f - s^2 q(s^2)) with s = f / (2 + f).
        double s = f / (2.0 + f);
        double z = s * s;
        double q = 0.14798688369740254;
        q = Math.FusedMultiplyAdd(q, z, 0.15313797680219196);
        q = Math.FusedMultiplyAdd(q, z, 0.1818357339877433);
        q = Math.FusedMultiplyAdd(q, z, 0.22222198414114874);
        q = Math.FusedMultiplyAdd(q, z, 0.2857142874378543);
        q = Math.FusedMultiplyAdd(q, z, 0.39999999999409125);
        q = Math.FusedMultiplyAdd(q, z, 0.6666666666666735);
        double w = Math.FusedMultiplyAdd(-z, q, f);

        // high + rest: high = k ln 2 + f with its rounding error kept.
        double high = Math.FusedMultiplyAdd(k, Ln2High, f);
        double error = f - Math.FusedMultiplyAdd(-k, Ln2High, high);
        double rest = Math.FusedMultiplyAdd(k, Ln2Low, error + low);
        return high + Math.FusedMultiplyAdd(-s, w, rest);
    }
}
