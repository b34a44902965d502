using System.Runtime.CompilerServices;

namespace FastRbm.Kernels.Elementary;

/// <summary>
/// The density exp(z y - y^2 / 2) on y >= 0, a normal one with mean z cut off at 0: logarithm of its integral, moments.
/// </summary>
/// <remarks>
/// <para>All follows from one function. Mills' ratio R(a) of the integral for z = -a has Laplace's continued fraction:</para>
/// <code>
///   R(a) = 1 / (a + K1),  K1 = 1 / (a + K2),  K2 = 2 / (a + 3 / (a + 4 / ...))
///   for z = -a: integral R(a), mean K1, mean square K1 K2, variance K1 (K2 - K1)
/// </code>
/// <para>K2 falls smoothly from 1.25 at a = 0 to 2 / a, so a polynomial in (a - 4) / (a + 4) for (a + 2) K2 gives everything for z &lt;= 0
/// without a loop and without cancellation: largest error of K2 3e-16. Largest relative errors found against 40 digits: integral 2e-15 (of
/// its logarithm the absolute error), mean 1e-15, mean square and variance 2e-15. Pure, thread-safe, allocates nothing.</para>
/// </remarks>
internal static class HalfLine
{
    /// <summary>1/2 log(2 pi).</summary>
    public const double HalfLogTwoPi = 0.9189385332046727;

    private const double InverseRootTwoPi = 0.3989422804014327;

    /// <summary>The logarithm of the integral of exp(z y - y^2 / 2) over y >= 0.</summary>
    /// <param name="z">Any number up to 1e150 either way.</param>
    /// <returns>z^2 / 2 + log(sqrt(2 pi) Phi(z)).</returns>
    public static double LogIntegral(double z)
    {
        double size = Math.Abs(z);
        double inverse = size + (1.0 / (size + Second(size)));
        if (z <= 0)
        {
            return -DoubleMath.Log(inverse);
        }

        double half = 0.5 * z * z;
        double outside = InverseRootTwoPi * DoubleMath.Exp(-half) / inverse;
        return half + HalfLogTwoPi + DoubleMath.Log1p(-outside);
    }

    /// <summary>The moments of y.</summary>
    /// <param name="z">Any number up to 1e150 either way.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="square">The mean of y^2.</param>
    /// <param name="variance">The variance.</param>
    public static void Moments(double z, out double mean, out double square, out double variance)
    {
        double size = Math.Abs(z);
        double second = Second(size);
        double first = 1.0 / (size + second);
        if (z <= 0)
        {
            mean = first;
            square = first * second;
            variance = first * (second - first);
            return;
        }

        double density = InverseRootTwoPi * DoubleMath.Exp(-0.5 * z * z);
        double ratio = density / (1.0 - (density / (size + first)));
        mean = z + ratio;
        square = 1.0 + (z * mean);
        variance = 1.0 - (mean * ratio);
    }

    // K2(a), a >= 0: Chebyshev interpolation of degree 31 in t, made with 50 digits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Second(double a)
    {
        double t = (a - 4.0) / (a + 4.0);
        double p = 6.056261189632328e-08;
        p = Math.FusedMultiplyAdd(p, t, 4.7061123823711685e-08);
        p = Math.FusedMultiplyAdd(p, t, -6.500877187425727e-07);
        p = Math.FusedMultiplyAdd(p, t, -5.07285870217171e-07);
        p = Math.FusedMultiplyAdd(p, t, 3.5189119810755215e-06);
        p = Math.FusedMultiplyAdd(p, t, 2.7920605607939867e-06);
        p = Math.FusedMultiplyAdd(p, t, -1.3225453014068078e-05);
        p = Math.FusedMultiplyAdd(p, t, -1.0894146770464203e-05);
        p = Math.FusedMultiplyAdd(p, t, 4.0169526796330754e-05);
        p = Math.FusedMultiplyAdd(p, t, 3.525474246323517e-05);
        p = Math.FusedMultiplyAdd(p, t, -0.00010795235156773089);
        p = Math.FusedMultiplyAdd(p, t, -0.00010311285814923638);
        p = Math.FusedMultiplyAdd(p, t, 0.0002705730323351687);
        p = Math.FusedMultiplyAdd(p, t, 0.0002830395788796374);
        p = Math.FusedMultiplyAdd(p, t, -0.0006510375583330184);
        p = Math.FusedMultiplyAdd(p, t, -0.0007365649579932162);
        p = Math.FusedMultiplyAdd(p, t, 0.0015321256757620891);
        p = Math.FusedMultiplyAdd(p, t, 0.0018174802193978833);
        p = Math.FusedMultiplyAdd(p, t, -0.00358590235354394);
        p = Math.FusedMultiplyAdd(p, t, -0.004239575055483396);
        p = Math.FusedMultiplyAdd(p, t, 0.008487826093129964);
        p = Math.FusedMultiplyAdd(p, t, 0.009263883939839958);
        p = Math.FusedMultiplyAdd(p, t, -0.020628769164419986);
        p = Math.FusedMultiplyAdd(p, t, -0.018390341912811307);
        p = Math.FusedMultiplyAdd(p, t, 0.05206013757885665);
        p = Math.FusedMultiplyAdd(p, t, 0.02934104246151006);
        p = Math.FusedMultiplyAdd(p, t, -0.13717715216575943);
        p = Math.FusedMultiplyAdd(p, t, -0.007579309390399404);
        p = Math.FusedMultiplyAdd(p, t, 0.37168279055417286);
        p = Math.FusedMultiplyAdd(p, t, -0.35127154837950764);
        p = Math.FusedMultiplyAdd(p, t, -0.5252266501167894);
        p = Math.FusedMultiplyAdd(p, t, 2.5949024512387098);
        return p / (a + 2.0);
    }
}
