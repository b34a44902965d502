using FastRbm.Errors;
using FastRbm.Models.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Serialization;

/// <summary>What the checkpoints of deep models share.</summary>
internal static class DeepCheckpoints
{
    /// <summary>Makes a run, restores it and gives it back, or ends its threads.</summary>
    public static TRun Restored<TRun>(SafetensorsReader reader, Func<TRun> make, string dataFingerprint)
        where TRun : ITrainingRun, IDisposable
    {
        TRun run = make();
        try
        {
            RunCheckpoint.Restore(reader, run, dataFingerprint);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        return run;
    }

    /// <summary>Refuses a trainer of another network.</summary>
    public static void RequireSame(Network? classifier, ClassifierTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (!ReferenceEquals(classifier, trainer.Network))
        {
            Throw.Argument(nameof(trainer), "a trainer of the model's classifier", "one of another network");
        }
    }
}
