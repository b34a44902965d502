using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>The update alone: statistics of both phases, velocity, decay, weights, their fixed-point copy and its transpose.</summary>
public class ParameterUpdate : Suite
{
    private Rbm _model = null!;
    private Matrix _weightVelocity = null!;
    private Matrix _visibleVelocity = null!;
    private Matrix _hiddenVelocity = null!;
    private BitMatrix _visible = null!;
    private PhaseMoments _positive = null!;
    private PhaseMoments _negative = null!;
    private AlignedBuffer<int> _scratch = null!;
    private WeightUpdateArguments _arguments;

    /// <summary>Rows of each phase.</summary>
    [Params(10, 100)]
    public int Batch { get; set; }

    /// <summary>Makes statistics; the rates are zero, so that calls repeat.</summary>
    [GlobalSetup]
    public unsafe void Prepare()
    {
        BitDataset data = Workload.Data();
        _model = RbmInitializer.Normal(data, Workload.Hidden, seed: 1);
        _weightVelocity = new Matrix(Workload.Visible, Workload.Hidden);
        _visibleVelocity = new Matrix(1, Workload.Visible);
        _hiddenVelocity = new Matrix(1, Workload.Hidden);
        _visible = Workload.FirstRows(data, Batch);
        _scratch = new AlignedBuffer<int>(Math.Max(HalfStep.ScratchLength(Workload.Visible, Batch), WeightUpdate.ScratchLength(Batch, Batch)));
        _positive = Phase();
        _negative = Phase();
        _arguments = new WeightUpdateArguments
        {
            Weights = _model.WeightMatrix.DangerousGetPointer(),
            WeightStride = _model.WeightMatrix.Stride,
            VisibleBias = _model.Visible.Parameters.DangerousGetPointer(),
            HiddenBias = _model.Hidden.Parameters.DangerousGetPointer(),
            WeightVelocity = _weightVelocity.DangerousGetPointer(),
            VisibleBiasVelocity = _visibleVelocity.DangerousGetPointer(),
            HiddenBiasVelocity = _hiddenVelocity.DangerousGetPointer(),
            Positive = _positive.Moments,
            Negative = _negative.Moments,
        };
    }

    /// <summary>All tiles of the weights.</summary>
    [Benchmark]
    public unsafe void Update() => WeightUpdate.Run(
        SimdSelection.Current, _model.FixedPoint, _arguments, 0, _model.FixedPoint.VisibleTiles * _model.FixedPoint.HiddenTiles,
        _scratch.DangerousGetPointer());

    /// <inheritdoc/>
    public override Work WorkOf(string method) => new(Batch * (double)Workload.Visible * Workload.Hidden / 1e9, "GCUPS", 2 * Workload.DenseWork(Batch));

    private unsafe PhaseMoments Phase()
    {
        PhaseMoments phase = new(Batch, _model);
        phase.Moments.Rows = Batch;
        HalfStepArguments arguments = _model.HalfStepFrom(toHidden: true);
        arguments.Source = _visible.DangerousGetPointer();
        arguments.SourceWords = _visible.WordsPerRow;
        arguments.Draws = new RandomStream(1, StreamPurpose.HiddenSample, 0, 0);
        arguments.Ties = new RandomStream(1, StreamPurpose.HiddenTie, 0, 0);
        phase.WantMeans(ref arguments, 1 << 24);
        HalfStep.Run(SimdSelection.Current, arguments, 0, Batch, _scratch.DangerousGetPointer());
        PatternLists.Build(_visible.DangerousGetPointer(), _visible.WordsPerRow, 0, _visible.WordsPerRow, phase.Moments);
        return phase;
    }
}
