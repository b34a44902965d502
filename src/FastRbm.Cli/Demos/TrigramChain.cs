using FastRbm.Data;
using FastRbm.Data.Generators;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Cli.Demos;

/// <summary>Each word drawn given the two before it, from counts that are smoothed.</summary>
/// <remarks>
/// p(w | u, v) = (count(u v w) + s p(w | v)) / (count(u v) + s), and p(w | v) likewise from p(w), that from 1 / words (MacKay and Peto 1995).
/// A review begins after two marks, and is over after its last word.
/// </remarks>
internal sealed class TrigramChain
{
    private const double Smoothing = 1;

    private static readonly int _words = Reviews.Vocabulary.Count;

    private readonly double[] _ones = new double[_words];
    private readonly double[] _pairs = new double[(_words + 1) * _words];
    private readonly double[] _triples = new double[(_words + 1) * (_words + 1) * _words];

    /// <summary>Counts the words of reviews.</summary>
    /// <param name="reviews">Rows of one-hot words.</param>
    public TrigramChain(BitDataset reviews)
    {
        foreach (int[] review in ReviewRows.Words(reviews))
        {
            for (int place = 0; place < review.Length; place++)
            {
                (int before, int last) = Before(review, place);
                _ones[review[place]]++;
                _pairs[(last * _words) + review[place]]++;
                _triples[(((before * (_words + 1)) + last) * _words) + review[place]]++;
            }
        }
    }

    /// <summary>log p(review) in nats.</summary>
    public double LogProbability(ReadOnlySpan<int> review)
    {
        Span<double> next = stackalloc double[_words];
        double sum = 0;
        for (int place = 0; place < review.Length; place++)
        {
            Next(review, place, next);
            sum += DoubleMath.Log(next[review[place]]);
        }

        return sum;
    }

    /// <summary>Draws the words of a review from a place on.</summary>
    /// <param name="review">The words; those before the place are kept.</param>
    /// <param name="from">The first place to draw.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="number">Which review this is.</param>
    public void Draw(Span<int> review, int from, ulong seed, int number)
    {
        Span<double> next = stackalloc double[_words];
        for (int place = from; place < review.Length; place++)
        {
            Next(review, place, next);
            double left = new RandomStream(seed, StreamPurpose.WordChain, place, number).Uniform(0);
            int word = 0;
            while (word < _words - 1 && left >= next[word])
            {
                left -= next[word++];
            }

            review[place] = word;
        }
    }

    private static (int Before, int Last) Before(ReadOnlySpan<int> review, int place) =>
        (place > 1 ? review[place - 2] : _words, place > 0 ? review[place - 1] : _words);

    /// <summary>p(w | the two words before) of all words.</summary>
    private void Next(ReadOnlySpan<int> review, int place, Span<double> next)
    {
        (int before, int last) = Before(review, place);
        next.Fill(1.0 / _words);
        Mix(_ones, next);
        Mix(_pairs.AsSpan(last * _words, _words), next);
        Mix(_triples.AsSpan(((before * (_words + 1)) + last) * _words, _words), next);
    }

    private static void Mix(ReadOnlySpan<double> counts, Span<double> next)
    {
        double sum = Smoothing;
        foreach (double count in counts)
        {
            sum += count;
        }

        for (int word = 0; word < counts.Length; word++)
        {
            next[word] = (counts[word] + (Smoothing * next[word])) / sum;
        }
    }
}
