using FastRbm.Models;
using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>The models that samplers are audited on.</summary>
internal static class AuditModels
{
    /// <summary>Moderate couplings, every unit different, and one visible unit that is on about once in 600 draws.</summary>
    public static ReferenceRbm Mixed { get; } = new(
        new[,] { { 1.5, -2.0 }, { -1.25, 0.75 }, { 0.5, 1.0 }, { 0.25, -0.5 } }, [0.5, -0.25, 0.75, -6.5], [-0.75, 0.5]);

    /// <summary>Large weights that nearly cancel: sums pass through numbers that 16 bits don't hold.</summary>
    public static ReferenceRbm Strong { get; } = new(
        new[,] { { 7.5, -6.0, 3.0 }, { 6.5, 5.5, -4.0 }, { -7.0, 4.5, 2.0 } }, [-2.0, -3.0, 1.5], [-6.0, -2.5, 0.5]);

    public static Rbm Engine(ReferenceRbm model)
    {
        double[] weights = [.. model.CopyWeights().Cast<double>()];
        return new Rbm(new RbmParameters(weights, model.VisibleBias.ToArray(), model.HiddenBias.ToArray()));
    }
}
