using FastRbm.Errors;
using FastRbm.Sampling.Networks;

namespace FastRbm.Training.Networks;

/// <summary>How an energy network is trained as a classifier and as a density at once.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record JemOptions
{
    /// <summary>Rows of an update, and chains: 1 to the rows of the data.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Passes over the data: at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>How parameters move.</summary>
    public OptimizerOptions Optimizer { get; init; } = new()
    {
        LearningRate = new LearningRateSchedule { Initial = 1e-3, Final = 2e-5, Shape = ScheduleShape.Cosine },
        WarmUpUpdates = 500,
        AverageDecay = 0.999,
    };

    /// <summary>What the density's loss counts beside the classifier's: from 0, which leaves the chains out, to 1000.</summary>
    public double GenerativeWeight { get; init; } = 1;

    /// <summary>The steps of the chains.</summary>
    public LangevinOptions Langevin { get; init; } = new() { StepSize = 1, Noise = 0.01 };

    /// <summary>Steps of each chain an update: at least 1.</summary>
    public int LangevinSteps { get; init; } = 20;

    /// <summary>Chains that are kept, of which an update takes its batch in turns of random order: at least the batch size.</summary>
    public int BufferSize { get; init; } = 10_000;

    /// <summary>The probability that a chain starts anew from uniform noise: 0 to 1; 1 keeps nothing.</summary>
    public double RestartProbability { get; init; } = 0.05;

    /// <summary>
    /// Whether the density is that of pairs, E(x, y), with chains of given classes (place k of the buffer has class k modulo classes), instead of that of
    /// x. Every row then needs a label.
    /// </summary>
    public bool ClassConditional { get; init; }

    /// <summary>The standard deviation of the normal noise on data, in states: 0 to 10.</summary>
    public double DataNoise { get; init; } = 0.1;

    /// <summary>R in R (E(data)^2 + E(samples)^2), which keeps energies near 0: 0 to 1000.</summary>
    public double EnergyPenalty { get; init; }

    /// <summary>The run stops as diverged when energies of data and samples are so far apart, or the loss isn't finite or as large: above 0.</summary>
    public double DivergenceLimit { get; init; } = 1000;

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads: at least 1. They don't change a bit.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Validate(int rows)
    {
        if (BatchSize < 1 || BatchSize > rows)
        {
            Throw.OutOfRange("batch size", $"1 to {rows}, the rows of the data", BatchSize);
        }

        Throw.IfLess(Epochs, 1, "epochs");
        Throw.IfLess(Threads, 1, "threads");
        Throw.IfLess(LangevinSteps, 1, "langevin steps");
        Throw.IfLess(BufferSize, BatchSize, "buffer size");
        Throw.IfOutside(GenerativeWeight, 0, 1000, "generative weight");
        Throw.IfOutside(RestartProbability, 0, 1, "restart probability");
        Throw.IfOutside(DataNoise, 0, 10, "data noise");
        Throw.IfOutside(EnergyPenalty, 0, 1000, "energy penalty");
        Throw.IfOutside(DivergenceLimit, 1e-3, 1e12, "divergence limit");
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(Langevin);
        Optimizer.Validate();
        Langevin.Validate();
    }
}
