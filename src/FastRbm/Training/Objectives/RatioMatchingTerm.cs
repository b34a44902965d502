using FastRbm.Kernels.Elementary;

namespace FastRbm.Training.Objectives;

/// <summary>-g(p(v) / p(v^i))^2 with g(u) = 1 / (1 + u), which is -sigmoid(d)^2.</summary>
internal readonly struct RatioMatchingTerm : IFlipTerm
{
    /// <inheritdoc/>
    public static void Evaluate(double difference, out double value, out double slope)
    {
        double e = DoubleMath.Exp(-Math.Abs(difference));
        double larger = 1.0 / (1.0 + e);
        double smaller = e / (1.0 + e);
        double sigmoid = difference < 0 ? smaller : larger;
        double rest = difference < 0 ? larger : smaller;
        value = -sigmoid * sigmoid;
        slope = 2 * value * rest;
    }
}
