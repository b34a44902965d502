using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Sampled states of binary units from their inputs: sigmoid, random bits, comparison, packing.</summary>
public class BinarySampling : Suite
{
    private const int Units = 1024;
    private const int Rows = 16;

    private readonly FusedSampling _fused = new();
    private readonly float[] _inputs = [.. Workload.Mixed(1, Units).Row(0)];
    private readonly ulong[] _states = new ulong[Units / 64];

    /// <summary>As half steps do it: four chains at a time.</summary>
    [Benchmark]
    public void Fused() => _fused.Run();

    /// <summary>One row at a time, each its own chain.</summary>
    [Benchmark]
    public void Row()
    {
        for (int row = 0; row < Rows; row++)
        {
            RandomStream draws = new(1, StreamPurpose.HiddenSample, 0, row);
            RandomStream ties = new(1, StreamPurpose.HiddenTie, 0, row);
            BernoulliRow.Sample(SimdSelection.Current, _inputs, draws, ties, _states.AsSpan());
        }
    }

    /// <inheritdoc/>
    public override Work WorkOf(string method) =>
        new((method == nameof(Fused) ? FusedSampling.Units : Rows * Units) / 1e9, "10^9 units/s");
}
