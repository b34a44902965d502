namespace FastRbm.Kernels.Elementary;

/// <summary>log(n!), from IEEE operations alone. Pure, allocates nothing.</summary>
internal static class LogFactorial
{
    /// <summary>log(n!), within 2 ULP and 1e-15.</summary>
    /// <param name="n">A whole number from 0.</param>
    /// <returns>The logarithm.</returns>
    public static double Of(double n)
    {
        if (n < 19)
        {
            // 18! has 41 significant bits: the product is exact.
            double product = 1;
            for (int factor = 2; factor <= n; factor++)
            {
                product *= factor;
            }

            return DoubleMath.Log(product);
        }

        // Stirling's series; the first term left out is below 691 / (360360 * 19^11) = 2e-17.
        double inverse = 1 / n;
        double square = inverse * inverse;
        double tail = 1.0 / 1188;
        tail = Math.FusedMultiplyAdd(-tail, square, 1.0 / 1680);
        tail = Math.FusedMultiplyAdd(-tail, square, 1.0 / 1260);
        tail = Math.FusedMultiplyAdd(-tail, square, 1.0 / 360);
        tail = Math.FusedMultiplyAdd(-tail, square, 1.0 / 12);
        return ((n + 0.5) * DoubleMath.Log(n)) - n + Math.FusedMultiplyAdd(tail, inverse, 0.9189385332046727);
    }
}
