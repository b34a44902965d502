using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>What to look at while a machine learns, after Hinton's guide: in a run that is good, beside one that isn't.</summary>
internal sealed class HintonDemo : Demo
{
    private const int ManyRows = 20_000;
    private const int FewRows = 500;
    private const int Hidden = 100;
    private const int FewHidden = 16;
    private const int Batch = 100;
    private const int Records = 20;
    private const int Measured = 1000;
    private const int Shown = 100;
    private const int DefaultUpdates = 6000;
    private const int Bins = 41;

    private readonly Option<int?> _updates = OptionFactory.OptionalInteger("--updates", $"Updates of each training [default: {DefaultUpdates}]", least: Records);

    /// <inheritdoc/>
    public override string Name => "hinton";

    /// <inheritdoc/>
    public override string Summary => "what a good run looks like: histograms, filters, hidden activities, the free-energy gap, true progress, mixing";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_updates];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        int updates = parse.GetValue(_updates) ?? DefaultUpdates;
        run.Page.Paragraph(
            "Hinton's \"A practical guide to training restricted Boltzmann machines\" (2010) tells what to watch. Each section begins with its advice, in our words, and shows what a run of this library makes of it.");
        ImageData data = ImageData.Open(run, "mnist", limit: null);
        TrainingOptions good = new()
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            BatchSize = Batch,
            Binarization = Binarization.Sample,
            Centring = Centring.Data,
            LearningRate = new LearningRateSchedule { Initial = 0.05, Final = 0, Shape = ScheduleShape.Linear },
            WeightDecay = 1e-4,
            Seed = run.Seed,
            Threads = run.Threads,
        };
        TrainingOptions plain = good with
        {
            Algorithm = TrainingAlgorithm.ContrastiveDivergence,
            Centring = Centring.None,
            LearningRate = LearningRateSchedule.Constant(0.1),
            WeightDecay = 0,
        };
        run.Page.Paragraph(
            $"The good run: {data.Training.Columns} x {Hidden}, persistent chains, centred gradients, rate 0.05 falling to 0 over {DemoText.Count(updates)} updates, minibatches of {Batch}, weight decay 0.0001, "
            + $"first weights N(0, 0.01²), visible biases from the data, {DemoText.Count(Math.Min(ManyRows, data.Training.Rows))} rows of {data.Name}, pixels drawn anew in every pass. The bad habits beside it are named where they appear.");
        HintonRun main = Train(good, ManyRows, Hidden, 0, "the good run");
        HintonRun few = Train(good, FewRows, Hidden, 1, "few rows");
        HintonRun cd = Train(plain, ManyRows, Hidden, 2, "CD-1");
        HintonRun small = Train(good, ManyRows, FewHidden, 3, "a small machine");
        HintonRun smallCd = Train(plain, ManyRows, FewHidden, 4, "a small machine by CD-1");
        Histograms(run, main);
        FiltersAndActivities(run, data, main);
        Overfitting(run, main, few);
        Progress(run, data, small, smallCd);
        Mixing(run, data, main, cd);
        run.Model("good", main.Rbm, data.Training.Shape);
        run.Model("cd", cd.Rbm, data.Training.Shape);
        run.Results.Add("data", data.Name);
        run.Results.Add("updates", updates);
        run.Results.Add("free_energy_gap", main.Gaps[^1]);
        run.Results.Add("free_energy_gap_few_rows", few.Gaps[^1]);

        HintonRun Train(TrainingOptions options, int rows, int hidden, int part, string what) => HintonRun.Train(
            data, rows, hidden, options, updates, Records, Measured, share => run.Progress((part + share) / 6, "training " + what));
    }

    private static void Histograms(DemoRun run, HintonRun main)
    {
        run.Page.Section("Weights, biases and updates");
        run.Page.Paragraph(
            "The guide: look at histograms of weights and of their updates, which should be about a thousandth of the weights. Weights begin as a narrow normal distribution and grow tails: a few strong "
            + "connections, most near 0. Biases move slowly away from where they began.");
        int middle = main.Updates.Count / 2;
        int last = main.Updates.Count - 1;
        run.Figure(
            "Weights at the start, halfway and at the end.",
            ("weights-start", Histogram("Weights, start", main.Parameters[0].Weights)),
            ("weights-middle", Histogram($"Weights, update {DemoText.Count((long)main.Updates[middle])}", main.Parameters[middle].Weights)),
            ("weights-end", Histogram("Weights, end", main.Parameters[last].Weights)));
        run.Figure(
            "One update of the weights, early and halfway; biases at the end.",
            ("updates-early", Histogram($"An update, after {DemoText.Count((long)main.Updates[1])}", main.WeightChanges(1))),
            ("updates-middle", Histogram($"An update, after {DemoText.Count((long)main.Updates[middle])}", main.WeightChanges(middle))),
            ("visible-biases", Histogram("Visible biases, end", main.Parameters[last].VisibleBias)),
            ("hidden-biases", Histogram("Hidden biases, end", main.Parameters[last].HiddenBias)));
        double[] ratios = [.. Enumerable.Range(0, last).Select(record => 1000 * MeanSize(main.WeightChanges(record)) / MeanSize(main.Parameters[record].Weights))];
        run.Figure(
            "Left: the mean size of an update over the mean size of a weight, in thousandths; the broken line is the guide's rule. A falling rate takes it below the rule, so that noise dies out at the end. "
            + "Right: the ten largest singular values of the weights. Each direction begins to grow in its turn: first those in which the data vary most.",
            ("update-ratio", DemoText.Lines(
                "Update over weight", "updates", "thousandths", new LineSeries(null, main.Updates[..last], ratios),
                new LineSeries("guide: 1", [0, main.Updates[^1]], [1, 1]) { IsBroken = true, Colour = 6 }) with
            { YReaches = [0] }),
            ("spectrum", DemoText.Lines(
                "Singular values of the weights", "updates", "singular value",
                [.. Enumerable.Range(0, main.Spectra.Records[0].SingularValues.Count).Select(rank => new LineSeries(null, main.Updates, [.. main.Spectra.Records.Select(record => record.SingularValues[rank])]))])));
        run.Results.Add("update_over_weight_halfway", ratios[middle] / 1000);
    }

    private static void FiltersAndActivities(DemoRun run, ImageData data, HintonRun main)
    {
        run.Page.Section("Filters and hidden activities");
        run.Page.Paragraph(
            "The guide: draw the weights of each hidden unit as an image, and hidden probabilities as a picture with a row for each case and a column for each unit. Good filters are smooth strokes "
            + "and spots without two alike; units that are always on or off, or all alike, would show as vertical lines, cases without difference as horizontal ones.");
        run.Pictures("The weights of all hidden units, each to its own scale: blue below 0, red above.", ("filters", "filters", Pictures.Filters(main.Rbm, data.Training.Shape)));
        run.Pictures(
            $"Probabilities of the {Hidden} hidden units (across) for {Shown} test images (down): black 0, white 1.",
            [.. new[] { 0, 2, main.Updates.Count - 1 }.Select(record => ($"hidden-{Numbers.Text(record)}", $"after {DemoText.Count((long)main.Updates[record])} updates", Activities(main.HiddenMeans[record])))]);
        double[] means = [.. Enumerable.Range(0, Hidden).Select(unit => Enumerable.Range(0, main.HiddenMeans[^1].Rows).Average(row => (double)main.HiddenMeans[^1][row, unit]))];
        run.Figure("How often hidden units are on, over test images, at the end.", ("activities", Histogram("Mean activity of hidden units", means, 0, 1) with { YLabel = "units" }));
    }

    private static void Overfitting(DemoRun run, HintonRun main, HintonRun few)
    {
        run.Page.Section("Overfitting: the free-energy gap");
        run.Page.Paragraph(
            "The guide: compare the mean free energy of some training rows with that of rows not trained on; when the gap grows, the model overfits. log Z is the same for both and falls away. "
            + $"At the end the gap is {DemoText.Fixed(main.Gaps[^1], 1)} nats with {DemoText.Count(ManyRows)} rows, and {DemoText.Fixed(few.Gaps[^1], 1)} with {FewRows} rows and as many updates.");
        run.Figure(
            "Mean F of test images minus mean F of training images.",
            ("gap", DemoText.Lines(
                "Free-energy gap", "updates", "F(test) - F(training), nats", new LineSeries($"{DemoText.Count(ManyRows)} rows", main.Updates, main.Gaps),
                new LineSeries($"{FewRows} rows", few.Updates, few.Gaps)) with
            { YReaches = [0] }));
    }

    private static void Progress(DemoRun run, ImageData data, HintonRun small, HintonRun smallCd)
    {
        run.Page.Section("Reconstruction error against true progress");
        run.Page.Paragraph(
            $"The guide: use the reconstruction error, but don't trust it. With {FewHidden} hidden units log Z is a sum over {DemoText.Count(1 << FewHidden)} states, so the true log-likelihood of {DemoText.Count(Measured)} test images is known. "
            + "The good recipe runs beside CD-1 at a constant rate of 0.1 without centring.");
        BitDataset test = Bits(data, Measured, run.Seed);
        List<double> good = Likelihoods(small);
        List<double> plain = Likelihoods(smallCd);
        run.Figure(
            "Left: the reconstruction error that training sees. Right: the exact mean log-likelihood of test images.",
            ("reconstruction", DemoText.Lines(
                "Reconstruction error", "updates", "mean squared error a pixel", new LineSeries("persistent, centred", small.Updates, small.ReconstructionErrors),
                new LineSeries("CD-1", smallCd.Updates, smallCd.ReconstructionErrors))),
            ("likelihood", DemoText.Lines(
                "True log-likelihood", "updates", "nats a test image", new LineSeries("persistent, centred", small.Updates, good), new LineSeries("CD-1", smallCd.Updates, plain)) with
            { LegendAtBottom = true }));
        run.Page.Table(
            ["run", "reconstruction error, end", "best log-likelihood", "log-likelihood, end"],
            [
                ["persistent, centred", DemoText.Fixed(small.ReconstructionErrors[^1], 4), DemoText.Fixed(good.Max(), 2), DemoText.Fixed(good[^1], 2)],
                ["CD-1", DemoText.Fixed(smallCd.ReconstructionErrors[^1], 4), DemoText.Fixed(plain.Max(), 2), DemoText.Fixed(plain[^1], 2)],
            ]);
        int best = plain.IndexOf(plain.Max());
        run.Page.Paragraph(
            $"By the reconstruction error the two runs differ by {DemoText.Percent(Math.Abs((smallCd.ReconstructionErrors[^1] / small.ReconstructionErrors[^1]) - 1), 0)}, by the likelihood by "
            + $"{DemoText.Fixed(Math.Abs(good[^1] - plain[^1]), 1)} nats an image. CD-1's likelihood is best after {DemoText.Count((long)smallCd.Updates[best])} updates; from there to the end it loses "
            + $"{DemoText.Fixed(plain[best] - plain[^1], 1)} nats, while its reconstruction error goes from {DemoText.Fixed(smallCd.ReconstructionErrors[best], 4)} to {DemoText.Fixed(smallCd.ReconstructionErrors[^1], 4)}.");
        run.Results.Add("log_likelihood_persistent", good[^1]);
        run.Results.Add("log_likelihood_cd", plain[^1]);

        List<double> Likelihoods(HintonRun of)
        {
            List<double> likelihoods = [];
            foreach (RbmParameters parameters in of.Parameters)
            {
                run.Progress(5.0 / 6, "summing over states");
                likelihoods.Add(ExactLikelihood.Evaluate(parameters, test, run.Threads, null, run.Cancellation).LogLikelihood);
            }

            return likelihoods;
        }
    }

    private static void Mixing(DemoRun run, ImageData data, HintonRun main, HintonRun cd)
    {
        run.Page.Section("Mixing");
        run.Page.Paragraph(
            "A model can only be sampled, and persistent chains can only teach it, if chains forget where they began. Half of these chains start at random pixels, half at test images; the second half of their "
            + "steps is judged.");
        BitDataset starts = Bits(data, Measured, run.Seed);
        foreach ((string file, string name, HintonRun of) in new[] { ("good", $"The good run, {Hidden} hidden units", main), ("cd", $"CD-1 at a constant rate, {Hidden} hidden units", cd) })
        {
            run.Progress(0.95, "running chains");
            MixingReport report = MixingReport.Run(of.Rbm, new MixingOptions { Chains = Shown, Sweeps = 2000, Seed = run.Seed, Threads = run.Threads }, starts, null, run.Cancellation);
            DiagnosisPictures pictures = new(string.Empty, report);
            run.Page.Subsection(name);
            run.Page.Paragraph(char.ToUpperInvariant(report.Explanation[0]) + report.Explanation[1..] + ".");
            run.Figure(
                "Free energies of some chains of both kinds, and autocorrelations after the warm-up.",
                ($"{file}-trace", pictures.FreeEnergy() with { Width = HtmlPage.ChartWidth, Height = HtmlPage.ChartHeight }),
                ($"{file}-autocorrelation", pictures.Autocorrelation() with { Width = HtmlPage.ChartWidth, Height = HtmlPage.ChartHeight }));
            run.Pictures(
                $"States after {DemoText.Count(report.Options.Sweeps)} steps.",
                ($"{file}-from-random", "chains from random pixels", Block(report.LastStates(fromData: false, 50))),
                ($"{file}-from-data", "chains from test images", Block(report.LastStates(fromData: true, 50))));
            run.Results.Add(file + "_mixing", DiagnosisReport.WordOf(report.Verdict));
        }

        PixelImage Block(BitMatrix states) =>
            new Mosaic(states.Rows, data.Training.Shape.Height, data.Training.Shape.Width, new MosaicOptions { Columns = 10, Zoom = 2 }).RenderBits(states);
    }

    private static BitDataset Bits(ImageData data, int count, ulong seed)
    {
        BitMatrix rows = ImageData.Bits(data.Test, count, seed);
        byte[] values = new byte[rows.Rows * rows.Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[i / rows.Columns, i % rows.Columns] ? (byte)1 : (byte)0;
        }

        return BitDataset.FromBytes(data.Name + ":test", rows.Rows, rows.Columns, values);
    }

    private static PixelImage Activities(Matrix means) =>
        new Mosaic(1, Shown, means.Columns, new MosaicOptions { Zoom = 3 }).RenderMeans((_, pixels) =>
        {
            for (int row = 0; row < Shown; row++)
            {
                means.Row(row).CopyTo(pixels[(row * means.Columns)..]);
            }
        });

    private static double MeanSize(double[] values) => values.Average(static value => Math.Abs(value));

    private static BarChart Histogram(string title, double[] values)
    {
        double reach = Math.Max(1e-12, values.Max(static value => Math.Abs(value)));
        return Histogram(title, values, -reach, reach);
    }

    private static BarChart Histogram(string title, double[] values, double low, double high)
    {
        double[] shares = new double[Bins];
        foreach (double value in values)
        {
            shares[Math.Clamp((int)((value - low) / (high - low) * Bins), 0, Bins - 1)] += 1.0 / values.Length;
        }

        string[] labels = [.. Enumerable.Range(0, Bins).Select(bin => Numbers.Text(low + ((bin + 0.5) * (high - low) / Bins), "G2"))];
        labels[Bins / 2] = low < 0 ? "0" : labels[Bins / 2];
        return DemoText.Bars(title, "value", "share", labels, new BarSeries(null, shares)) with { Fill = 1, Width = 380, Height = 260 };
    }
}
