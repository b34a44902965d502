using FastRbm.Kernels.Elementary;

namespace FastRbm.Training.Objectives;

/// <summary>log p(v_i | rest) = -softplus(d).</summary>
internal readonly struct PseudoLikelihoodTerm : IFlipTerm
{
    /// <inheritdoc/>
    public static void Evaluate(double difference, out double value, out double slope)
    {
        double e = DoubleMath.Exp(-Math.Abs(difference));
        double logarithm = DoubleMath.Log1p(e);
        value = difference > 0 ? -difference - logarithm : -logarithm;
        slope = (difference < 0 ? -e : -1.0) / (1.0 + e);
    }
}
