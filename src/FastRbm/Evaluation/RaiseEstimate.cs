namespace FastRbm.Evaluation;

/// <summary>Log-likelihoods of rows by reverse annealing.</summary>
/// <param name="LogLikelihoods">A number a row, in nats: too small on average.</param>
/// <param name="Mean">Their mean, in nats a row.</param>
/// <param name="StandardError">The standard error of the mean over rows and runs; infinite for one row.</param>
public sealed record RaiseEstimate(IReadOnlyList<double> LogLikelihoods, double Mean, double StandardError);
