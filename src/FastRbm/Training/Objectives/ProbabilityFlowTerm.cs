using FastRbm.Kernels.Elementary;

namespace FastRbm.Training.Objectives;

/// <summary>-exp(d / 2), and from d / 2 = 20 on the tangent there, so that neither value nor slope can overflow.</summary>
internal readonly struct ProbabilityFlowTerm : IFlipTerm
{
    /// <summary>The d / 2 from which on the exponential is replaced by its tangent.</summary>
    public const double Bend = 20;

    /// <inheritdoc/>
    public static void Evaluate(double difference, out double value, out double slope)
    {
        double half = 0.5 * difference;
        double flow = DoubleMath.Exp(Math.Min(half, Bend));
        value = -flow * (1 + Math.Max(half - Bend, 0));
        slope = -0.5 * flow;
    }
}
