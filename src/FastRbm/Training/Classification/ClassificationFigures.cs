namespace FastRbm.Training.Classification;

/// <summary>What is known of a classifier at the end of an epoch.</summary>
/// <param name="TrainingError">The share of labelled training rows whose class had not the largest p(y | v), each told just before the update that it was in.</param>
/// <param name="TrainingCrossEntropy">The mean of -ln p(y | v) of the same, in nats.</param>
/// <param name="ValidationError">The share of validation rows told wrong after the epoch; NaN without validation rows.</param>
/// <param name="ValidationCrossEntropy">The mean of -ln p(y | v) of the validation rows, in nats; NaN without.</param>
public readonly record struct ClassificationFigures(
    double TrainingError, double TrainingCrossEntropy, double ValidationError, double ValidationCrossEntropy);
