using BenchmarkDotNet.Attributes;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>CD-k.</summary>
public class ContrastiveDivergence : TrainingSuite
{
    /// <summary>Sweeps of an update.</summary>
    [Params(1, 10)]
    public int Steps { get; set; }

    /// <inheritdoc/>
    protected override int Sweeps => Steps;

    /// <inheritdoc/>
    protected override TrainingAlgorithm Algorithm => TrainingAlgorithm.ContrastiveDivergence;
}
