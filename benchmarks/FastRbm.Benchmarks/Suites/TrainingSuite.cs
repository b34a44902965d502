using BenchmarkDotNet.Attributes;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Whole updates of a training run, 784x500.</summary>
public abstract class TrainingSuite : Suite
{
    private Trainer? _trainer;

    /// <summary>Threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Rows of a minibatch.</summary>
    [Params(10, 100)]
    public int Batch { get; set; }

    /// <summary>The sweeps of an update.</summary>
    protected abstract int Sweeps { get; }

    /// <summary>CD or PCD.</summary>
    protected abstract TrainingAlgorithm Algorithm { get; }

    /// <summary>Trains for a while.</summary>
    [GlobalSetup]
    public void Prepare() => _trainer = Workload.Running(
        Workload.Data(), new TrainingOptions { Algorithm = Algorithm, Steps = Sweeps, BatchSize = Batch, Threads = Threads });

    /// <summary>One update.</summary>
    [Benchmark]
    public void Update() => _trainer!.Step();

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void End() => _trainer?.Dispose();

    /// <inheritdoc/>
    /// <remarks>A dense engine multiplies 3 + 2 k times: the positive phase, two statistics, two half steps a sweep.</remarks>
    public override Work WorkOf(string method) => new(
        Batch * (double)Workload.Visible * Workload.Hidden / 1e9, "GCUPS", (3 + (2 * Sweeps)) * Workload.DenseWork(Batch), Threads);
}
