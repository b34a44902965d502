using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Sampling;

/// <summary>The inverse temperatures of tempered chains: ascending, from 0 or more up to 1. Level 0 is the hottest, the last has beta 1.</summary>
/// <remarks>
/// Every beta is a float, the number that half steps are scaled with. Immutable, thread-safe. Source of the adaptation: Syed,
/// Bouchard-Cote, Deligiannidis and Doucet, "Non-reversible parallel tempering: a scalable highly parallel MCMC scheme" (2021).
/// </remarks>
public sealed class TemperatureLadder
{
    private readonly float[] _betas;

    /// <summary>Makes a ladder from a list.</summary>
    /// <param name="betas">At least one: from 0 to 1, each above the one before it as a float, the last one 1. Rounded to floats.</param>
    /// <exception cref="ArgumentException">The list is empty, isn't ascending, leaves 0 to 1, or doesn't end at 1; the place is named.</exception>
    public TemperatureLadder(ReadOnlySpan<double> betas)
    {
        if (betas.IsEmpty)
        {
            Throw.Argument(nameof(betas), "at least one inverse temperature", "none");
        }

        _betas = new float[betas.Length];
        for (int level = 0; level < betas.Length; level++)
        {
            double beta = betas[level];
            if (!(beta is >= 0 and <= 1))
            {
                Throw.OutOfRange(nameof(betas), $"numbers from 0 to 1 at level {Text(level)}", Text(beta));
            }

            _betas[level] = (float)beta;
            if (level > 0 && _betas[level] <= _betas[level - 1])
            {
                Throw.Argument(nameof(betas), $"ascending floats, at level {Text(level)} more than {Text(betas[level - 1])}", Text(beta));
            }
        }

        if (_betas[^1] != 1)
        {
            Throw.Argument(nameof(betas), $"1 at the last level, {Text(betas.Length - 1)}", Text(betas[^1]));
        }
    }

    /// <summary>The number of levels.</summary>
    public int Levels => _betas.Length;

    /// <summary>The inverse temperatures, ascending.</summary>
    public ReadOnlySpan<float> Betas => _betas;

    /// <summary>The inverse temperature of a level.</summary>
    /// <param name="level">From 0, the hottest, to Levels - 1.</param>
    public double this[int level] => _betas[level];

    /// <summary>Levels in equal steps: beta_l = least + (1 - least) l / (levels - 1).</summary>
    /// <param name="levels">The number of levels, at least 2.</param>
    /// <param name="least">The beta of the hottest level, from 0 to below 1.</param>
    /// <returns>The ladder.</returns>
    public static TemperatureLadder Linear(int levels, double least = 0)
    {
        Throw.IfLess(levels, 2);
        if (!(least is >= 0 and < 1))
        {
            Throw.OutOfRange(nameof(least), "a number from 0 to below 1", Text(least));
        }

        double[] betas = new double[levels];
        for (int level = 0; level < levels; level++)
        {
            betas[level] = least + ((1 - least) * level / (levels - 1));
        }

        betas[^1] = 1;
        return new TemperatureLadder(betas);
    }

    /// <summary>Levels in equal ratios: beta_l = least^((levels - 1 - l) / (levels - 1)).</summary>
    /// <param name="levels">The number of levels, at least 2.</param>
    /// <param name="least">The beta of the hottest level, above 0 and below 1.</param>
    /// <returns>The ladder.</returns>
    public static TemperatureLadder Geometric(int levels, double least)
    {
        Throw.IfLess(levels, 2);
        if (!(least is > 0 and < 1))
        {
            Throw.OutOfRange(nameof(least), "a number above 0 and below 1", Text(least));
        }

        double logarithm = DoubleMath.Log(least);
        double[] betas = new double[levels];
        for (int level = 0; level < levels; level++)
        {
            betas[level] = DoubleMath.Exp(logarithm * (levels - 1 - level) / (levels - 1));
        }

        betas[0] = least;
        betas[^1] = 1;
        return new TemperatureLadder(betas);
    }

    /// <summary>
    /// The global communication barrier Lambda: the sum of the rejection rates of neighbouring levels, which depends little on how
    /// many levels there are, as long as each pair swaps now and then.
    /// </summary>
    /// <param name="proposed">Swaps proposed a pair: pair k is levels k and k + 1. At least 1 each.</param>
    /// <param name="accepted">Swaps accepted a pair.</param>
    /// <returns>sum_k (rejected_k + 1/2) / (proposed_k + 1): the half keeps a pair that always or never swapped from being certain.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or the counts of a pair aren't possible.</exception>
    public static double Barrier(ReadOnlySpan<long> proposed, ReadOnlySpan<long> accepted)
    {
        Throw.IfLengthDiffers(accepted.Length, proposed.Length, nameof(accepted));
        double barrier = 0;
        for (int pair = 0; pair < proposed.Length; pair++)
        {
            barrier += RejectionRate(proposed, accepted, pair);
        }

        return barrier;
    }

    /// <summary>The number of levels with which equal swap rates reach a target: ceil(barrier / (1 - rate)) + 1.</summary>
    /// <param name="barrier">Lambda, as <see cref="Barrier"/> measures it.</param>
    /// <param name="swapRate">The wanted share of accepted swaps, above 0 and below 1. Round trips are most frequent near 0.5 (Syed et al.,
    /// section 5.2).</param>
    /// <returns>At least 2.</returns>
    public static int LevelsFor(double barrier, double swapRate)
    {
        Throw.IfOutside(barrier, 0, 1e6);
        if (!(swapRate is > 0 and < 1))
        {
            Throw.OutOfRange(nameof(swapRate), "a number above 0 and below 1", Text(swapRate));
        }

        double pairs = Math.Ceiling(barrier / (1 - swapRate));
        if (!(pairs < int.MaxValue))
        {
            Throw.Argument(nameof(swapRate), "a rate that some number of levels reaches", Text(swapRate));
        }

        return Math.Max(1, (int)pairs) + 1;
    }

    /// <summary>
    /// The ladder between the same ends whose pairs share the measured rejections equally: the cumulative rejection rate over beta is
    /// interpolated linearly and cut into equal parts. A function of the counts alone.
    /// </summary>
    /// <remarks>
    /// Rates of a coarse ladder say little about where within a pair the rejections lie: measure and adapt a few times, each time
    /// longer.
    /// </remarks>
    /// <param name="proposed">Swaps proposed for each pair of neighbouring levels of this ladder, at least 1.</param>
    /// <param name="accepted">Swaps accepted a pair.</param>
    /// <param name="levels">Levels of the new ladder, at least 2; 0 for as many as here.</param>
    /// <returns>The ladder.</returns>
    /// <exception cref="ArgumentException">There are not Levels - 1 counts, or the counts of a pair aren't possible.</exception>
    public TemperatureLadder Adapted(ReadOnlySpan<long> proposed, ReadOnlySpan<long> accepted, int levels = 0)
    {
        Throw.IfLengthDiffers(proposed.Length, Levels - 1, nameof(proposed));
        double barrier = Barrier(proposed, accepted);
        if (levels != 0)
        {
            Throw.IfLess(levels, 2);
        }

        int count = levels == 0 ? Levels : levels;
        if (Levels == 1)
        {
            return count == 1 ? this : Linear(count);
        }

        double[] betas = new double[count];
        betas[0] = _betas[0];
        int pair = 0;
        double below = 0;
        double rate = RejectionRate(proposed, accepted, 0);
        for (int level = 1; level < count - 1; level++)
        {
            double wanted = barrier * level / (count - 1);
            while (below + rate < wanted && pair < Levels - 2)
            {
                below += rate;
                pair++;
                rate = RejectionRate(proposed, accepted, pair);
            }

            double share = Math.Min(1, (wanted - below) / rate);
            betas[level] = _betas[pair] + (share * ((double)_betas[pair + 1] - _betas[pair]));
        }

        betas[^1] = 1;
        return new TemperatureLadder(betas);
    }

    private static double RejectionRate(ReadOnlySpan<long> proposed, ReadOnlySpan<long> accepted, int pair)
    {
        if (proposed[pair] < 1)
        {
            Throw.Argument(nameof(proposed), "at least one proposal for each pair", string.Create(CultureInfo.InvariantCulture, $"{proposed[pair]} at pair {pair}"));
        }

        if (accepted[pair] < 0 || accepted[pair] > proposed[pair])
        {
            Throw.Argument(
                nameof(accepted),
                string.Create(CultureInfo.InvariantCulture, $"from 0 to the {proposed[pair]} proposals at pair {pair}"),
                accepted[pair].ToString(CultureInfo.InvariantCulture));
        }

        return (proposed[pair] - accepted[pair] + 0.5) / (proposed[pair] + 1.0);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
