namespace FastRbm.Evaluation;

/// <summary>The pseudo-likelihood of rows of data under a model.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="LogPseudoLikelihood">Mean over the rows of sum_i log p(v_i | all other visible units), or its estimate, in nats a row.</param>
/// <param name="StandardError">
/// The standard deviation of the rows' values divided by the square root of their number, in nats; null for a single row. Of the exact
/// figure it says how far other rows from the same source would move it; of the stochastic one, how far other rows and units would.
/// </param>
/// <param name="Method">"exact" or "stochastic".</param>
public sealed record PseudoLikelihoodReport(int Rows, double LogPseudoLikelihood, double? StandardError, string Method);
