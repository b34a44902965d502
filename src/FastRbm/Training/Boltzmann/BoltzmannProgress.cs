namespace FastRbm.Training.Boltzmann;

/// <summary>How far a run is.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Updates">Updates done.</param>
/// <param name="TotalUpdates">Updates of the whole run.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended: then there are figures.</param>
/// <param name="Figures">What was measured after the epoch.</param>
public readonly record struct BoltzmannProgress(int Epoch, long Updates, long TotalUpdates, bool EpochCompleted, BoltzmannFigures Figures);
