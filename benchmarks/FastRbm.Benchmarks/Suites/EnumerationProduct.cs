using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Benchmarks.Suites;

/// <summary>The inner product of exact enumeration: prod (1 + a_i b_i) in double for four states at once, in the first-level cache.</summary>
public class EnumerationProduct : Suite
{
    private const int Octets = Workload.Visible / 8;

    private readonly AlignedBuffer<double> _a = new(OctetProduct.MostRows * 8 * Octets);
    private readonly AlignedBuffer<double> _b = new(8 * Octets);
    private readonly AlignedBuffer<double> _products = new(8 * OctetProduct.MostRows);

    /// <summary>Makes factors whose products stay normal numbers.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _a.Span.Fill(0.01);
        _b.Span.Fill(0.5);
    }

    /// <summary>Four states of the smaller layer.</summary>
    [Benchmark]
    public unsafe void Multiply()
    {
        _products.Span.Fill(1);
        OctetProduct.Run(
            SimdSelection.Current, _a.DangerousGetPointer(), 8 * Octets, OctetProduct.MostRows, _b.DangerousGetPointer(), Octets,
            _products.DangerousGetPointer());
    }

    /// <inheritdoc/>
    public override Work WorkOf(string method) => new(OctetProduct.MostRows * 8 * Octets / 1e9, "10^9 units/s");
}
