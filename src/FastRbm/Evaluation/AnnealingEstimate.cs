namespace FastRbm.Evaluation;

/// <summary>log Z by annealing, with what bounds it and whether it is to be trusted.</summary>
/// <param name="BaseLogPartitionFunction">log Z_0 = sum_i softplus(a0_i) + H log 2, of the base rates.</param>
/// <param name="LogPartitionFunction">
/// The estimate of log Z in nats: by Bennett's acceptance ratio from the runs both ways, which are each other's time reversal; by the
/// forward runs' log mean weight where there are no others, or where those contradict them (upper below lower bound).
/// </param>
/// <param name="StandardError">The standard error of the estimate as the weights' spread tells it: too small where runs missed a mode.</param>
/// <param name="Lower">The lower end of the forward estimate, 3 standard errors down.</param>
/// <param name="Upper">The upper end of the reverse estimate, 3 standard errors up; of the forward one where there is no other, or one that contradicts it.</param>
/// <param name="Forward">Runs from the base rates to the model: log Z_0 + log mean weight is log Z or, on average, less.</param>
/// <param name="Reverse">Runs from the model to the base rates: log Z_0 - log mean weight is log Z or, on average, more. Null without.</param>
/// <param name="Verdict">Whether to trust the estimate, and why.</param>
public sealed record AnnealingEstimate(
    double BaseLogPartitionFunction,
    double LogPartitionFunction,
    double StandardError,
    double Lower,
    double Upper,
    AnnealingWeights Forward,
    AnnealingWeights? Reverse,
    AnnealingVerdict Verdict)
{
    /// <summary>log Z_0 + log mean weight of the forward runs: the classic estimate, and a bound from below but for chance.</summary>
    public double ForwardLogPartitionFunction => BaseLogPartitionFunction + Forward.LogMeanWeight;

    /// <summary>log Z_0 - log mean weight of the reverse runs: a bound from above but for chance. Null without reverse runs.</summary>
    public double? ReverseLogPartitionFunction => BaseLogPartitionFunction - Reverse?.LogMeanWeight;

    /// <summary>The smaller effective sample size of the two directions.</summary>
    public double EffectiveSampleSize => Math.Min(Forward.EffectiveSampleSize, Reverse?.EffectiveSampleSize ?? double.MaxValue);

    /// <summary>Upper - Lower, in nats.</summary>
    public double Bracket => Upper - Lower;
}
