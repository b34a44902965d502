namespace FastRbm.Reference;

/// <content>Exact gradients: statistics under the data minus statistics under the model or under a short chain.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>The positive phase: the mean over the rows of (v p(h|v)', v, p(h|v)).</summary>
    /// <param name="rows">Visible vectors in [0, 1], at least one.</param>
    /// <param name="rowWeights">How much each row counts; equally when null.</param>
    public ReferenceMoments DataMoments(IReadOnlyList<double[]> rows, IReadOnlyList<double>? rowWeights = null)
    {
        double[] shares = NormalizedWeights(rows.Count, rowWeights);
        ReferenceMoments moments = new(Visible, Hidden);
        for (int r = 0; r < rows.Count; r++)
        {
            moments.Add(shares[r], rows[r], MeanHidden(rows[r]));
        }

        return moments;
    }

    /// <inheritdoc cref="DataMoments(IReadOnlyList{double[]}, IReadOnlyList{double}?)"/>
    public ReferenceMoments DataMoments(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights = null) =>
        DataMoments(BinaryStates.ToDoubles(rows), rowWeights);

    /// <summary>The expectation of (v p(h|v)', v, p(h|v)) when v is drawn from q.</summary>
    /// <param name="visibleDistribution">q: a probability for every mask of v.</param>
    public ReferenceMoments ExpectedMoments(double[] visibleDistribution)
    {
        RequireLength(visibleDistribution, BinaryStates.Count(Visible), nameof(visibleDistribution));
        ReferenceMoments moments = new(Visible, Hidden);
        for (int v = 0; v < visibleDistribution.Length; v++)
        {
            double[] visible = BinaryStates.ToDoubles(BinaryStates.FromMask(v, Visible));
            moments.Add(visibleDistribution[v], visible, MeanHidden(visible));
        }

        return moments;
    }

    /// <summary>The gradient of the mean of -F(v) - log Z over the rows, with respect to W, a and b.</summary>
    /// <param name="rows">Visible vectors in [0, 1], at least one; for binary rows it is the gradient of the log-likelihood.</param>
    /// <param name="rowWeights">How much each row counts; equally when null.</param>
    public ReferenceMoments LikelihoodGradient(IReadOnlyList<double[]> rows, IReadOnlyList<double>? rowWeights = null) =>
        DataMoments(rows, rowWeights).Minus(ExpectedMoments(VisibleProbabilities()));

    /// <inheritdoc cref="LikelihoodGradient(IReadOnlyList{double[]}, IReadOnlyList{double}?)"/>
    public ReferenceMoments LikelihoodGradient(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights = null) =>
        LikelihoodGradient(BinaryStates.ToDoubles(rows), rowWeights);

    /// <summary>
    /// The distribution of v_k, when v_0 is one of the rows, h_0 ~ p(h|v_0), and v_t ~ p(v|h_(t-1)), h_t ~ p(h|v_t) for t = 1..k.
    /// </summary>
    /// <param name="rows">Visible vectors in [0, 1], at least one.</param>
    /// <param name="steps">k, 1 or more: a real v_0 has no place among the states.</param>
    /// <param name="rowWeights">How much each row counts; equally when null.</param>
    public double[] ChainDistribution(IReadOnlyList<double[]> rows, int steps, IReadOnlyList<double>? rowWeights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        double[] shares = NormalizedWeights(rows.Count, rowWeights);
        double[] hiddenDistribution = new double[BinaryStates.Count(Hidden)];
        for (int r = 0; r < rows.Count; r++)
        {
            double[] inputs = HiddenInputs(rows[r]);
            for (int h = 0; h < hiddenDistribution.Length; h++)
            {
                hiddenDistribution[h] += shares[r] * ProbabilityOf(BinaryStates.FromMask(h, Hidden), inputs);
            }
        }

        return PropagateVisible(Product(hiddenDistribution, VisibleConditionals()), steps - 1);
    }

    /// <summary>
    /// The expectation of the CD-k gradient: the mean of v_0 p(h|v_0)' over the rows, minus E[v_k p(h|v_k)'], and so for the biases.
    /// </summary>
    /// <remarks>Source: Hinton, "Training products of experts by minimizing contrastive divergence" (2002).</remarks>
    /// <param name="rows">Visible vectors in [0, 1], at least one.</param>
    /// <param name="steps">k, 1 or more.</param>
    /// <param name="rowWeights">How much each row counts; equally when null.</param>
    public ReferenceMoments ContrastiveDivergenceGradient(IReadOnlyList<double[]> rows, int steps, IReadOnlyList<double>? rowWeights = null) =>
        DataMoments(rows, rowWeights).Minus(ExpectedMoments(ChainDistribution(rows, steps, rowWeights)));

    /// <inheritdoc cref="ContrastiveDivergenceGradient(IReadOnlyList{double[]}, int, IReadOnlyList{double}?)"/>
    public ReferenceMoments ContrastiveDivergenceGradient(IReadOnlyList<bool[]> rows, int steps, IReadOnlyList<double>? rowWeights = null) =>
        ContrastiveDivergenceGradient(BinaryStates.ToDoubles(rows), steps, rowWeights);
}
