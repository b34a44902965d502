namespace FastRbm.Training.Boltzmann;

/// <summary>What is measured after an epoch.</summary>
/// <param name="LogPseudoLikelihood">Mean log pseudo-likelihood of the first rows, in nats a row.</param>
/// <param name="LogLikelihood">Mean log-likelihood of these rows, in nats a row; NaN for machines of more than 16 units.</param>
public readonly record struct BoltzmannFigures(double LogPseudoLikelihood, double LogLikelihood);
