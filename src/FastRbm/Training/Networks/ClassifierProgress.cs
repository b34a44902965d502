namespace FastRbm.Training.Networks;

/// <summary>Where the training of a classifier stands.</summary>
/// <param name="Epoch">The present epoch, from 1.</param>
/// <param name="Update">Updates done.</param>
/// <param name="Updates">Updates of the whole run.</param>
/// <param name="EpochCompleted">Whether the epoch has just ended; the figures are known then.</param>
/// <param name="Training">The mean loss and error of the epoch's updates, as they came.</param>
/// <param name="Validation">Figures of the validation rows; NaN without.</param>
public readonly record struct ClassifierProgress(int Epoch, long Update, long Updates, bool EpochCompleted, ClassifierFigures Training, ClassifierFigures Validation);
