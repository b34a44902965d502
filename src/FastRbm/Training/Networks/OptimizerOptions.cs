using FastRbm.Errors;

namespace FastRbm.Training.Networks;

/// <summary>How the parameters of a network move along a gradient.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record OptimizerOptions
{
    /// <summary>The rule.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    /// <summary>The step of every update. Of the order of 0.001 for Adam, 0.1 for the others.</summary>
    public LearningRateSchedule LearningRate { get; init; } = LearningRateSchedule.Constant(0.001);

    /// <summary>Updates over which the step rises from nothing in a straight line, before the schedule alone holds, though at most over a tenth of the run: at least 0.</summary>
    public int WarmUpUpdates { get; init; }

    /// <summary>The momentum of an epoch, for the rules that have one.</summary>
    public MomentumSchedule Momentum { get; init; } = MomentumSchedule.Constant(0.9);

    /// <summary>Adam's decay of the mean gradient: from 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the mean square: from 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What is added to the root of the mean square: above 0, at most 1.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The L2 penalty D: the loss has D / 2 times the sum of the squared weights (not biases): 0 to 1.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The largest norm of the weights into a unit; longer ones are scaled back after each update. 0 for no limit.</summary>
    public double MaxNorm { get; init; }

    /// <summary>The decay of a running average of the parameters, of which the model is made at the end: from 0 to below 1; 0 for none.
    /// In the beginning it is (1 + t) / (10 + t) if that is smaller, so that the start is soon forgotten.</summary>
    public double AverageDecay { get; init; }

    /// <summary>The step of one update.</summary>
    /// <param name="update">From 0.</param>
    /// <param name="updates">The length of the run.</param>
    /// <returns>The step.</returns>
    public double RateAt(long update, long updates)
    {
        long warmUp = Math.Min(WarmUpUpdates, updates / 10);
        return LearningRate.At(update, updates) * (update < warmUp ? (update + 1.0) / warmUp : 1);
    }

    internal void Validate()
    {
        if (!Enum.IsDefined(Kind))
        {
            Throw.OutOfRange("optimizer", "adam, momentum or nesterov", (int)Kind);
        }

        LearningRate.Validate();
        Momentum.Validate();
        Throw.IfLess(WarmUpUpdates, 0, "warm-up updates");
        Throw.IfOutside(Beta1, 0, 0.999999, "Adam's beta 1");
        Throw.IfOutside(Beta2, 0, 0.999999, "Adam's beta 2");
        Throw.IfOutside(Epsilon, 1e-30, 1, "Adam's epsilon");
        Throw.IfOutside(WeightDecay, 0, 1, "weight decay");
        Throw.IfOutside(MaxNorm, 0, 1e6, "max norm");
        Throw.IfOutside(AverageDecay, 0, 0.999999, "average decay");
    }
}
