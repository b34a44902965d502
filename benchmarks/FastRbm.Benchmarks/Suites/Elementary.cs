using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Suites;

/// <summary>exp, log, sigmoid and softplus of spans of floats.</summary>
public class Elementary : Suite
{
    private float[] _signed = [];
    private float[] _positive = [];
    private float[] _results = [];

    /// <summary>Elements: in the first-level cache, and beyond all caches.</summary>
    [Params(2048, 1 << 24)]
    public int Length { get; set; }

    /// <summary>Makes the arguments.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _signed = new float[Length];
        _positive = new float[Length];
        _results = new float[Length];
        for (int i = 0; i < Length; i++)
        {
            _signed[i] = ((i * 37 % 2001) / 100f) - 10f;
            _positive[i] = (1 + (i * 37 % 2001)) / 100f;
        }
    }

    /// <summary>exp(x).</summary>
    [Benchmark]
    public void Exp() => ElementaryKernels.Exp(SimdSelection.Current, _signed, _results);

    /// <summary>log(x).</summary>
    [Benchmark]
    public void Log() => ElementaryKernels.Log(SimdSelection.Current, _positive, _results);

    /// <summary>1 / (1 + exp(-x)).</summary>
    [Benchmark]
    public void Sigmoid() => ElementaryKernels.Sigmoid(SimdSelection.Current, _signed, _results);

    /// <summary>log(1 + exp(x)).</summary>
    [Benchmark]
    public void Softplus() => ElementaryKernels.Softplus(SimdSelection.Current, _signed, _results);

    /// <inheritdoc/>
    public override Work WorkOf(string method) => new(Length / 1e9, "10^9 elements/s");
}
