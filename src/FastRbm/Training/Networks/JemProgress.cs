namespace FastRbm.Training.Networks;

/// <summary>Where the training of an energy network stands.</summary>
/// <param name="Epoch">The present epoch, from 1.</param>
/// <param name="Update">Updates done.</param>
/// <param name="Updates">Updates of the whole run.</param>
/// <param name="EpochCompleted">Whether the epoch has just ended; the figures are known then.</param>
/// <param name="Training">Means over the epoch; NaN before its end.</param>
/// <param name="Validation">Figures of the validation rows; NaN without.</param>
public readonly record struct JemProgress(int Epoch, long Update, long Updates, bool EpochCompleted, JemFigures Training, ClassifierFigures Validation);
