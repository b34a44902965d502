using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>How well a score tells two groups of rows apart, such as digits from pictures of clothes.</summary>
/// <remarks>Source: Hanley and McNeil (1982), "The meaning and use of the area under a receiver operating characteristic (ROC) curve". Stateless, thread-safe.</remarks>
public static class RocCurve
{
    /// <summary>The area under the ROC curve: P(score of a row of the first group > score of one of the second) + P(equal) / 2.</summary>
    /// <param name="inside">Scores of rows that should score high: at least 1, none of them NaN.</param>
    /// <param name="outside">Scores of rows that should score low: at least 1, none of them NaN.</param>
    /// <returns>1 if all of the first are above all of the second, one half if the score says nothing.</returns>
    /// <exception cref="ArgumentException">A group is empty, or a score is NaN.</exception>
    public static double Area(ReadOnlySpan<double> inside, ReadOnlySpan<double> outside)
    {
        double[] first = Sorted(inside, nameof(inside));
        double[] second = Sorted(outside, nameof(outside));
        long twice = 0;
        int below = 0;
        int notAbove = 0;
        foreach (double score in first)
        {
            while (below < second.Length && second[below] < score)
            {
                below++;
            }

            while (notAbove < second.Length && second[notAbove] <= score)
            {
                notAbove++;
            }

            twice += below + notAbove;
        }

        return twice / (2.0 * first.Length * second.Length);
    }

    private static double[] Sorted(ReadOnlySpan<double> scores, string name)
    {
        if (scores.IsEmpty)
        {
            Throw.Argument(name, "at least 1 score", "none");
        }

        foreach (double score in scores)
        {
            if (double.IsNaN(score))
            {
                Throw.Argument(name, "scores that are numbers", "NaN");
            }
        }

        double[] sorted = scores.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
