using FastRbm.Data;
using FastRbm.Data.Generators;
using FastRbm.Memory;

namespace FastRbm.Cli.Demos;

/// <summary>Reviews as rows of one-hot words and as numbers of words.</summary>
internal static class ReviewRows
{
    /// <summary>The columns of a row.</summary>
    public static int Columns => Reviews.Length * Reviews.Vocabulary.Count;

    /// <summary>The words of all rows.</summary>
    public static int[][] Words(BitDataset rows)
    {
        float[] states = new float[rows.Columns];
        int[][] reviews = new int[rows.Rows][];
        for (int row = 0; row < reviews.Length; row++)
        {
            rows.CopyMeans(row, states);
            reviews[row] = new int[Reviews.Length];
            Reviews.Decode(states, reviews[row]);
        }

        return reviews;
    }

    /// <summary>One-hot rows.</summary>
    public static Matrix States(IReadOnlyList<int[]> reviews)
    {
        Matrix states = new(reviews.Count, Columns);
        for (int row = 0; row < reviews.Count; row++)
        {
            for (int place = 0; place < reviews[row].Length; place++)
            {
                states[row, (place * Reviews.Vocabulary.Count) + reviews[row][place]] = 1;
            }
        }

        return states;
    }

    /// <summary>A number for each review that there can be.</summary>
    public static long Number(ReadOnlySpan<int> review)
    {
        long number = 0;
        foreach (int word in review)
        {
            number = (number * Reviews.Vocabulary.Count) + word;
        }

        return number;
    }

    /// <summary>A text as numbers of words.</summary>
    public static int[] Parse(string text) => [.. text.Split(' ').Select(static word => Reviews.Vocabulary.Select((known, i) => (known, i)).Single(pair => pair.known == word).i)];

    /// <summary>The share of reviews that follow the grammar.</summary>
    public static double Grammatical(IReadOnlyList<int[]> reviews) => reviews.Average(static review => Reviews.FollowsGrammar(review) ? 1.0 : 0.0);
}
