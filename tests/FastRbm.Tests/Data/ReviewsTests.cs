using FastRbm.Data;
using FastRbm.Data.Generators;

namespace FastRbm.Tests.Data;

public sealed class ReviewsTests
{
    [Fact]
    public void There_are_fifty_different_words_and_all_come_in_reviews()
    {
        Assert.Equal(50, Reviews.Vocabulary.Count);
        Assert.Equal(50, Reviews.Vocabulary.Distinct().Count());
        Assert.Equal(50, Reviews.All().SelectMany(static review => review).Distinct().Count());
        Assert.Equal(50, WordsOf(Reviews.Create(8000)).SelectMany(static review => review).Distinct().Count());
    }

    [Fact]
    public void All_reviews_of_the_grammar_are_different_and_an_authors_probabilities_sum_to_one()
    {
        IReadOnlyList<int[]> all = Reviews.All();
        Assert.Equal(all.Count, all.Select(static review => Reviews.Text(review)).Distinct().Count());
        Assert.All(all, static review => Assert.True(Reviews.FollowsGrammar(review)));
        Assert.Equal(12, all.Select(static review => Reviews.SentenceOf(review)).Distinct().Count());
        Assert.Equal(1, all.Sum(static review => Math.Exp(Reviews.LogProbability(0, review))), 10);
        Assert.Equal(1, all.Sum(static review => Math.Exp(Reviews.LogProbability(1, review))), 10);
    }

    [Theory]
    [InlineData("the soup was wonderful today", true)]
    [InlineData("never order cold bitter coffee", true)]
    [InlineData("never order warm lovely coffee", false)]
    [InlineData("warm soup and burnt tea", false)]
    [InlineData("warm soup and lovely tea", true)]
    [InlineData("i hated the lovely cake", false)]
    [InlineData("what a stale salty pie", true)]
    [InlineData("what a stale salty soup", false)]
    [InlineData("soup soup soup soup soup", false)]
    public void The_grammar_holds_praise_and_complaint_apart(string text, bool follows)
    {
        int[] review = Parse(text);
        Assert.Equal(follows, Reviews.FollowsGrammar(review));
        Assert.Equal(follows, Reviews.SentenceOf(review) >= 0);
        Assert.Equal(follows, double.IsFinite(Reviews.LogProbability(0, review)));
        Assert.Equal(text, Reviews.Text(review));
    }

    [Fact]
    public void Rows_are_reviews_as_potts_states_labelled_by_author_and_splits_have_none_in_common()
    {
        Dictionary<DatasetSplit, HashSet<string>> texts = [];
        foreach (DatasetSplit split in (DatasetSplit[])[DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.Test])
        {
            BitDataset rows = Reviews.Create(1000, split);
            Assert.Equal(250, rows.Columns);
            Assert.Same(rows, UnitTable.Encode(UnitTable.LayerFor("potts:50", rows), rows));
            Assert.Equal("potts:50x5", UnitTable.LayerFor("potts:50", rows).Name);
            int[][] words = WordsOf(rows);
            Assert.All(words, static review => Assert.True(Reviews.FollowsGrammar(review)));
            Assert.Equal([.. Enumerable.Range(0, 1000).Select(static row => (byte)(row % 2))], rows.Labels.ToArray());
            texts.Add(split, [.. words.Select(static review => Reviews.Text(review))]);
        }

        Assert.Empty(texts[DatasetSplit.Train].Intersect(texts[DatasetSplit.Test]));
        Assert.Empty(texts[DatasetSplit.Train].Intersect(texts[DatasetSplit.Validation]));
        Assert.Empty(texts[DatasetSplit.Test].Intersect(texts[DatasetSplit.Validation]));
    }

    [Fact]
    public void An_authors_own_rows_are_those_of_the_common_set_and_another_seed_gives_others()
    {
        int[][] both = WordsOf(Reviews.Create(40));
        Assert.Equal(both.Where(static (_, row) => row % 2 == 1), WordsOf(Reviews.CreateOf(1, 20)));
        Assert.Equal(both.Take(30), WordsOf(Reviews.Create(30)));
        Assert.NotEqual(both, WordsOf(Reviews.Create(40, seed: 51)));
    }

    [Fact]
    public void Sentences_come_as_often_as_their_probabilities_say()
    {
        // Of an author's reviews some are held out, which changes shares a little: so shares are compared among the training ones.
        const int Rows = 20_000;
        for (int author = 0; author < 2; author++)
        {
            int[][] own = WordsOf(Reviews.CreateOf(author, Rows));
            HashSet<string> trained = [.. own.Select(static review => Reviews.Text(review))];
            int[][] known = [.. Reviews.All().Where(review => trained.Contains(Reviews.Text(review)))];
            double total = known.Sum(review => Math.Exp(Reviews.LogProbability(author, review)));
            for (int sentence = 0; sentence < 12; sentence++)
            {
                double expected = known.Where(review => Reviews.SentenceOf(review) == sentence).Sum(review => Math.Exp(Reviews.LogProbability(author, review))) / total;
                double found = own.Average(review => Reviews.SentenceOf(review) == sentence ? 1.0 : 0.0);

                // Five standard deviations, and what the training reviews that never came would have had.
                Assert.InRange(found, expected - (5 * Math.Sqrt(expected / Rows)) - 0.01, expected + (5 * Math.Sqrt(expected / Rows)) + 0.01);
            }
        }
    }

    [Fact]
    public void Wrong_authors_words_and_lengths_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => Reviews.CreateOf(2, 5));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Reviews.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Reviews.Text([50]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Reviews.SentenceOf([0, 0, 0, 0, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Reviews.LogProbability(-1, [0, 0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(static () => Reviews.FollowsGrammar([0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(static () => Reviews.Decode(new float[249], new int[5]));
    }

    private static int[] Parse(string text) => [.. text.Split(' ').Select(static word => Reviews.Vocabulary.ToList().IndexOf(word))];

    private static int[][] WordsOf(BitDataset rows)
    {
        float[] states = new float[rows.Columns];
        int[][] reviews = new int[rows.Rows][];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, states);
            reviews[row] = new int[5];
            Reviews.Decode(states, reviews[row]);
        }

        return reviews;
    }
}
