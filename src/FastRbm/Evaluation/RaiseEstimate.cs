namespace FastRbm.Evaluation;

/// <summary>Log-likelihoods of rows by reverse annealing.</summary>
/// <param name="LogLikelihoods">A number a row, in nats: too small on average.</param>
/// <param name="Mean">Their mean, in nats a row.</param>
/// <param name="StandardError">The standard error of the mean as one of rows like these: the rows' own spread is most of it. Infinite for one row.</param>
public sealed record RaiseEstimate(IReadOnlyList<double> LogLikelihoods, double Mean, double StandardError);
