namespace FastRbm.Sampling;

/// <summary>An estimate of log Z in nats.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error; infinite where there are too few samples to tell.</param>
public readonly record struct LogPartitionEstimate(double Value, double StandardError);
