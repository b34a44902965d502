namespace FastRbm.Evaluation;

/// <summary>What chains of one scalar say about how well they mix.</summary>
/// <remarks>
/// No figure is ever NaN. Without <see cref="SeriesStatus.Measured"/> the effective sizes are 0 and times, errors and R-hats are
/// infinite, so that a comparison with a threshold fails on the safe side; mean and deviation always hold.
/// </remarks>
/// <param name="Status">Whether the series could be judged.</param>
/// <param name="Chains">The number of chains.</param>
/// <param name="Draws">Draws of each chain.</param>
/// <param name="Mean">Mean of all draws.</param>
/// <param name="StandardDeviation">Standard deviation of all draws (divided by their number less one; 0 for a single draw).</param>
/// <param name="AutocorrelationTime">tau = 1 + 2 sum over t of rho_t, in draws; below 1 for antithetic draws.</param>
/// <param name="EffectiveSampleSize">Chains x draws / tau: as many independent draws give the mean the same error.</param>
/// <param name="StandardError">Monte-Carlo standard error of the mean: standard deviation / sqrt(effective sample size).</param>
/// <param name="SplitRHat">Plain split R-hat: 1 when halves of chains agree.</param>
/// <param name="RankRHat">Rank-normalised split R-hat, the larger one of location and of scale (folded).</param>
/// <param name="BulkEffectiveSampleSize">The effective sample size of the rank-normalised draws, which heavy tails don't upset.</param>
public sealed record SeriesSummary(
    SeriesStatus Status,
    int Chains,
    int Draws,
    double Mean,
    double StandardDeviation,
    double AutocorrelationTime,
    double EffectiveSampleSize,
    double StandardError,
    double SplitRHat,
    double RankRHat,
    double BulkEffectiveSampleSize);
