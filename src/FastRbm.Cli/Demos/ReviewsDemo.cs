using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Data;
using FastRbm.Data.Generators;
using FastRbm.Imaging;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Cli.Demos;

/// <summary>Reviews of five words: new ones, unfinished ones, and who wrote them; beside a chain of trigrams.</summary>
internal sealed class ReviewsDemo : Demo
{
    private const int Hidden = 100;
    private const int AuthorHidden = 18;
    private const int Chains = 1000;
    private const int Sweeps = 300;
    private const int Shown = 12;
    private const int ShownUnits = 4;
    private const int ShownWords = 4;
    private const int Ways = 4;

    private static readonly string[] _beginnings =
        ["never order", "always try", "we loved", "i hated", "the soup", "my cake", "stale bread", "warm soup and", "what a burnt", "come back"];

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs of training", 200, least: 1);

    private readonly Option<int> _sweeps = OptionFactory.Integer("--chain-steps", "Gibbs steps before a new review", 5000, least: 1);

    /// <inheritdoc/>
    public override string Name => "reviews";

    /// <inheritdoc/>
    public override string Summary => "five-word reviews written, completed and told apart by author, beside a trigram chain";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _sweeps];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        int epochs = parse.GetValue(_epochs);
        BitDataset training = Reviews.Create(Reviews.DefaultRows(DatasetSplit.Train));
        BitDataset test = Reviews.Create(Reviews.DefaultRows(DatasetSplit.Test), DatasetSplit.Test);
        int[][] written = ReviewRows.Words(training);
        int[][] heldOut = ReviewRows.Words(test);
        HashSet<long> known = [.. written.Select(static review => ReviewRows.Number(review))];
        ShowReviews(run, written, heldOut.Length, known.Count);

        TrigramChain trigrams = new(training);
        ReviewMachine machine = new(run, training, Hidden, epochs, 0, 0.6);
        ShowModels(run, training.Rows, epochs);
        ShowNew(run, machine, trigrams, written, known, parse.GetValue(_sweeps));
        Complete(run, machine, trigrams, heldOut);
        ShowUnits(run, machine.Model);
        TellApart(run, test, heldOut, epochs);
        run.Model("reviews", machine.Model);
    }

    private static void ShowReviews(DemoRun run, int[][] written, int heldOut, int different)
    {
        run.Page.Section("The reviews");
        run.Page.Paragraph(
            $"Two authors, invented for this page, review restaurants in five words out of fifty. {Reviews.Authors[0]} mostly praises, and likes her cake; "
            + $"{Reviews.Authors[1]} mostly complains, and can't leave the coffee alone. They share words and grammar: twelve sentences with open places, six that "
            + "praise and six that complain, and a sentence never mixes the two. So the last words depend on the first, further back than two words. "
            + $"{DemoText.Count(written.Length)} reviews are for training ({DemoText.Count(different)} different ones), {DemoText.Count(heldOut)} are held out; none "
            + "of these is in the training rows. The text is the library's own, so figures can't be compared with the tutorial's.");
        run.Page.Table(
            [Reviews.Authors[0], Reviews.Authors[1]],
            [.. Enumerable.Range(0, Shown).Select(i => (IReadOnlyList<string>)[Reviews.Text(written[2 * i]), Reviews.Text(written[(2 * i) + 1])])],
            "The first training rows.");
    }

    private static void ShowModels(DemoRun run, int rows, int epochs)
    {
        run.Page.Section("Two models");
        run.Page.Paragraph(
            "The tutorial starts from a chain of trigrams: each word is drawn given the two before it, from counts, smoothed by those of pairs and of single words. What was "
            + "said earlier than that is forgotten.");
        run.Page.Paragraph(
            $"The Potts RBM has a group of {Reviews.Vocabulary.Count} visible units for each of the {Reviews.Length} places, one of which is on, and {Hidden} binary hidden "
            + "units that see the whole review: p(word at a place | h) is a softmax. Trained on both authors' "
            + $"{DemoText.Count(rows)} reviews for {DemoText.Count(epochs)} epochs: {ReviewMachine.Recipe}.");
    }

    private static void ShowNew(DemoRun run, ReviewMachine machine, TrigramChain trigrams, int[][] written, HashSet<long> known, int sweeps)
    {
        run.Progress(0.6, "sampling");
        int[][] sampled = machine.Sample(Chains, sweeps);
        int[][] chained = new int[Chains][];
        for (int number = 0; number < Chains; number++)
        {
            chained[number] = new int[Reviews.Length];
            trigrams.Draw(chained[number], 0, run.Seed, number);
        }

        run.Page.Section("New reviews");
        run.Page.Paragraph(
            $"{DemoText.Count(Chains)} reviews from each: the RBM's are the states of as many Gibbs chains after {DemoText.Count(sweeps)} sweeps from random words. So many, since a chain "
            + "must pass through nonsense to get from one kind of sentence to another. A model that is trained for longer breaks the grammar less often, and its chains are then stuck "
            + "for good in the sentence that they find first: all of its samples are right, and most of the language is missing. So beside the samples stands how much of "
            + "the model's probability each sentence has exactly, by the free energies of all reviews that follow the grammar.");
        run.Page.Table(
            ["trigrams", "", "Potts RBM", ""],
            [.. Enumerable.Range(0, Shown).Select(i => (IReadOnlyList<string>)[Reviews.Text(chained[i]), Remark(chained[i]), Reviews.Text(sampled[i]), Remark(sampled[i])])],
            "The first of each.");
        run.Page.Table(
            ["", "follow the grammar", "of these not in the training rows"],
            [["trigrams", DemoText.Percent(ReviewRows.Grammatical(chained)), DemoText.Percent(New(chained))], ["Potts RBM", DemoText.Percent(ReviewRows.Grammatical(sampled)), DemoText.Percent(New(sampled))]]);
        double[] exact = ExactShares(machine);
        run.Figure(
            "How often the twelve sentences come. 1 to 6 praise, 7 to 12 are their complaints: " + string.Join("; ", Reviews.Sentences.Select(static (text, i) => $"{i + 1} {text}")) + ".",
            ("sentences", DemoText.Bars(
                "Sentences", "sentence", "share", [.. Enumerable.Range(1, Reviews.Sentences.Count).Select(static i => FastRbm.Cli.Output.Numbers.Text(i))],
                new BarSeries("written", Shares(written)), new BarSeries("RBM, exact", exact), new BarSeries("RBM, sampled", Shares(sampled)),
                new BarSeries("trigrams", Shares(chained))) with
            { Width = 2 * HtmlPage.ChartWidth }));
        run.Results.Add("sampled_grammatical_share", ReviewRows.Grammatical(sampled));
        run.Results.Add("sampled_new_share", New(sampled));
        run.Results.Add("sampled_sentences_total_variation", Distance(Shares(sampled), Shares(written)));
        run.Results.Add("exact_sentences_total_variation", Distance(exact, Shares(written)));
        run.Results.Add("trigram_grammatical_share", ReviewRows.Grammatical(chained));

        double New(int[][] reviews)
        {
            int[][] right = [.. reviews.Where(static review => Reviews.FollowsGrammar(review))];
            return right.Length == 0 ? 0 : right.Average(review => known.Contains(ReviewRows.Number(review)) ? 0.0 : 1.0);
        }

        static double Distance(IReadOnlyList<double> some, IReadOnlyList<double> others) => some.Zip(others, static (one, other) => Math.Abs(one - other)).Sum() / 2;

        static IReadOnlyList<double> Shares(int[][] reviews) =>
            [.. Enumerable.Range(0, Reviews.Sentences.Count).Select(sentence => reviews.Average(review => Reviews.SentenceOf(review) == sentence ? 1.0 : 0.0))];
    }

    /// <summary>The share of each sentence in the model's probability of all reviews that follow the grammar.</summary>
    private static double[] ExactShares(ReviewMachine machine)
    {
        IReadOnlyList<int[]> all = Reviews.All();
        double[] energies = machine.FreeEnergies(all);
        double lowest = energies.Min();
        double[] shares = new double[Reviews.Sentences.Count];
        for (int i = 0; i < energies.Length; i++)
        {
            shares[Reviews.SentenceOf(all[i])] += DoubleMath.Exp(lowest - energies[i]);
        }

        double sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }

    private static void Complete(DemoRun run, ReviewMachine machine, TrigramChain trigrams, int[][] heldOut)
    {
        run.Progress(0.7, "completing");
        run.Page.Section("Unfinished reviews");
        run.Page.Paragraph(
            "The first words are clamped, the other groups are sampled from the same model: nothing is trained for this. The trigram chain just goes on from the last "
            + "two words, which it does well; what it forgets is whether the review began as praise.");
        List<IReadOnlyList<string>> shown = [];
        foreach (string beginning in _beginnings)
        {
            int[] words = ReviewRows.Parse(beginning);
            int[][] copies = [.. Enumerable.Range(0, Ways).Select(_ => (int[])[.. words, .. new int[Reviews.Length - words.Length]])];
            shown.Add([beginning + " ...", .. machine.Complete(copies, words.Length, Sweeps).Select(review => Reviews.Text(review.AsSpan(words.Length)) + Mark(review))]);
        }

        run.Page.Table(["beginning", .. Enumerable.Range(1, Ways).Select(static i => $"chain {i}")], shown, "Completed by the RBM. A star marks what isn't in the grammar.");
        List<IReadOnlyList<string>> rows = [];
        foreach (int given in (int[])[2, 3])
        {
            double right = ReviewRows.Grammatical(machine.Complete(heldOut, given, Sweeps));
            int[][] chained = [.. heldOut.Select(static review => (int[])review.Clone())];
            for (int number = 0; number < chained.Length; number++)
            {
                trigrams.Draw(chained[number], given, run.Seed, number);
            }

            rows.Add([$"{given} words", DemoText.Percent(ReviewRows.Grammatical(chained)), DemoText.Percent(right)]);
            run.Results.Add($"completed_{given}_grammatical_share", right);
            run.Results.Add($"trigram_completed_{given}_grammatical_share", ReviewRows.Grammatical(chained));
        }

        run.Page.Table(["given", "trigrams", "Potts RBM"], rows, $"How many completions of the {DemoText.Count(heldOut.Length)} held-out reviews follow the grammar.");

        static string Mark(int[] review) => Reviews.FollowsGrammar(review) ? string.Empty : " *";
    }

    private static void ShowUnits(DemoRun run, Rbm rbm)
    {
        run.Page.Section("What hidden units stand for");
        float[,] weights = new float[ReviewRows.Columns, rbm.Hidden.Count];
        double[] norms = new double[rbm.Hidden.Count];
        int words = Reviews.Vocabulary.Count;
        for (int unit = 0; unit < norms.Length; unit++)
        {
            for (int place = 0; place < Reviews.Length; place++)
            {
                // A constant for all words of a place changes nothing: so their mean is 0 here.
                double mean = 0;
                for (int word = 0; word < words; word++)
                {
                    mean += rbm.Weights[(place * words) + word, unit] / (double)words;
                }

                for (int i = place * words; i < (place + 1) * words; i++)
                {
                    weights[i, unit] = (float)(rbm.Weights[i, unit] - mean);
                    norms[unit] += weights[i, unit] * (double)weights[i, unit];
                }
            }
        }

        (string File, IChart Chart)[] charts = new (string, IChart)[ShownUnits];
        int[] largest = [.. Enumerable.Range(0, norms.Length).OrderByDescending(unit => norms[unit]).ThenBy(static unit => unit)];
        for (int i = 0; i < charts.Length; i++)
        {
            int unit = largest[i];
            int[] ordered = [.. Enumerable.Range(0, ReviewRows.Columns).OrderByDescending(column => weights[column, unit]).ThenBy(static column => column)];
            int[] ends = [.. ordered[..ShownWords], .. ordered[^ShownWords..]];
            charts[i] = ($"unit-{unit}", DemoText.Bars(
                $"Hidden unit {unit}", "word, place", "weight", [.. ends.Select(column => $"{Reviews.Vocabulary[column % words]} {(column / words) + 1}")],
                new BarSeries(null, [.. ends.Select(column => (double)weights[column, unit])])) with
            { Width = 2 * HtmlPage.ChartWidth, Height = 220 });
        }

        run.Figure(
            $"The {ShownUnits} hidden units with the longest weights: the {ShownWords} words that each favours most and the {ShownWords} that it forbids most, with their "
            + "places. The mean over the words of a place is taken off; it doesn't change the distribution.", charts);
    }

    private static void TellApart(DemoRun run, BitDataset test, int[][] heldOut, int epochs)
    {
        run.Page.Section("Who wrote it?");
        int rows = Reviews.DefaultRows(DatasetSplit.Train) / 2;
        double[][] machine = new double[2][];
        double[][] chain = new double[2][];
        double[][] truth = new double[2][];
        for (int author = 0; author < 2; author++)
        {
            BitDataset own = Reviews.CreateOf(author, rows);
            ReviewMachine model = new(run, own, AuthorHidden, AuthorEpochs(epochs), 0.75 + (author * 0.12), 0.87 + (author * 0.12));
            TrigramChain trigrams = new(own);
            int who = author;
            machine[author] = model.LogProbabilities(heldOut);
            chain[author] = [.. heldOut.Select(review => trigrams.LogProbability(review))];
            truth[author] = [.. heldOut.Select(review => Reviews.LogProbability(who, review))];
            run.Model("author-" + (author + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), model.Model);
        }

        run.Page.Paragraph(
            $"Now a Potts RBM for each author, with {AuthorHidden} hidden units, trained for {DemoText.Count(AuthorEpochs(epochs))} epochs; with so few units log Z is exact, by enumeration. A held-out review belongs to the author whose model gives "
            + "it the larger log-likelihood. Nobody can be right always: either author might have written some of the reviews. The last row knows the probabilities that the "
            + "reviews were drawn with: it is the best that there can be.");
        ReadOnlyMemory<byte> labels = test.Labels;
        run.Page.Table(
            ["way", "authors right", "log p(review | its author), nats"],
            [Row("trigrams", chain), Row("Potts RBMs", machine), Row("the authors' own probabilities", truth)]);
        int[] counts = new int[4];
        for (int row = 0; row < heldOut.Length; row++)
        {
            counts[(2 * labels.Span[row]) + Guess(machine, row)]++;
        }

        run.Page.Table(
            ["written by", "said to be by " + Reviews.Authors[0], "said to be by " + Reviews.Authors[1]],
            [.. Enumerable.Range(0, 2).Select(author => (IReadOnlyList<string>)[Reviews.Authors[author], DemoText.Count(counts[2 * author]), DemoText.Count(counts[(2 * author) + 1])])],
            "What the Potts RBMs say.");
        int[] wrong = [.. Enumerable.Range(0, heldOut.Length).Where(row => Guess(machine, row) != labels.Span[row]).Take(6)];
        run.Page.Table(
            ["review", "written by", "log-likelihood ratio, nats"],
            [.. wrong.Select(row => (IReadOnlyList<string>)[Reviews.Text(heldOut[row]), Reviews.Authors[labels.Span[row]], DemoText.Fixed(machine[1 - labels.Span[row]][row] - machine[labels.Span[row]][row], 2)])],
            "Some that they get wrong, and by how much.");
        run.Results.Add("authors_right_share", Right(machine));
        run.Results.Add("trigram_authors_right_share", Right(chain));
        run.Results.Add("best_authors_right_share", Right(truth));
        run.Results.Add("author_log_likelihood", Mean(machine));
        run.Results.Add("trigram_author_log_likelihood", Mean(chain));

        double Right(double[][] scores) => Enumerable.Range(0, heldOut.Length).Average(row => Guess(scores, row) == labels.Span[row] ? 1.0 : 0.0);
        double Mean(double[][] scores) => Enumerable.Range(0, heldOut.Length).Average(row => scores[labels.Span[row]][row]);
        IReadOnlyList<string> Row(string way, double[][] scores) => [way, DemoText.Percent(Right(scores)), DemoText.Fixed(Mean(scores), 3)];
        static int Guess(double[][] scores, int row) => scores[1][row] > scores[0][row] ? 1 : 0;
    }

    // Longer training makes too sure of what the training rows happen to have.
    private static int AuthorEpochs(int epochs) => Math.Max(1, epochs / 2);

    private static string Remark(int[] review) => Reviews.FollowsGrammar(review) ? string.Empty : "not in the grammar";
}
