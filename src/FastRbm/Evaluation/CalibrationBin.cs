namespace FastRbm.Evaluation;

/// <summary>Rows whose most probable class has a probability in one interval.</summary>
/// <param name="Count">How many rows.</param>
/// <param name="Confidence">The mean probability of their most probable class; NaN without rows.</param>
/// <param name="Accuracy">The share of them of which it is the class; NaN without rows.</param>
public sealed record CalibrationBin(int Count, double Confidence, double Accuracy);
