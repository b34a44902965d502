namespace FastRbm.Evaluation;

/// <summary>A deterministic estimate of log Z, with what it bounds.</summary>
/// <param name="Method">How it was found: "mean field", "TAP 2", "TAP 3", "tree-reweighted", "factorised".</param>
/// <param name="LogPartitionFunction">The estimate in nats; always finite.</param>
/// <param name="Kind">Whether log Z is at least, at most or only near the estimate. Bounds hold up to rounding, also when not converged.</param>
/// <param name="Iterations">Iterations of the run that the estimate comes from.</param>
/// <param name="Converged">Whether that run came to rest. An approximation that hasn't is not to be trusted.</param>
/// <param name="Residual">The largest change of a mean or message in its last iteration.</param>
public sealed record PartitionFunctionEstimate(
    string Method, double LogPartitionFunction, BoundKind Kind, int Iterations, bool Converged, double Residual);
