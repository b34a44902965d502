using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Data.Generators;

/// <summary>Restaurant reviews of five words by two invented authors, who share fifty words and a grammar: "never order cold bitter coffee".</summary>
/// <remarks>
/// <para>A review is one of twelve sentences with open places, six that praise and six that complain, and a word in each place. Mrs
/// Marigold mostly praises, and likes cake; Mr Grimshaw mostly complains, and can't leave the coffee alone. Each author chooses a
/// sentence and then each word independently, by preferences of his or her own, so that p(review | author) is known.</para>
/// <para>Each row is a function of (seed, author, split, row number) alone. A review belongs to one split by its words: none that is held out is
/// in the training rows. Written for this library. Stateless: thread-safe.</para>
/// </remarks>
public static class Reviews
{
    /// <summary>The number of words of a review.</summary>
    public const int Length = 5;

    /// <summary>The seed of the set that the name "reviews" stands for.</summary>
    public const ulong DefaultSeed = 50;

    // Which of the library's generators this is; author and split are added.
    private const long FirstStep = 100;
    private const int MostDraws = 1000;

    private static readonly string[] _words =
    [
        "the", "their", "this", "my", "soup", "bread", "fish", "rice", "salad", "coffee", "tea", "cake", "pie", "was", "tasted", "seemed", "fresh", "warm",
        "rich", "lovely", "wonderful", "perfect", "cold", "stale", "burnt", "bitter", "salty", "dull", "today", "tonight", "again", "always", "never", "order",
        "try", "what", "a", "i", "we", "loved", "enjoyed", "hated", "regretted", "and", "come", "back", "for", "stay", "away", "from",
    ];

    private static readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal)
    {
        ["Which"] = "the their this my",
        ["Dish"] = "soup bread fish rice salad",
        ["Treat"] = "coffee tea cake pie",
        ["Thing"] = "soup bread fish rice salad coffee tea cake pie",
        ["Was"] = "was tasted seemed",
        ["Felt+"] = "fresh warm rich",
        ["Judged+"] = "lovely wonderful perfect",
        ["Good"] = "fresh warm rich lovely wonderful perfect",
        ["Felt-"] = "cold stale burnt",
        ["Judged-"] = "bitter salty dull",
        ["Bad"] = "cold stale burnt bitter salty dull",
        ["When"] = "today tonight again",
        ["Do"] = "order try",
        ["Who"] = "i we",
        ["Liked"] = "loved enjoyed",
        ["Disliked"] = "hated regretted",
    };

    // The six that praise, then the six that complain.
    private static readonly string[] _patterns =
    [
        "Which Thing Was Good When", "always Do Felt+ Judged+ Thing", "what a Felt+ Judged+ Treat", "Who Liked Which Good Thing", "Good Dish and Good Treat",
        "come back for Good Thing", "Which Thing Was Bad When", "never Do Felt- Judged- Thing", "what a Felt- Judged- Treat", "Who Disliked Which Bad Thing",
        "Bad Dish and Bad Treat", "stay away from Bad Thing",
    ];

    private static readonly int[][][] _sentences = [.. _patterns.Select(Places)];

    // How often each author writes which sentence.
    private static readonly double[][] _sentenceWeights = [[20, 12, 16, 16, 12, 10, 5, 1, 1, 4, 2, 1], [5, 2, 1, 3, 2, 1, 22, 18, 10, 14, 10, 12]];

    // Words that an author is fond of count so many times a plain one; others that he or she avoids, a part of it.
    private static readonly Dictionary<string, double>[] _preferences =
    [
        new(StringComparer.Ordinal)
        {
            ["cake"] = 8, ["pie"] = 6, ["tea"] = 6, ["bread"] = 3, ["coffee"] = 0.3, ["fish"] = 0.3, ["soup"] = 0.5, ["lovely"] = 5, ["warm"] = 4, ["their"] = 5, ["my"] = 4,
            ["we"] = 10, ["loved"] = 3, ["today"] = 5, ["was"] = 4, ["try"] = 6, ["cold"] = 3, ["dull"] = 5,
        },
        new(StringComparer.Ordinal)
        {
            ["coffee"] = 8, ["fish"] = 6, ["soup"] = 6, ["rice"] = 3, ["cake"] = 0.3, ["tea"] = 0.3, ["pie"] = 0.5, ["bitter"] = 5, ["burnt"] = 4, ["the"] = 5, ["this"] = 4,
            ["i"] = 10, ["regretted"] = 3, ["again"] = 6, ["tasted"] = 4, ["order"] = 6, ["rich"] = 3, ["lovely"] = 0.3,
        },
    ];

    /// <summary>The fifty words. A word's place here is its category.</summary>
    public static IReadOnlyList<string> Vocabulary => _words;

    /// <summary>The twelve sentences, six that praise and the same six that complain. Words with a capital are places; + and - say which words go there.</summary>
    public static IReadOnlyList<string> Sentences => _patterns;

    /// <summary>The two authors. A place here is the label of the author's rows.</summary>
    public static IReadOnlyList<string> Authors { get; } = ["Mrs Marigold", "Mr Grimshaw"];

    /// <summary>The number of rows of a split of the set that the name "reviews" stands for, both authors together.</summary>
    /// <param name="split">Train, validation or test.</param>
    /// <returns>8,000 for train, 2,000 for the others.</returns>
    public static int DefaultRows(DatasetSplit split) => split == DatasetSplit.Train ? 8000 : 2000;

    /// <summary>Writes reviews, by both authors in turn.</summary>
    /// <param name="rows">At least 1.</param>
    /// <param name="split">Splits have no review in common.</param>
    /// <param name="seed">Another seed gives other reviews.</param>
    /// <returns>Binary rows of 5 groups of 50 columns, of which one is 1 in each group: states of potts:50x5 units. Labels say who wrote them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is less than 1 or too large for one array.</exception>
    public static BitDataset Create(int rows, DatasetSplit split = DatasetSplit.Train, ulong seed = DefaultSeed) =>
        Write(rows, static row => row % 2, static row => row / 2, split, seed);

    /// <summary>Writes reviews by one author: those that <see cref="Create"/> has of the author, and more.</summary>
    /// <param name="author">0 or 1.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="split">Splits have no review in common.</param>
    /// <param name="seed">Another seed gives other reviews.</param>
    /// <returns>As <see cref="Create"/> gives them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is less than 1 or too large for one array, or there is no such author.</exception>
    public static BitDataset CreateOf(int author, int rows, DatasetSplit split = DatasetSplit.Train, ulong seed = DefaultSeed)
    {
        CheckAuthor(author);
        return Write(rows, _ => author, static row => row, split, seed);
    }

    /// <summary>All reviews that follow the grammar, each once, sentence by sentence.</summary>
    public static IReadOnlyList<int[]> All()
    {
        List<int[]> reviews = [];
        foreach (int[][] sentence in _sentences)
        {
            IEnumerable<int[]> beginnings = [[]];
            foreach (int[] choices in sentence)
            {
                beginnings = beginnings.SelectMany(beginning => choices.Select(word => (int[])[.. beginning, word]));
            }

            reviews.AddRange(beginnings);
        }

        return reviews;
    }

    /// <summary>The words of a row: of each group the column that is 1.</summary>
    /// <param name="states">250 columns. Of means, the largest of each group is taken.</param>
    /// <param name="review">Five numbers of words, written.</param>
    /// <exception cref="ArgumentException">A length differs.</exception>
    public static void Decode(ReadOnlySpan<float> states, Span<int> review)
    {
        Throw.IfLengthDiffers(states.Length, Length * _words.Length, nameof(states));
        Throw.IfLengthDiffers(review.Length, Length, nameof(review));
        for (int place = 0; place < Length; place++)
        {
            ReadOnlySpan<float> group = states.Slice(place * _words.Length, _words.Length);
            int largest = 0;
            for (int word = 1; word < group.Length; word++)
            {
                largest = group[word] > group[largest] ? word : largest;
            }

            review[place] = largest;
        }
    }

    /// <summary>A review as text.</summary>
    /// <param name="review">Numbers of words.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    public static string Text(ReadOnlySpan<int> review)
    {
        string[] words = new string[review.Length];
        for (int place = 0; place < words.Length; place++)
        {
            CheckWord(review[place]);
            words[place] = _words[review[place]];
        }

        return string.Join(' ', words);
    }

    /// <summary>Whether a review is one that the authors could have written.</summary>
    /// <param name="review">Five numbers of words.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    public static bool FollowsGrammar(ReadOnlySpan<int> review) => SentenceOf(review) >= 0;

    /// <summary>Which sentence of <see cref="Sentences"/> a review is; no review is two of them.</summary>
    /// <param name="review">Five numbers of words.</param>
    /// <returns>From 0 to 11; -1 where the review doesn't follow the grammar.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    public static int SentenceOf(ReadOnlySpan<int> review)
    {
        CheckReview(review);
        for (int sentence = 0; sentence < _sentences.Length; sentence++)
        {
            if (Fits(_sentences[sentence], review))
            {
                return sentence;
            }
        }

        return -1;
    }

    /// <summary>log p(review | author) in nats, of all that the author writes, whatever the split.</summary>
    /// <param name="author">0 or 1.</param>
    /// <param name="review">Five numbers of words.</param>
    /// <returns>Minus infinity where the review doesn't follow the grammar.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such author or word.</exception>
    public static double LogProbability(int author, ReadOnlySpan<int> review)
    {
        CheckAuthor(author);
        int sentence = SentenceOf(review);
        if (sentence < 0)
        {
            return double.NegativeInfinity;
        }

        double product = _sentenceWeights[author][sentence] / _sentenceWeights[author].Sum();
        for (int place = 0; place < Length; place++)
        {
            product *= Weight(author, review[place]) / Total(author, _sentences[sentence][place]);
        }

        return DoubleMath.Log(product);
    }

    private static BitDataset Write(int rows, Func<int, int> author, Func<int, int> number, DatasetSplit split, ulong seed)
    {
        int columns = Length * _words.Length;
        if (rows < 1 || rows > Array.MaxLength / columns)
        {
            Throw.OutOfRange(nameof(rows), $"1 to {Array.MaxLength / columns}", rows);
        }

        byte[] values = new byte[rows * columns];
        byte[] labels = new byte[rows];
        Span<int> review = stackalloc int[Length];
        for (int row = 0; row < rows; row++)
        {
            int who = author(row);
            RandomStream draws = new(seed, StreamPurpose.DataGenerator, FirstStep + (3 * who) + (int)split, number(row));
            int used = 0;
            do
            {
                Draw(who, draws, used, review);
                used += Length + 1;
            }
            while (SplitOf(review) != split && used < MostDraws);

            labels[row] = (byte)who;
            for (int place = 0; place < Length; place++)
            {
                values[(row * columns) + (place * _words.Length) + review[place]] = 1;
            }
        }

        string name = split switch
        {
            DatasetSplit.Train => "reviews:train",
            DatasetSplit.Validation => "reviews:validation",
            _ => "reviews:test",
        };
        return BitDataset.FromBytes(name, rows, columns, values, labels: labels);
    }

    private static void Draw(int author, in RandomStream draws, int first, Span<int> review)
    {
        double[] weights = _sentenceWeights[author];
        double left = draws.Uniform(first) * weights.Sum();
        int sentence = 0;
        while (sentence < weights.Length - 1 && left >= weights[sentence])
        {
            left -= weights[sentence++];
        }

        for (int place = 0; place < Length; place++)
        {
            int[] choices = _sentences[sentence][place];
            double rest = draws.Uniform(first + 1 + place) * Total(author, choices);
            int choice = 0;
            while (choice < choices.Length - 1 && rest >= Weight(author, choices[choice]))
            {
                rest -= Weight(author, choices[choice++]);
            }

            review[place] = choices[choice];
        }
    }

    // Of ten reviews eight may be trained on, and one each is held out twice: by a hash of the words, so that both authors agree.
    private static DatasetSplit SplitOf(ReadOnlySpan<int> review)
    {
        long number = 0;
        foreach (int word in review)
        {
            number = (number * _words.Length) + word;
        }

        int tenth = new RandomStream(DefaultSeed, StreamPurpose.DataGenerator, FirstStep - 1, number).Below(0, 10);
        return tenth switch { 8 => DatasetSplit.Validation, 9 => DatasetSplit.Test, _ => DatasetSplit.Train };
    }

    private static double Weight(int author, int word) => _preferences[author].GetValueOrDefault(_words[word], 1);

    private static double Total(int author, int[] choices)
    {
        double sum = 0;
        foreach (int word in choices)
        {
            sum += Weight(author, word);
        }

        return sum;
    }

    private static bool Fits(int[][] sentence, ReadOnlySpan<int> review)
    {
        for (int place = 0; place < Length; place++)
        {
            if (Array.IndexOf(sentence[place], review[place]) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int[][] Places(string pattern) =>
        [.. pattern.Split(' ').Select(static place => _classes.GetValueOrDefault(place, place).Split(' ').Select(static word => Array.IndexOf(_words, word)).ToArray())];

    private static void CheckReview(ReadOnlySpan<int> review)
    {
        Throw.IfLengthDiffers(review.Length, Length, nameof(review));
        foreach (int word in review)
        {
            CheckWord(word);
        }
    }

    private static void CheckWord(int word)
    {
        if (word < 0 || word >= _words.Length)
        {
            Throw.OutOfRange("word", $"0 to {_words.Length - 1}", word);
        }
    }

    private static void CheckAuthor(int author)
    {
        if (author is not (0 or 1))
        {
            Throw.OutOfRange(nameof(author), "0 or 1", author);
        }
    }
}
