namespace FastRbm.Reference;

/// <summary>Gradient ascent with momentum and weight decay, a step at a time. Holds the velocities.</summary>
/// <remarks>
/// velocity = momentum * velocity + rate * (gradient - l2 * W - l1 * sign(W)); W = W + velocity. Biases don't decay.
/// </remarks>
public sealed class ReferenceSgd
{
    /// <summary>Starts at rest.</summary>
    public ReferenceSgd(int visible, int hidden)
    {
        Velocity = new ReferenceMoments(visible, hidden);
    }

    /// <summary>The velocities, to look at and to set.</summary>
    public ReferenceMoments Velocity { get; }

    /// <summary>The learning rate; may change from step to step.</summary>
    public double Rate { get; set; }

    /// <summary>The share of the last velocity that is kept; may change from step to step.</summary>
    public double Momentum { get; set; }

    /// <summary>Decay in proportion to the weight.</summary>
    public double L2 { get; init; }

    /// <summary>Decay by the sign of the weight; none at 0.</summary>
    public double L1 { get; init; }

    /// <summary>One step up the gradient positive - negative.</summary>
    /// <returns>The model after the step; the one passed in stays as it was.</returns>
    public ReferenceRbm Step(ReferenceRbm model, ReferenceMoments positive, ReferenceMoments negative)
    {
        double[,] weights = model.CopyWeights();
        double[] visibleBias = model.VisibleBias.ToArray();
        double[] hiddenBias = model.HiddenBias.ToArray();
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                double weight = weights[i, j];
                double gradient = positive.Weights[i, j] - negative.Weights[i, j];
                double decay = (L2 * weight) + (L1 * Math.Sign(weight));
                Velocity.Weights[i, j] = (Momentum * Velocity.Weights[i, j]) + (Rate * (gradient - decay));
                weights[i, j] += Velocity.Weights[i, j];
            }
        }

        for (int i = 0; i < model.Visible; i++)
        {
            double gradient = positive.VisibleBias[i] - negative.VisibleBias[i];
            Velocity.VisibleBias[i] = (Momentum * Velocity.VisibleBias[i]) + (Rate * gradient);
            visibleBias[i] += Velocity.VisibleBias[i];
        }

        for (int j = 0; j < model.Hidden; j++)
        {
            double gradient = positive.HiddenBias[j] - negative.HiddenBias[j];
            Velocity.HiddenBias[j] = (Momentum * Velocity.HiddenBias[j]) + (Rate * gradient);
            hiddenBias[j] += Velocity.HiddenBias[j];
        }

        return new ReferenceRbm(weights, visibleBias, hiddenBias);
    }
}
