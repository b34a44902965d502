using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>Autocorrelation time, effective sample size, R-hat and Monte-Carlo error of a scalar that is followed along chains.</summary>
/// <remarks>
/// <para>Chains are split in halves of n draws. With W the mean variance within and B / n the variance of the means of halves,
/// var+ = W (n - 1) / n + B / n and R-hat = sqrt(var+ / W). rho_t = 1 - (W - mean autocovariance at lag t) / var+, summed over
/// Geyer's initial positive, monotone sequence: tau = 1 + 2 sum rho_t. Chains that disagree have a rho that stays up, so their
/// effective size falls towards the number of distinct chains.</para>
/// <para>R-hat is about 1 + tau / (2 n) for many stationary chains: 1.05 means some ten independent draws in each half.</para>
/// <para>The order of all sums is fixed and no function of the C library is called: the same bits everywhere. Takes
/// O(draws log draws) a chain, allocates some copies of the draws; thread-safe. Sources: Vehtari, Gelman, Simpson, Carpenter and
/// Buerkner (2021), "Rank-normalization, folding, and localization: an improved R-hat", equations 1 to 4, 10, 11, 13 and 14; Geyer (1992),
/// "Practical Markov chain Monte Carlo", section 3.3.</para>
/// </remarks>
public static class ChainDiagnostics
{
    /// <summary>The fewest draws a chain that are judged.</summary>
    public const int LeastDraws = 16;

    /// <summary>Judges many chains.</summary>
    /// <param name="draws">A chain a row, in time order; finite.</param>
    /// <returns>The figures; see <see cref="SeriesSummary.Status"/>.</returns>
    /// <exception cref="ArgumentException">There are no draws, or one isn't finite (chain and draw are named).</exception>
    public static SeriesSummary Summarize(ReadOnlySpan2D<double> draws)
    {
        double[] values = Copy(draws);
        int chains = draws.Height;
        int length = draws.Width;
        ScaledSeries scaled = ScaledSeries.Of(values);
        SeriesStatus status = length < LeastDraws ? SeriesStatus.TooShort : StatusOf(values, chains, length);
        if (status != SeriesStatus.Measured)
        {
            return new SeriesSummary(
                status, chains, length, scaled.Mean, scaled.Deviation, double.PositiveInfinity, 0, double.PositiveInfinity,
                double.PositiveInfinity, double.PositiveInfinity, 0);
        }

        ChainParts plain = new(values, chains, length, parts: 2);
        double time = plain.AutocorrelationTime();
        double size = (double)chains * length / time;
        NormalScores.Replace(values);
        ChainParts ranked = new(values, chains, length, parts: 2);
        double bulk = (double)chains * length / ranked.AutocorrelationTime();
        Copy(draws, values);
        ScaledSeries.Of(values);
        NormalScores.Fold(values);
        NormalScores.Replace(values);
        ChainParts folded = new(values, chains, length, parts: 2);
        return new SeriesSummary(
            status, chains, length, scaled.Mean, scaled.Deviation, time, size, scaled.Deviation / Math.Sqrt(size), plain.RHat(),
            Math.Max(ranked.RHat(), folded.RHat()), bulk);
    }

    /// <summary>Judges one chain.</summary>
    /// <param name="draws">The draws in time order; finite.</param>
    /// <returns>The figures; see <see cref="SeriesSummary.Status"/>.</returns>
    /// <exception cref="ArgumentException">There are no draws, or one isn't finite.</exception>
    public static SeriesSummary Summarize(ReadOnlySpan<double> draws) =>
        Summarize(draws.IsEmpty ? default : draws.AsSpan2D(1, draws.Length));

    /// <summary>rho_t by lag, of whole chains: 1 - (W - mean autocovariance at lag t) / var+.</summary>
    /// <remarks>Not cut off: at long lags it is mostly noise. All 0 but the first when no draw differs from any other.</remarks>
    /// <param name="draws">A chain a row, in time order; finite.</param>
    /// <param name="lags">How many lags, from 0: 1 to the draws of a chain.</param>
    /// <returns>A correlation a lag, the first is 1.</returns>
    /// <exception cref="ArgumentException">There are fewer than 2 draws a chain, or one isn't finite; or lags are out of range.</exception>
    public static double[] Autocorrelations(ReadOnlySpan2D<double> draws, int lags)
    {
        double[] values = Copy(draws);
        if (draws.Width < 2)
        {
            Throw.Argument(nameof(draws), "at least 2 draws a chain", $"{draws.Width}");
        }

        Throw.IfOutside(lags, 1, draws.Width);
        ScaledSeries.Of(values);
        double[] result = new ChainParts(values, draws.Height, draws.Width, parts: 1).Correlations()[..lags];
        result[0] = 1;
        return result;
    }

    /// <summary>Nested R-hat: whether groups of chains agree, such as chains from two kinds of starts.</summary>
    /// <remarks>
    /// sqrt(1 + B / W), where B is the variance of the means of groups and W the mean over groups of (variance of the means of their
    /// chains + mean variance within chains). Many short chains may each be far from forgetting their start while the groups agree or
    /// not. Source: Margossian et al. (2024), "Nested R-hat", section 2, with groups as superchains (of equal or other sizes).
    /// </remarks>
    /// <param name="draws">A chain a row.</param>
    /// <param name="first">Chains of the first group: the upper rows; the others are the second. 1 to chains - 1.</param>
    /// <returns>R-hat, at least 1, and the difference of the groups' means in standard errors, taken over chains.</returns>
    /// <exception cref="ArgumentException">A group has fewer than two chains, a chain fewer than 2 draws, or a draw isn't finite.</exception>
    public static GroupComparison CompareGroups(ReadOnlySpan2D<double> draws, int first)
    {
        double[] values = Copy(draws);
        Throw.IfOutside(first, 2, Math.Max(2, draws.Height - 2));
        if (draws.Height < 4 || draws.Width < 2)
        {
            Throw.Argument(nameof(draws), "at least 4 chains of 2 draws", $"{draws.Height} chains of {draws.Width}");
        }

        ScaledSeries scaled = ScaledSeries.Of(values);
        return GroupComparison.Of(new ChainParts(values, draws.Height, draws.Width, parts: 1), first, scaled);
    }

    private static SeriesStatus StatusOf(double[] values, int chains, int length)
    {
        bool same = true;
        for (int chain = 0; chain < chains; chain++)
        {
            double start = values[chain * length];
            same &= start == values[0];
            foreach (double value in values.AsSpan(chain * length, length))
            {
                if (value != start)
                {
                    return SeriesStatus.Measured;
                }
            }
        }

        return same ? SeriesStatus.Constant : SeriesStatus.Frozen;
    }

    private static double[] Copy(ReadOnlySpan2D<double> draws)
    {
        if (draws.Height < 1 || draws.Width < 1)
        {
            Throw.Argument(nameof(draws), "at least one chain of one draw", $"{draws.Height} chains of {draws.Width}");
        }

        double[] values = new double[checked(draws.Height * draws.Width)];
        Copy(draws, values);
        return values;
    }

    private static void Copy(ReadOnlySpan2D<double> draws, double[] values)
    {
        for (int chain = 0; chain < draws.Height; chain++)
        {
            for (int draw = 0; draw < draws.Width; draw++)
            {
                double value = draws[chain, draw];
                if (!double.IsFinite(value))
                {
                    Throw.Argument(
                        nameof(draws), "finite values", string.Create(CultureInfo.InvariantCulture, $"{value} at chain {chain}, draw {draw}"));
                }

                values[(chain * draws.Width) + draw] = value;
            }
        }
    }
}
