using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Half steps v to h of a trained model from data.</summary>
public class HalfStepToHidden : Suite
{
    private Rbm _model = null!;
    private RbmWorkspace _workspace = null!;
    private BitMatrix _visible = null!;
    private BitMatrix _hidden = null!;
    private Matrix _inputs = null!;

    /// <summary>Rows of states.</summary>
    [Params(1, 100, 512)]
    public int Batch { get; set; }

    /// <summary>Trains the model.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        BitDataset data = Workload.Data();
        _model = Workload.Trained(data);
        _workspace = new RbmWorkspace(_model);
        _visible = Workload.FirstRows(data, Batch);
        _hidden = new BitMatrix(Batch, Workload.Hidden);
        _inputs = new Matrix(Batch, Workload.Hidden);
    }

    /// <summary>Sums, sigmoid, draws, packed states.</summary>
    [Benchmark]
    public void Sample() => _model.SampleHidden(_visible, new RandomKey(1, 0), _workspace, _hidden);

    /// <summary>Sums, written as floats.</summary>
    [Benchmark]
    public void Inputs() => _model.HiddenInputs(_visible, _workspace, _inputs);

    /// <summary>Sums and sigmoid.</summary>
    [Benchmark]
    public void Means() => _model.MeanHidden(_visible, _workspace, _inputs);

    /// <inheritdoc/>
    public override Work WorkOf(string method) => Work.Product(Workload.DenseWork(Batch), replaced: true);
}
