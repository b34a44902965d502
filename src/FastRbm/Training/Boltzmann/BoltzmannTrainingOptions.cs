using FastRbm.Errors;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Training.Boltzmann;

/// <summary>How a Boltzmann machine is trained.</summary>
/// <remarks>
/// A step goes along dL/dJ_ij and dL/db_i, per row, less the decay; J = 2 W, so W moves by half of it. Steps are those of J because papers
/// write them so; for the likelihood dL/dJ_ij = &lt;x_i x_j&gt;_data - &lt;x_i x_j&gt;_model.
/// </remarks>
public sealed record BoltzmannTrainingOptions
{
    /// <summary>What is ascended.</summary>
    public BoltzmannAlgorithm Algorithm { get; init; } = BoltzmannAlgorithm.PersistentChains;

    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows an update, at least 1; more than there are means all.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Persistent chains, at least 1.</summary>
    public int Chains { get; init; } = 100;

    /// <summary>Sweeps of the chains an update, at least 1.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The order of units in a sweep; null for <see cref="BoltzmannSweep.For"/>.</summary>
    public BoltzmannSweep? Sweep { get; init; }

    /// <summary>The learning rate.</summary>
    public LearningRateSchedule LearningRate { get; init; } = new() { Initial = 0.05 };

    /// <summary>The momentum, or, with Adam, the decay of the mean gradient.</summary>
    public MomentumSchedule Momentum { get; init; } = MomentumSchedule.Constant(0.5);

    /// <summary>Momentum or Adam.</summary>
    public StepRule StepRule { get; init; } = StepRule.Momentum;

    /// <summary>
    /// lambda of the penalty lambda / 2 (sum J_ij^2 + sum b_i^2), at least 0. Above 0 where a column of the data is constant: else the best
    /// bias is infinite.
    /// </summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>A bound on the log-odds of units beyond which the run has diverged; above 0.</summary>
    public double DivergenceLimit { get; init; } = 1000;

    /// <summary>Rows that the pseudo-likelihood of an epoch is measured on, at least 1.</summary>
    public int MonitorRows { get; init; } = 1000;

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it.</summary>
    public int Threads { get; init; } = 1;

    internal void Validate()
    {
        if (!Enum.IsDefined(Algorithm))
        {
            Throw.OutOfRange("algorithm", "one that there is", (int)Algorithm);
        }

        if (!Enum.IsDefined(StepRule))
        {
            Throw.OutOfRange("step rule", "momentum or Adam", (int)StepRule);
        }

        Throw.IfLess(Epochs, 1);
        Throw.IfLess(BatchSize, 1);
        Throw.IfLess(Chains, 1);
        Throw.IfLess(Steps, 1);
        Throw.IfLess(MonitorRows, 1);
        Throw.IfLess(Threads, 1);
        Throw.IfOutside(WeightDecay, 0, 1000);
        if (!(DivergenceLimit > 0))
        {
            Throw.OutOfRange("divergence limit", "a number above 0", DivergenceLimit);
        }

        ArgumentNullException.ThrowIfNull(LearningRate);
        ArgumentNullException.ThrowIfNull(Momentum);
        LearningRate.Validate();
        Momentum.Validate();
    }
}
