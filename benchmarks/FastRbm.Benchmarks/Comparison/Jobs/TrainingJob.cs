using System.Globalization;
using System.Numerics.Tensors;
using FastRbm.Benchmarks.Comparison.Contestants;
using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Data;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>Updates of CD-k or PCD-k with a constant learning rate, without momentum and decay.</summary>
internal sealed class TrainingJob : Job
{
    private const double Tolerance = 0.02;
    private const double EarlyTolerance = 0.1;
    private const double BiasTolerance = 0.3;

    /// <summary>The name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>The training rows.</summary>
    public required BitDataset Rows { get; init; }

    /// <summary>The rows that models are judged by.</summary>
    public required BitDataset HeldOut { get; init; }

    /// <summary>Where negative chains start.</summary>
    public required TrainingAlgorithm Algorithm { get; init; }

    /// <summary>k.</summary>
    public required int Sweeps { get; init; }

    /// <summary>Rows of a minibatch, and chains; divides the rows.</summary>
    public required int Batch { get; init; }

    /// <summary>The learning rate.</summary>
    public required double Rate { get; init; }

    /// <summary>The seed of FastRbm's run and of the rows' order.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The order of the rows, an epoch after another.</summary>
    public required EpochOrders Orders { get; init; }

    /// <summary>Updates of an epoch of the rows that are there.</summary>
    public int UpdatesOfAnEpoch => Rows.Rows / Batch;

    /// <inheritdoc/>
    public override string Unit => string.Create(CultureInfo.InvariantCulture, $"an epoch of {ReportedSteps * Batch:N0} rows of {Data}");

    /// <inheritdoc/>
    public override string RateUnit => "GCUPS";

    /// <inheritdoc/>
    public override string Step => "update";

    /// <inheritdoc/>
    public override string Check => string.Create(
        CultureInfo.InvariantCulture,
        $"Learning rate {Rate}. Reconstruction error: mean squared error of the mean-field reconstruction of {HeldOut.Rows:N0} held-out rows after all rounds (before the first: {Numbers.Significant(new Reconstruction(HeldOut).Error(RawFile.Parameters(Model)), 4)}); it must be within 2 % of FastRbm's after as many updates. Changes are roots of mean squares: that of W must be within 2 % too (10 % after less than half an epoch, when it is mostly noise), those of the biases, which are noisier, within 30 %.");

    /// <inheritdoc/>
    public override double WorkOfAStep => (double)Batch * Model.Visible.Count * Model.Hidden.Count / 1e9;

    /// <inheritdoc/>
    public override IContestant FastRbm(int threads) => new FastRbmTraining(this, threads);

    /// <inheritdoc/>
    public override IReadOnlyList<Figure> Measure(Outcome outcome, Outcome fastRbm, int steps)
    {
        Reconstruction reconstruction = new(HeldOut);
        float[] own = outcome.Parameters!;
        float[] ours = fastRbm.Parameters!;
        int hidden = Model.Hidden.Count;
        Range weights = ..^(Model.Visible.Count + hidden);
        Range visible = ^(Model.Visible.Count + hidden)..^hidden;
        return
        [
            Figure.Relative("reconstruction error", reconstruction.Error(own), reconstruction.Error(ours), Tolerance),
            Figure.Relative("change of W", Change(own, weights), Change(ours, weights), 2 * steps >= UpdatesOfAnEpoch ? Tolerance : EarlyTolerance),
            Figure.Relative("of visible biases", Change(own, visible), Change(ours, visible), BiasTolerance),
            Figure.Relative("of hidden biases", Change(own, ^hidden..), Change(ours, ^hidden..), BiasTolerance),
        ];
    }

    private double Change(float[] parameters, Range part)
    {
        ReadOnlySpan<float> now = parameters.AsSpan(part);
        return TensorPrimitives.Distance(now, RawFile.Parameters(Model).AsSpan(part)) / Math.Sqrt(now.Length);
    }
}
