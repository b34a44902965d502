using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Sweeps of many chains of a trained model, after a hundred that they were let run.</summary>
public class GibbsChains : Suite
{
    private ChainSet? _chains;

    /// <summary>Chains.</summary>
    [Params(100, 1000)]
    public int Chains { get; set; }

    /// <summary>Threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Trains the model and runs the chains in.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        BitDataset data = Workload.Data();
        Rbm model = Workload.Trained(data);
        _chains = new ChainSet(model, Chains, seed: 1, Threads);
        _chains.Run(100);
    }

    /// <summary>One sweep.</summary>
    [Benchmark]
    public void Sweep() => _chains!.Run(1);

    /// <summary>Ends the threads.</summary>
    [GlobalCleanup]
    public void End() => _chains?.Dispose();

    /// <inheritdoc/>
    public override Work WorkOf(string method) => Work.Product(2 * Workload.DenseWork(Chains), replaced: true, Threads);
}
