namespace FastRbm.Reference;

/// <content>The path of annealed importance sampling from independent units to the machine.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>log f_beta(v) = (1 - beta) a0.v + beta a.v + sum_j softplus(beta x_j).</summary>
    /// <param name="visible">v.</param>
    /// <param name="baseBias">a0.</param>
    /// <param name="beta">beta, from 0 to 1.</param>
    public double LogAnnealed(bool[] visible, double[] baseBias, double beta)
    {
        RequireLength(baseBias, Visible, nameof(baseBias));
        double sum = 0;
        for (int i = 0; i < Visible; i++)
        {
            sum += visible[i] ? ((1 - beta) * baseBias[i]) + (beta * _visibleBias[i]) : 0;
        }

        foreach (double input in HiddenInputs(visible))
        {
            sum += ReferenceMath.Softplus(beta * input);
        }

        return sum;
    }

    /// <summary>log sum_v f_0(v) = sum_i softplus(a0_i) + H log 2.</summary>
    /// <param name="baseBias">a0.</param>
    public double BaseLogPartitionFunction(double[] baseBias) => baseBias.Sum(ReferenceMath.Softplus) + (Hidden * Math.Log(2));

    /// <summary>The machine whose Gibbs steps leave f_beta as it is: weights and hidden biases times beta, visible biases on the way.</summary>
    /// <param name="baseBias">a0.</param>
    /// <param name="beta">beta, from 0 to 1.</param>
    public ReferenceRbm Annealed(double[] baseBias, double beta)
    {
        double[,] weights = CopyWeights();
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                weights[i, j] *= beta;
            }
        }

        double[] visibleBias = [.. _visibleBias.Select((bias, i) => ((1 - beta) * baseBias[i]) + (beta * bias))];
        return new ReferenceRbm(weights, visibleBias, Array.ConvertAll(_hiddenBias, bias => beta * bias));
    }
}
