using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>FastRbm's trainer.</summary>
internal sealed class FastRbmTraining(TrainingJob job, int threads) : IContestant
{
    private Trainer? _trainer;

    /// <inheritdoc/>
    public void Begin()
    {
        _trainer?.Dispose();
        Rbm model = new(RbmParameters.From(job.Model));
        _trainer = new Trainer(model, job.Rows, new TrainingOptions
        {
            Algorithm = job.Algorithm,
            Steps = job.Sweeps,
            BatchSize = job.Batch,
            Epochs = int.MaxValue,
            LearningRate = LearningRateSchedule.Constant(job.Rate),
            Seed = job.Seed,
            Threads = threads,

            // The others have no centring.
            Centring = Centring.None,
        });
    }

    /// <inheritdoc/>
    public Timing Run(int first, int count)
    {
        Trainer trainer = _trainer!;
        return Timing.Of(count, _ => trainer.Step());
    }

    /// <inheritdoc/>
    public Outcome Finish() => new(RawFile.Parameters(_trainer!.Model), States: null);

    /// <inheritdoc/>
    public void Dispose() => _trainer?.Dispose();
}
