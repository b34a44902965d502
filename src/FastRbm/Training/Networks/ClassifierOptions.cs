using FastRbm.Errors;

namespace FastRbm.Training.Networks;

/// <summary>How a network is trained as a classifier.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record ClassifierOptions
{
    /// <summary>Rows of an update: 1 to the rows of the data.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Passes over the data: at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>How parameters move.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The share of inputs that an update leaves out, the others scaled up: from 0 to below 1.</summary>
    public double InputDropout { get; init; }

    /// <summary>The share of hidden units that an update leaves out, the others scaled up: from 0 to below 1.</summary>
    public double HiddenDropout { get; init; }

    /// <summary>The run stops as diverged when the mean loss of a batch passes this many nats, or isn't finite: above 0.</summary>
    public double DivergenceLimit { get; init; } = 1000;

    /// <summary>The seed of the order of rows and of what is left out.</summary>
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
        Throw.IfOutside(InputDropout, 0, 0.99, "input dropout");
        Throw.IfOutside(HiddenDropout, 0, 0.99, "hidden dropout");
        Throw.IfOutside(DivergenceLimit, 1e-3, 1e12, "divergence limit");
        ArgumentNullException.ThrowIfNull(Optimizer);
        Optimizer.Validate();
    }
}
