namespace FastRbm.Training.Deep;

/// <summary>Where training a deep model stands.</summary>
/// <param name="Epoch">The epoch that the last update belongs to, counted from 1.</param>
/// <param name="Updates">Updates since the start, resumed ones included.</param>
/// <param name="TotalUpdates">Updates of the whole run.</param>
/// <param name="Seconds">Seconds of training in this process.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended.</param>
/// <param name="ReconstructionError">The mean over the epoch's rows and visible units of (v - E[v | m])^2, with m the mean-field means: a diagnostic.</param>
public readonly record struct DeepProgress(int Epoch, long Updates, long TotalUpdates, double Seconds, bool EpochCompleted, double ReconstructionError);
