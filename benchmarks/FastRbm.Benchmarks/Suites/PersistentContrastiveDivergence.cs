using BenchmarkDotNet.Attributes;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>PCD-k.</summary>
public class PersistentContrastiveDivergence : TrainingSuite
{
    /// <summary>Sweeps of an update.</summary>
    [Params(1, 10)]
    public int Steps { get; set; }

    /// <inheritdoc/>
    protected override int Sweeps => Steps;

    /// <inheritdoc/>
    protected override TrainingAlgorithm Algorithm => TrainingAlgorithm.PersistentContrastiveDivergence;
}
