namespace FastRbm.Training;

/// <summary>Where a training run stands.</summary>
/// <param name="Epoch">The epoch that the last update belongs to, counted from 1.</param>
/// <param name="Updates">Updates since the start, resumed ones included.</param>
/// <param name="TotalUpdates">Updates of the whole run.</param>
/// <param name="Seconds">Seconds of training in this process, measuring excluded.</param>
/// <param name="SamplesPerSecond">Training rows a second since the last report of an epoch's end.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended: only then are there figures.</param>
/// <param name="Figures">What was measured at the end of the epoch.</param>
public readonly record struct TrainingProgress(
    int Epoch, long Updates, long TotalUpdates, double Seconds, double SamplesPerSecond, bool EpochCompleted, TrainingFigures Figures);
