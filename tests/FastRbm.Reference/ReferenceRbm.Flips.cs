namespace FastRbm.Reference;

/// <content>Objectives that compare every row with its neighbours, one flipped visible unit away.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>Weighted mean over the rows of sum_i log p(v_i | all other visible units).</summary>
    public double LogPseudoLikelihood(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights) =>
        WeightedMean(rows, rowWeights, row => FlipDifferences(row).Sum(d => -ReferenceMath.Softplus(d)));

    /// <summary>Weighted mean over the rows of -sum_i exp((F(v) - F(v with unit i flipped)) / 2).</summary>
    public double ProbabilityFlow(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights) =>
        WeightedMean(rows, rowWeights, row => FlipDifferences(row).Sum(d => -Math.Exp(d / 2)));

    /// <summary>Weighted mean over the rows of -sum_i 1 / (1 + p(v) / p(v with unit i flipped))^2.</summary>
    public double RatioMatching(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights) =>
        WeightedMean(rows, rowWeights, row => FlipDifferences(row).Sum(d => -Math.Pow(1 / (1 + Math.Exp(-d)), 2)));

    /// <summary>F(v) - F(v with unit i flipped) for every i.</summary>
    public double[] FlipDifferences(bool[] visible)
    {
        double[] differences = new double[Visible];
        for (int i = 0; i < Visible; i++)
        {
            bool[] flipped = (bool[])visible.Clone();
            flipped[i] = !flipped[i];
            differences[i] = FreeEnergy(visible) - FreeEnergy(flipped);
        }

        return differences;
    }

    /// <summary>The derivatives of a function of a model by central differences: weights (row by row), visible biases, hidden biases.</summary>
    /// <param name="value">The function.</param>
    /// <param name="step">How far parameters are moved either way.</param>
    public double[] FiniteDifferences(Func<ReferenceRbm, double> value, double step = 1e-5)
    {
        double[] parameters = [.. _weights.Cast<double>(), .. _visibleBias, .. _hiddenBias];
        double[] derivatives = new double[parameters.Length];
        for (int k = 0; k < parameters.Length; k++)
        {
            double kept = parameters[k];
            parameters[k] = kept + step;
            double above = value(With(parameters));
            parameters[k] = kept - step;
            double below = value(With(parameters));
            parameters[k] = kept;
            derivatives[k] = (above - below) / (2 * step);
        }

        return derivatives;
    }

    private ReferenceRbm With(double[] parameters)
    {
        double[,] weights = new double[Visible, Hidden];
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k / Hidden, k % Hidden] = parameters[k];
        }

        return new ReferenceRbm(weights, parameters[weights.Length..(weights.Length + Visible)], parameters[(weights.Length + Visible)..]);
    }
}
