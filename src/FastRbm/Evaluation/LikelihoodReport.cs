namespace FastRbm.Evaluation;

/// <summary>How likely a model finds rows of data.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="MeanFreeEnergy">Mean of F(v) over the rows, in nats.</param>
/// <param name="LogPartitionFunction">log Z in nats.</param>
/// <param name="LogLikelihood">Mean of log p(v) = -F(v) - log Z over the rows, in nats a row.</param>
/// <param name="Method">How log Z was found: "exact".</param>
public sealed record LikelihoodReport(int Rows, double MeanFreeEnergy, double LogPartitionFunction, double LogLikelihood, string Method);
