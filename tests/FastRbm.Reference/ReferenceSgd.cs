namespace FastRbm.Reference;

/// <summary>Gradient ascent, a step at a time: momentum or Adam, centring, decay. Holds the velocities.</summary>
/// <remarks>
/// The centred gradient of the weights is that of the covariance of v - m and h - l; the biases' changes are those of their own
/// gradients less what the weights' changes add to their inputs at the offsets. Biases don't decay.
/// </remarks>
public sealed class ReferenceSgd
{
    /// <summary>Starts at rest, without offsets.</summary>
    public ReferenceSgd(int visible, int hidden)
    {
        Velocity = new ReferenceMoments(visible, hidden);
        Squares = new ReferenceMoments(visible, hidden);
        VisibleOffsets = new double[visible];
        HiddenOffsets = new double[hidden];
        HiddenPush = new double[hidden];
    }

    /// <summary>The velocities, to look at and to set; Adam's mean gradients.</summary>
    public ReferenceMoments Velocity { get; }

    /// <summary>Adam's mean squared gradients, to look at and to set.</summary>
    public ReferenceMoments Squares { get; }

    /// <summary>m, to set.</summary>
    public double[] VisibleOffsets { get; }

    /// <summary>l, to set.</summary>
    public double[] HiddenOffsets { get; }

    /// <summary>What is added to the gradient of the hidden biases.</summary>
    public double[] HiddenPush { get; }

    /// <summary>The learning rate; may change from step to step.</summary>
    public double Rate { get; set; }

    /// <summary>The share of the last velocity that is kept; may change from step to step. Adam's beta1.</summary>
    public double Momentum { get; set; }

    /// <summary>Adam's beta2, or 0 for momentum.</summary>
    public double SquareMomentum { get; init; }

    /// <summary>Adam's epsilon.</summary>
    public double Epsilon { get; init; }

    /// <summary>Adam's number of the step, from 1.</summary>
    public long Number { get; set; }

    /// <summary>Decay in proportion to the weight.</summary>
    public double L2 { get; init; }

    /// <summary>Decay by the sign of the weight; none at 0.</summary>
    public double L1 { get; init; }

    /// <summary>Decay of each hidden unit's weights along their own direction, by the norms before the step.</summary>
    public double Group { get; init; }

    /// <summary>The largest norm of a hidden unit's weights after the step; 0 for no limit.</summary>
    public double MaxNorm { get; init; }

    /// <summary>Which weights change, or null for all.</summary>
    public bool[,]? Mask { get; init; }

    /// <summary>One step up the gradient positive - negative.</summary>
    /// <returns>The model after the step; the one passed in stays as it was.</returns>
    public ReferenceRbm Step(ReferenceRbm model, ReferenceMoments positive, ReferenceMoments negative)
    {
        double[,] weights = model.CopyWeights();
        double[] visibleBias = model.VisibleBias.ToArray();
        double[] hiddenBias = model.HiddenBias.ToArray();
        ReferenceMoments gradient = positive.Minus(negative);
        for (int j = 0; j < model.Hidden; j++)
        {
            gradient.HiddenBias[j] += HiddenPush[j];
        }

        double[] norms = [.. Enumerable.Range(0, model.Hidden).Select(j => Norm(weights, j))];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                double weight = weights[i, j];
                double centred = gradient.Weights[i, j] - (VisibleOffsets[i] * gradient.HiddenBias[j]) - (gradient.VisibleBias[i] * HiddenOffsets[j]);
                double group = norms[j] > 0 ? Math.Min(1, Rate * Group / norms[j]) * weight : 0;
                double decay = (Rate * ((L2 * weight) + (L1 * Math.Sign(weight)))) + group;
                double change = Change(centred, decay, ref Velocity.Weights[i, j], ref Squares.Weights[i, j]);
                if (Mask is not null && !Mask[i, j])
                {
                    change = 0;
                }

                weights[i, j] += change;
                visibleBias[i] -= change * HiddenOffsets[j];
                hiddenBias[j] -= change * VisibleOffsets[i];
            }
        }

        for (int i = 0; i < model.Visible; i++)
        {
            visibleBias[i] += Change(gradient.VisibleBias[i], 0, ref Velocity.VisibleBias[i], ref Squares.VisibleBias[i]);
        }

        for (int j = 0; j < model.Hidden; j++)
        {
            hiddenBias[j] += Change(gradient.HiddenBias[j], 0, ref Velocity.HiddenBias[j], ref Squares.HiddenBias[j]);
            double norm = Norm(weights, j);
            for (int i = 0; MaxNorm > 0 && norm > MaxNorm && i < model.Visible; i++)
            {
                weights[i, j] *= MaxNorm / norm;
            }
        }

        return new ReferenceRbm(weights, visibleBias, hiddenBias);
    }

    private double Change(double gradient, double decay, ref double velocity, ref double square)
    {
        if (SquareMomentum == 0)
        {
            velocity = (Momentum * velocity) + (Rate * gradient) - decay;
            return velocity;
        }

        velocity = (Momentum * velocity) + ((1 - Momentum) * gradient);
        square = (SquareMomentum * square) + ((1 - SquareMomentum) * gradient * gradient);
        double mean = velocity / (1 - Math.Pow(Momentum, Number));
        double root = Math.Sqrt(square / (1 - Math.Pow(SquareMomentum, Number)));
        return (Rate * mean / (root + Epsilon)) - decay;
    }

    private static double Norm(double[,] weights, int j) =>
        Math.Sqrt(Enumerable.Range(0, weights.GetLength(0)).Sum(i => weights[i, j] * weights[i, j]));
}
