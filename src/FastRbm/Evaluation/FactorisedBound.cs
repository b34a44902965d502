using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>An upper bound on log Z from the largest input that each unit can get.</summary>
internal static class FactorisedBound
{
    /// <summary>The lesser of the bounds with all positive weights given to the hidden or to the visible units.</summary>
    public static double Of(RbmParameters parameters)
    {
        double[] visible = (double[])parameters.VisibleBias.Clone();
        double[] hidden = (double[])parameters.HiddenBias.Clone();
        for (int i = 0; i < visible.Length; i++)
        {
            for (int j = 0; j < hidden.Length; j++)
            {
                double positive = Math.Max(parameters.Weights[(i * hidden.Length) + j], 0);
                visible[i] += positive;
                hidden[j] += positive;
            }
        }

        return Math.Min(Sum(parameters.VisibleBias) + Sum(hidden), Sum(visible) + Sum(parameters.HiddenBias));
    }

    private static double Sum(double[] inputs)
    {
        double sum = 0;
        foreach (double input in inputs)
        {
            sum += DoubleMath.Softplus(input);
        }

        return sum;
    }
}
