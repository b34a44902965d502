using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Benchmarks.Suites;

/// <summary>The inner loops of exact enumeration: 32 units of 4,096 states, in the first-level cache.</summary>
public class EnumerationProduct : Suite
{
    private const int Units = EnumerationTables.BlockUnits;
    private const int Lanes = 1 << StateMoments.LowBits;
    private const int Settings = 1 << StateMoments.MidBits;

    private readonly AlignedBuffer<double> _lows = new(Units * Lanes);
    private readonly AlignedBuffer<double> _mids = new(Units * Settings);
    private readonly AlignedBuffer<double> _weights = new(Lanes * Settings);
    private readonly AlignedBuffer<double> _sums = new(StateMoments.Sums * Units);

    /// <summary>Makes terms whose products stay normal numbers.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _lows.Span.Fill(0.375);
        _mids.Span.Fill(0.625);
        _weights.Span.Fill(1);
    }

    /// <summary>prod_i (low_i + mid_i) of every state.</summary>
    [Benchmark]
    public unsafe void Multiply() => StateProducts.Run(
        SimdSelection.Current, _lows.DangerousGetPointer(), Lanes, _mids.DangerousGetPointer(), Settings, Units, _weights.DangerousGetPointer(),
        _weights.DangerousGetPointer());

    /// <summary>Sums of p low_i / (low_i + mid_i) over all states and over those with a bit on.</summary>
    [Benchmark]
    public unsafe void Moments() => StateMoments.Run(
        SimdSelection.Current, _lows.DangerousGetPointer(), Lanes, _mids.DangerousGetPointer(), Settings, Units, true,
        _weights.DangerousGetPointer(), _sums.DangerousGetPointer(), Units);

    /// <inheritdoc/>
    public override Work WorkOf(string method) => new(Units * Lanes * Settings / 1e9, "10^9 units/s");
}
