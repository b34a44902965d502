namespace FastRbm.Evaluation.Classification;

/// <summary>Exact likelihoods of labelled rows, in nats a row.</summary>
/// <param name="Joint">The mean of ln p(v,y).</param>
/// <param name="Marginal">The mean of ln p(v).</param>
/// <param name="LogPartitionFunction">log Z.</param>
public readonly record struct JointLikelihoodReport(double Joint, double Marginal, double LogPartitionFunction);
