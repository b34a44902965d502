using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Sweeps of tempered chains of a trained model beside plain chains of as many rows.</summary>
/// <remarks>
/// Replicas near beta 1 do what plain chains do, so that what they take longer is the price of swaps; those of a whole ladder flip
/// more of their units.
/// </remarks>
public class TemperedSweeps : Suite
{
    private const int Rows = 1000;
    private ChainSet? _plain;
    private TemperedChains? _nearOne;
    private TemperedChains? _ladder;

    /// <summary>Levels of a chain.</summary>
    [Params(10, 20)]
    public int Levels { get; set; }

    /// <summary>Trains the model and runs the chains in.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        BitDataset data = Workload.Data();
        Rbm model = Workload.Trained(data);
        _plain = new ChainSet(model, Rows, seed: 1);
        _nearOne = new TemperedChains(model, Rows / Levels, TemperatureLadder.Linear(Levels, 0.999), seed: 1);
        _ladder = new TemperedChains(model, Rows / Levels, TemperatureLadder.Linear(Levels), seed: 1);
        _plain.StartFrom(data);
        _nearOne.StartFrom(data);
        _ladder.StartFrom(data);
        _plain.Run(30);
        _nearOne.Run(30);
        _ladder.Tune(rounds: 3, sweeps: 10);
    }

    /// <summary>One sweep of plain chains.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => _plain!.Run(1);

    /// <summary>One sweep with swaps of replicas that are all near beta 1.</summary>
    [Benchmark]
    public void NearBetaOne() => _nearOne!.Run(1);

    /// <summary>One sweep of a ladder from 0 to 1.</summary>
    [Benchmark]
    public void Ladder() => _ladder!.Run(1);

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void End()
    {
        _plain?.Dispose();
        _nearOne?.Dispose();
        _ladder?.Dispose();
    }

    /// <inheritdoc/>
    public override Work WorkOf(string method) => Work.Product(2 * Workload.DenseWork(Rows), replaced: true);
}
