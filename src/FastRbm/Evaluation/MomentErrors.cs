namespace FastRbm.Evaluation;

/// <summary>How far the moments of samples are from those of data.</summary>
/// <remarks>
/// Errors are root mean squares over units or pairs i &lt; j. Each comes with its noise: about what two independent sets of these sizes
/// from one distribution would show, sqrt(mean of q (1 - q) (1 / samples + 1 / data)), q the mean of both sets. Dependent samples
/// show more. A correlation is null where one side is the same for all units or pairs.
/// </remarks>
/// <param name="Samples">Rows of samples.</param>
/// <param name="Data">Rows of data.</param>
/// <param name="MeanError">Of the means, &lt;v_i&gt;.</param>
/// <param name="MeanNoise">The noise of <paramref name="MeanError"/>.</param>
/// <param name="LargestMeanError">The largest absolute difference of a mean.</param>
/// <param name="LargestMeanErrorUnit">The unit that has it (the first of several).</param>
/// <param name="MeanCorrelation">Pearson correlation of the means over units.</param>
/// <param name="Pairs">The number of pairs; 0 for a single unit, and then all that follows is 0 or null.</param>
/// <param name="PairError">Of the pairwise moments, &lt;v_i v_j&gt;.</param>
/// <param name="PairNoise">The noise of <paramref name="PairError"/>.</param>
/// <param name="CovarianceError">Of the covariances, &lt;v_i v_j&gt; - &lt;v_i&gt;&lt;v_j&gt;.</param>
/// <param name="CovarianceCorrelation">Pearson correlation of the covariances over pairs.</param>
public sealed record MomentErrors(
    int Samples,
    int Data,
    double MeanError,
    double MeanNoise,
    double LargestMeanError,
    int LargestMeanErrorUnit,
    double? MeanCorrelation,
    long Pairs,
    double PairError,
    double PairNoise,
    double CovarianceError,
    double? CovarianceCorrelation);
