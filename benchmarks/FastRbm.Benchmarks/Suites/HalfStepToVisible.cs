using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Half steps h to v of a trained model from hidden states drawn given data.</summary>
public class HalfStepToVisible : Suite
{
    private Rbm _model = null!;
    private RbmWorkspace _workspace = null!;
    private BitMatrix _hidden = null!;
    private BitMatrix _drawn = null!;
    private Matrix _inputs = null!;

    /// <summary>Rows of states.</summary>
    [Params(1, 100, 512)]
    public int Batch { get; set; }

    /// <summary>Trains the model and draws hidden states.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        BitDataset data = Workload.Data();
        _model = Workload.Trained(data);
        _workspace = new RbmWorkspace(_model);
        _hidden = new BitMatrix(Batch, Workload.Hidden);
        _drawn = new BitMatrix(Batch, Workload.Visible);
        _inputs = new Matrix(Batch, Workload.Visible);
        _model.SampleHidden(Workload.FirstRows(data, Batch), new RandomKey(1, 0), _workspace, _hidden);
    }

    /// <summary>Sums, sigmoid, draws, packed states.</summary>
    [Benchmark]
    public void Sample() => _model.SampleVisible(_hidden, new RandomKey(1, 0), _workspace, _drawn);

    /// <summary>Sums, written as floats.</summary>
    [Benchmark]
    public void Inputs() => _model.VisibleInputs(_hidden, _workspace, _inputs);

    /// <summary>Sums and sigmoid.</summary>
    [Benchmark]
    public void Means() => _model.MeanVisible(_hidden, _workspace, _inputs);

    /// <inheritdoc/>
    public override Work WorkOf(string method) => Work.Product(Workload.DenseWork(Batch), replaced: true);
}
