namespace FastRbm.Testing;

/// <summary>The likelihood-ratio test of counts against the probabilities that they should follow.</summary>
/// <remarks>
/// G = 2 sum_i O_i log(O_i / E_i), nearly chi-square distributed with (cells - 1) degrees of freedom. Cells with a small
/// expectation are pooled with their neighbours in size, by expectation alone, so the counts don't steer it.
/// Source: Sokal and Rohlf, "Biometry", chapter 17.
/// </remarks>
/// <param name="Statistic">G; infinite when something impossible was counted.</param>
/// <param name="DegreesOfFreedom">Cells after pooling, minus one.</param>
/// <param name="PValue">The probability of a G at least as large if the probabilities are right.</param>
public readonly record struct GTest(double Statistic, int DegreesOfFreedom, double PValue)
{
    /// <summary>Below this expectation a cell is pooled, unless the caller says otherwise.</summary>
    public const double DefaultMinimumExpected = 5;

    /// <summary>Tests counts of cells.</summary>
    /// <param name="counts">How often each cell was seen.</param>
    /// <param name="probabilities">Of each cell; they sum to 1.</param>
    /// <param name="minimumExpected">Cells that are expected less often are pooled until the pool is expected as often.</param>
    /// <exception cref="ArgumentException">Lengths differ, a number is negative, or the probabilities don't sum to 1 within 1e-9.</exception>
    public static GTest Of(ReadOnlySpan<long> counts, ReadOnlySpan<double> probabilities, double minimumExpected = DefaultMinimumExpected)
    {
        long total = Validate(counts, probabilities);
        List<(double Expected, long Count)> cells = [];
        for (int i = 0; i < counts.Length; i++)
        {
            if (probabilities[i] > 0)
            {
                cells.Add((probabilities[i] * total, counts[i]));
            }
            else if (counts[i] > 0)
            {
                return new GTest(double.PositiveInfinity, 0, 0);
            }
        }

        List<(double Expected, long Count)> pooled = Pool(cells, minimumExpected);
        double statistic = 0;
        foreach ((double expected, long count) in pooled)
        {
            statistic += count == 0 ? 0 : 2 * count * Math.Log(count / expected);
        }

        // Rounding may leave a perfect fit a little below zero.
        statistic = Math.Max(statistic, 0);
        int degrees = pooled.Count - 1;
        return new GTest(statistic, degrees, degrees < 1 ? 1 : ChiSquareUpperTail(statistic, degrees));
    }

    /// <summary>Tests counts of pairs, such as (state before, state after) a step, against their joint probabilities.</summary>
    /// <param name="counts">[first, second].</param>
    /// <param name="probabilities">[first, second]; they sum to 1.</param>
    /// <param name="minimumExpected">As for single cells.</param>
    public static GTest OfPairs(long[,] counts, double[,] probabilities, double minimumExpected = DefaultMinimumExpected)
    {
        if (counts.GetLength(0) != probabilities.GetLength(0) || counts.GetLength(1) != probabilities.GetLength(1))
        {
            throw new ArgumentException("Expected a probability for each pair.", nameof(probabilities));
        }

        return Of(counts.Cast<long>().ToArray(), probabilities.Cast<double>().ToArray(), minimumExpected);
    }

    /// <summary>The probability that a chi-square number is above x.</summary>
    /// <param name="x">0 or more.</param>
    /// <param name="degreesOfFreedom">1 or more.</param>
    public static double ChiSquareUpperTail(double x, int degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 1);
        return SpecialFunctions.UpperGamma(degreesOfFreedom / 2.0, x / 2);
    }

    private static long Validate(ReadOnlySpan<long> counts, ReadOnlySpan<double> probabilities)
    {
        if (counts.Length != probabilities.Length)
        {
            throw new ArgumentException($"Expected a probability for each of {counts.Length} cells, found {probabilities.Length}.", nameof(probabilities));
        }

        long total = 0;
        double sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            ArgumentOutOfRangeException.ThrowIfNegative(probabilities[i], nameof(probabilities));
            total += counts[i];
            sum += probabilities[i];
        }

        if (!(Math.Abs(sum - 1) <= 1e-9))
        {
            throw new ArgumentException($"Expected probabilities that sum to 1, found a sum of {sum}.", nameof(probabilities));
        }

        return total;
    }

    /// <summary>In the order of their expectations, sums neighbours until each sum reaches the minimum; a rest joins the last sum.</summary>
    private static List<(double Expected, long Count)> Pool(List<(double Expected, long Count)> cells, double minimumExpected)
    {
        List<(double Expected, long Count)> pools = [];
        (double Expected, long Count) pool = default;
        foreach ((double expected, long count) in cells.OrderBy(cell => cell.Expected))
        {
            pool = (pool.Expected + expected, pool.Count + count);
            if (pool.Expected >= minimumExpected)
            {
                pools.Add(pool);
                pool = default;
            }
        }

        if (pool.Expected > 0)
        {
            (double expected, long count) = pools.Count > 0 ? pools[^1] : default;
            pools = [.. pools.SkipLast(1), (expected + pool.Expected, count + pool.Count)];
        }

        return pools;
    }
}
