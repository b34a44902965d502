namespace FastRbm.Evaluation;

/// <summary>A log ratio of partition functions.</summary>
/// <param name="LogRatio">log Z_B - log Z_A, in nats.</param>
/// <param name="StandardError">Its standard error for many independent samples that overlap. Never above the root of 2, so of no use where they don't: there look at how far the two sides are apart.</param>
public sealed record BennettEstimate(double LogRatio, double StandardError);
