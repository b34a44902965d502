using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

/// <summary>How near a trainer's update must be to the naive one, and the naive one's start.</summary>
internal static class NaiveBounds
{
    /// <summary>Half of a unit in the last place of 1, relative.</summary>
    private const double Rounding = 1.0 / (1 << 24);

    /// <summary>
    /// How far a mean of either phase may be off: 2.5 ULP of the sigmoid and half of a fixed-point step, a quarter (the steepest slope)
    /// of the error of an input (weights in fixed point, the sum as a float); for grey levels as means, a chain of float products.
    /// </summary>
    public static double MeanError(bool means, Rbm rbm)
    {
        int terms = Math.Max(rbm.Visible.Count, rbm.Hidden.Count) + 1;
        double input = (terms * Math.ScaleB(0.5, -rbm.FixedPointBits)) + (Rounding * rbm.InputBound);
        if (means)
        {
            input += terms * Rounding * rbm.InputBound;
        }

        return (3 * Rounding) + (input / 4);
    }

    /// <summary>
    /// How far a weight may be off after an update: the errors of both phases' means, those of the hidden gradient and offset that
    /// centring multiplies by at most 1, then the roundings on the way to the velocity and the parameter. A bias adds the errors of
    /// as many weights' changes as the other layer has units.
    /// </summary>
    public static double WeightError(NaiveTraining naive, TrainingOptions options, double mean, double change)
    {
        double gradient = (6 * mean) + (20 * Rounding);
        if (options.StepRule == StepRule.Adam)
        {
            // With r = root + e: d(m / r) is at most dm / r + (|m| / r) droot / r. droot is no more than the gradient's error, r at least e,
            // and |m| / r at most 1 / sqrt(1 - beta2), as both are means of the same gradients. Corrections double the errors at most.
            double share = 1 / Math.Sqrt(1 - options.SquareMomentum);
            return (naive.Rate * 2 * gradient * (1 + share) / options.Epsilon) + (4 * Rounding * change);
        }

        return (naive.Rate * gradient) + (6 * Rounding * change);
    }

    /// <summary>Fails unless a number is as near as it must be.</summary>
    public static void Near(double bound, double expected, double actual)
    {
        bound += 2 * Rounding * Math.Abs(expected);
        Assert.True(Math.Abs(expected - actual) <= bound, $"expected {expected} within {bound}, found {actual}");
    }

    /// <summary>The largest velocity or weight.</summary>
    public static double LargestChange(NaiveTraining naive) =>
        naive.Velocity.ToArray().Concat(naive.Model.CopyWeights().Cast<double>()).Max(Math.Abs);

    /// <summary>Starts the naive update from the trainer's buffers.</summary>
    public static void CopyBuffers(Trainer trainer, NaiveTraining naive)
    {
        ParameterStep step = trainer.Update.Step;
        Copy(step.WeightVelocity, step.VisibleBiasVelocity, step.HiddenBiasVelocity, naive.Velocity);
        if (step.WeightSquares is not null)
        {
            Copy(step.WeightSquares, step.VisibleBiasSquares!, step.HiddenBiasSquares!, naive.Squares);
        }

        for (int j = 0; j < naive.HiddenMeans.Length; j++)
        {
            naive.HiddenMeans[j] = step.HiddenMeans[0, j];
        }
    }

    private static void Copy(Matrix weights, Matrix visible, Matrix hidden, ReferenceMoments target)
    {
        for (int i = 0; i < weights.Rows; i++)
        {
            target.VisibleBias[i] = visible[0, i];
            for (int j = 0; j < weights.Columns; j++)
            {
                target.Weights[i, j] = weights[i, j];
                target.HiddenBias[j] = hidden[0, j];
            }
        }
    }
}
