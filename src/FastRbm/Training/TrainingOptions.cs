using FastRbm.Errors;

namespace FastRbm.Training;

/// <summary>Everything that a training run depends on beside the model and the data.</summary>
/// <remarks>Immutable; change it by <c>with</c>. Validated by the trainer, in one place.</remarks>
public sealed record TrainingOptions
{
    /// <summary>Where negative chains start.</summary>
    public TrainingAlgorithm Algorithm { get; init; }

    /// <summary>k: Gibbs steps v to h to v in each negative phase, at least 1.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows in a minibatch: from 1 to the rows of the data. The last batch of an epoch may be smaller; its update is
    /// scaled by its share of rows, in both phases.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Persistent chains of PCD; 0 means as many as a minibatch has rows.</summary>
    public int Chains { get; init; }

    /// <summary>The learning rate, for the mean gradient over a minibatch.</summary>
    public LearningRateSchedule LearningRate { get; init; } = new();

    /// <summary>The momentum.</summary>
    public MomentumSchedule Momentum { get; init; } = new();

    /// <summary>The L2 coefficient: the objective loses half of it times the sum of squared weights. At least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The L1 coefficient: the objective loses it times the sum of absolute weights. At least 0.</summary>
    public double L1Decay { get; init; }

    /// <summary>What becomes of visible values between 0 and 1.</summary>
    public Binarization Binarization { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it; small models use one.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The run stops as diverged when a unit could get an absolute input beyond this: bias plus the sum of its absolute weights.</summary>
    public double DivergenceLimit { get; init; } = 10_000;

    /// <summary>Rows that the figures of each epoch are measured on, from all over the data.</summary>
    public int MonitorRows { get; init; } = 2_000;

    /// <summary>Checks every value.</summary>
    /// <param name="rows">The rows of the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range: the message names it, the range and the value.</exception>
    public void Validate(int rows)
    {
        ArgumentNullException.ThrowIfNull(LearningRate);
        ArgumentNullException.ThrowIfNull(Momentum);
        Throw.IfLess(rows, 1, "rows");
        Throw.IfLess(Steps, 1, "steps");
        Throw.IfLess(Epochs, 1, "epochs");
        if (BatchSize < 1 || BatchSize > rows)
        {
            Throw.OutOfRange("batch size", $"a number from 1 to the {rows} rows of the data", BatchSize);
        }

        Throw.IfLess(Chains, 0, "chains");
        Throw.IfLess(Threads, 1, "threads");
        Throw.IfLess(MonitorRows, 1, "monitor rows");
        Throw.IfOutside(WeightDecay, 0, 1000, "weight decay");
        Throw.IfOutside(L1Decay, 0, 1000, "L1 decay");
        Throw.IfOutside(DivergenceLimit, 1, 1e6, "divergence limit");
        LearningRate.Validate();
        Momentum.Validate();
        if (!Enum.IsDefined(Algorithm))
        {
            Throw.OutOfRange("algorithm", "contrastive divergence or persistent contrastive divergence", (int)Algorithm);
        }

        if (!Enum.IsDefined(Binarization))
        {
            Throw.OutOfRange("binarization", "threshold, sample or none", (int)Binarization);
        }
    }
}
