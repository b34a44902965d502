namespace FastRbm.Evaluation.Deep;

/// <summary>A lower bound on the log-likelihood of rows under a deep model, with log Z by annealing.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="MeanBound">The mean over rows of the variational bound on log p(v) + log Z, in nats.</param>
/// <param name="StandardError">The standard error of that mean over rows.</param>
/// <param name="Partition">log Z, with bounds and a verdict.</param>
public sealed record DeepLikelihoodReport(int Rows, double MeanBound, double StandardError, AnnealingEstimate Partition)
{
    /// <summary>The bound on the mean log-likelihood in nats a row, with the estimate of log Z.</summary>
    public double LogLikelihood => MeanBound - Partition.LogPartitionFunction;

    /// <summary>The same with the upper bound on log Z: cautious in both.</summary>
    public double Lower => MeanBound - Partition.Upper;

    /// <summary>The same with the lower bound on log Z, which forward annealing flatters.</summary>
    public double Upper => MeanBound - Partition.Lower;
}
