using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Exact draws of the density exp(z y - y^2 / 2) on y >= 0, by rejection.</summary>
/// <remarks>
/// Source: Robert, "Simulation of truncated normal variables" (Statistics and Computing 5, 1995): for z >= 0 normal numbers until one is
/// positive, below exponential ones with the best rate; at most two attempts on average. Attempt a of a unit uses block
/// a x (units of the layer) + unit of the stream, whatever the other units need.
/// </remarks>
internal static class HalfLineDraw
{
    /// <summary>Draws one number.</summary>
    /// <param name="draws">The row's stream.</param>
    /// <param name="units">The units of the layer.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="attempt">The first attempt whose block isn't used otherwise.</param>
    /// <param name="z">The mean of the normal density before it is cut off.</param>
    /// <returns>y >= 0.</returns>
    public static double Next(in RandomStream draws, long units, long unit, long attempt, double z)
    {
        double a = -z;
        double rate = 0.5 * (a + Math.Sqrt((a * a) + 4));
        for (; ; attempt++)
        {
            draws.Block((attempt * units) + unit, out uint bits0, out uint bits1, out uint bits2, out uint bits3);
            double first = Uniform(bits0, bits1);
            double second = Uniform(bits2, bits3);
            if (z >= 0)
            {
                double radius = Math.Sqrt(-2 * DoubleMath.Log(first));
                (double sine, double cosine) = DoubleMath.SinCosTurns(second);
                if (z + (radius * cosine) >= 0)
                {
                    return z + (radius * cosine);
                }

                if (z + (radius * sine) >= 0)
                {
                    return z + (radius * sine);
                }
            }
            else
            {
                double y = -DoubleMath.Log(first) / rate;
                double distance = y + a - rate;
                if (second < DoubleMath.Exp(-0.5 * distance * distance))
                {
                    return y;
                }
            }
        }
    }

    /// <summary>A number in (0, 1): an odd multiple of 2^-54, rounded.</summary>
    public static double Uniform(uint high, uint low) => (((((ulong)high << 32) | low) >> 11) + 0.5) * (1.0 / (1UL << 53));
}
