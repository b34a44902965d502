namespace FastRbm.Evaluation.Boltzmann;

/// <summary>Exact figures of a Boltzmann machine.</summary>
/// <param name="LogPartitionFunction">log Z in nats.</param>
/// <param name="Means">E[x_i], of values 0 and 1 or -1 and 1.</param>
/// <param name="Pairs">E[x_i x_j], units x units; the diagonal is E[x_i^2].</param>
public sealed record BoltzmannMoments(double LogPartitionFunction, IReadOnlyList<double> Means, double[,] Pairs);
