using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>The log weights of independent annealing runs and what they say about the logarithm of the weights' mean.</summary>
/// <remarks>Immutable, thread-safe. All figures are finite.</remarks>
public sealed class AnnealingWeights
{
    private const double Deviations = 3;

    private readonly double[] _logWeights;

    /// <summary>Sums up log weights.</summary>
    /// <param name="logWeights">At least one finite number; copied.</param>
    /// <exception cref="ArgumentException">There are none, or one isn't finite; the message names its place.</exception>
    public AnnealingWeights(ReadOnlySpan<double> logWeights)
    {
        Throw.IfLess(logWeights.Length, 1);
        for (int run = 0; run < logWeights.Length; run++)
        {
            if (!double.IsFinite(logWeights[run]))
            {
                Throw.Argument(nameof(logWeights), "finite numbers", string.Create(CultureInfo.InvariantCulture, $"{logWeights[run]} at run {run}"));
            }
        }

        _logWeights = logWeights.ToArray();
        int runs = _logWeights.Length;
        double logSum = DoubleMath.LogSumExp(_logWeights);
        LogMeanWeight = logSum - DoubleMath.Log(runs);
        double squares = 0;
        double spread = 0;
        double lost = 0;
        foreach (double logWeight in _logWeights)
        {
            // Shares of the mean: none is above the number of runs, so nothing overflows.
            double share = DoubleMath.Exp(logWeight - LogMeanWeight);
            squares += share * share;
            spread += (share - 1) * (share - 1);
            lost += logWeight - LogMeanWeight;
        }

        MeanLogWeight = LogMeanWeight + (lost / runs);
        EffectiveSampleSize = Math.Clamp((double)runs * runs / squares, 1, runs);
        Lower = LogMeanWeight;
        Upper = LogMeanWeight;
        StandardError = double.PositiveInfinity;
        if (runs > 1)
        {
            StandardError = Math.Sqrt(spread / ((double)runs * (runs - 1)));
            double most = Deviations * StandardError;
            double fall = Deviations * ErrorOfMean(MeanLogWeight);
            Upper = LogMeanWeight + DoubleMath.Log1p(most);
            Lower = most < 1 ? Math.Max(LogMeanWeight + DoubleMath.Log1p(-most), MeanLogWeight - fall) : MeanLogWeight - fall;
        }
    }

    /// <summary>The log weight of each run.</summary>
    public ReadOnlySpan<double> LogWeights => _logWeights;

    /// <summary>The number of runs.</summary>
    public int Runs => _logWeights.Length;

    /// <summary>The logarithm of the mean weight: an estimate of a log ratio that is too small on average, by Jensen's inequality.</summary>
    public double LogMeanWeight { get; }

    /// <summary>The mean of the log weights: never above <see cref="LogMeanWeight"/>.</summary>
    public double MeanLogWeight { get; }

    /// <summary>
    /// The standard error of <see cref="LogMeanWeight"/> by the delta method: the mean weight's relative standard error,
    /// sqrt(sum (w / mean - 1)^2 / (n (n - 1))). Infinite for one run.
    /// </summary>
    public double StandardError { get; }

    /// <summary>(sum w)^2 / sum w^2: as many runs of equal weight would be as good. From 1 to the number of runs.</summary>
    public double EffectiveSampleSize { get; }

    /// <summary>
    /// The higher of log(mean - 3 standard errors) and of <see cref="MeanLogWeight"/> less 3 of its standard errors, which also bounds from
    /// below and has a value when the first has none. The estimate itself for one run.
    /// </summary>
    public double Lower { get; }

    /// <summary>log(mean + 3 standard errors). The estimate itself for one run.</summary>
    public double Upper { get; }

    private double ErrorOfMean(double mean)
    {
        double squares = 0;
        foreach (double logWeight in _logWeights)
        {
            squares += (logWeight - mean) * (logWeight - mean);
        }

        return Math.Sqrt(squares / ((double)Runs * (Runs - 1)));
    }
}
