using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Evaluation: the exact partition function, and free energies of rows.</summary>
public class ModelEvaluation : Suite
{
    private const int Enumerated = 18;
    private const int Rows = 200;

    private readonly double[] _energies = new double[Rows];
    private RbmParameters _small = null!;
    private Rbm _model = null!;
    private RbmWorkspace _workspace = null!;
    private BitMatrix _visible = null!;

    /// <summary>Threads; free energies are computed on the caller's alone.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Makes the models.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        BitDataset data = Workload.Data();
        _small = RbmParameters.From(RbmInitializer.Normal(data, Enumerated, seed: 1, deviation: 0.3));
        _model = RbmInitializer.Normal(data, Workload.Hidden, seed: 1);
        _workspace = new RbmWorkspace(_model);
        _visible = Workload.FirstRows(data, Rows);
    }

    /// <summary>log Z over 2^18 states of 784x18.</summary>
    /// <returns>log Z.</returns>
    [Benchmark]
    public double LogPartitionFunction() => ExactPartitionFunction.LogPartitionFunction(_small, Threads);

    /// <summary>F(v) of 200 rows, 784x500, in double.</summary>
    [Benchmark]
    public void FreeEnergy() => _model.FreeEnergy(_visible, _workspace, _energies);

    /// <inheritdoc/>
    public override Work WorkOf(string method) => method == nameof(FreeEnergy)
        ? Work.Product(Workload.DenseWork(Rows), replaced: true)
        : new Work((1 << Enumerated) * (double)Workload.Visible / 1e9, "10^9 units of states/s");
}
