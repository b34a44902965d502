namespace FastRbm.Training.Classification;

/// <summary>Where a run stands.</summary>
/// <param name="Epoch">The epoch that the last update belongs to, counted from 1.</param>
/// <param name="Updates">Updates since the start, resumed ones included.</param>
/// <param name="TotalUpdates">Updates of the whole run.</param>
/// <param name="Seconds">Seconds of training in this process, measuring excluded.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended: only then are there figures.</param>
/// <param name="Figures">What is known at the end of the epoch.</param>
public readonly record struct ClassificationProgress(
    int Epoch, long Updates, long TotalUpdates, double Seconds, bool EpochCompleted, ClassificationFigures Figures);
