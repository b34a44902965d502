using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>Digits with flipped pixels and digits without their lower half, repaired, beside simple ways to do so.</summary>
internal sealed class RepairDemo : Demo
{
    private const int Hidden = 500;
    private const int SmallHidden = 20;
    private const int TestRows = 1000;
    private const int Shown = 30;
    private const double FlipRate = 0.1;
    private const ulong FlippingSeed = 0;

    private static readonly double[] _rates = [0.02, 0.05, FlipRate, 0.2, 0.3];

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs of training", 15, least: 1);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Train on the first rows only", least: 100);

    /// <inheritdoc/>
    public override string Name => "repair";

    /// <inheritdoc/>
    public override string Summary => "digits denoised (10 % of the pixels flipped) and completed (lower half missing)";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _limit];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        string name = run.HasData("mnist") ? "mnist" : "strokes";
        var training = (BitDataset)DataSelection.ToBits(run.Open(name, parse.GetValue(_limit)));
        Dataset unseen = run.Open(name + ":test");
        var test = (BitDataset)DataSelection.ToBits(unseen.Take(Math.Min(TestRows, unseen.Rows)));
        int epochs = parse.GetValue(_epochs);
        run.Page.Paragraph(
            $"A model of digits knows what pixels go together. Given a part of a picture, or one with noise, it can say what the rest was: the pixels that are known "
            + $"are held, the others are sampled, and the mean over the samples is the answer. Trained on {DemoText.Count(training.Rows)} rows of {name}, pixels on "
            + $"from one half, for {DemoText.Count(epochs)} epochs of PCD; everything below is about {DemoText.Count(test.Rows)} rows that it hasn't seen.");
        Rbm rbm = Train(run, training, Hidden, epochs, 0.1, 0, 0.5);
        Denoise(run, rbm, training, test);
        Complete(run, rbm, training, test);
        Score(run, training, test, epochs);
        run.Model("digits", rbm, test.Shape);
    }

    private static Rbm Train(DemoRun run, BitDataset rows, int hidden, int epochs, double rate, double from, double to)
    {
        Rbm rbm = RbmInitializer.Normal(rows, hidden, run.Seed);
        using Trainer trainer = new(rbm, rows, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            BatchSize = Math.Min(100, rows.Rows),
            Epochs = epochs,
            LearningRate = new LearningRateSchedule { Initial = rate, Final = 0, Shape = ScheduleShape.Linear },
            AveragedShare = 0.2,
            Seed = run.Seed,
            Threads = run.Threads,
            MonitorRows = 1,
        });
        trainer.Run(new Training(run, from, to), run.Cancellation);
        return rbm;
    }

    private static void Denoise(DemoRun run, Rbm rbm, BitDataset training, BitDataset test)
    {
        run.Page.Section("Denoising");
        run.Page.Paragraph(
            "Every pixel is flipped with a probability r that the model is told. Seen through such a channel, p(v | seen) is proportional to p(v) times a factor "
            + "r for each pixel that differs from what was seen and 1 - r for each that doesn't: the same model with visible biases shifted by plus or minus "
            + "log((1 - r) / r). So ordinary Gibbs sampling draws from the exact posterior.");
        BitMatrix known = CompletionMask.Known(null, test, test.Shape);
        float[] columns = RepairBaselines.ColumnMeans(training);
        List<double> repaired = [];
        List<double> broken = [];
        List<double> filtered = [];
        for (int i = 0; i < _rates.Length; i++)
        {
            double rate = _rates[i];
            run.Progress(0.5 + (0.3 * i / _rates.Length), "denoising");
            BitDataset noisy = test.Flip(rate, FlippingSeed);
            Matrix means = Repair(run, rbm, noisy, known, rate);
            RepairCounts model = RepairCounts.Of(test, noisy, known, means);
            RepairCounts majority = RepairCounts.Of(test, noisy, known, RepairBaselines.Majority(noisy));
            repaired.Add(model.Repaired);
            broken.Add(model.Broken);
            filtered.Add(majority.Wrong);
            if (rate != FlipRate)
            {
                continue;
            }

            RepairCounts independent = RepairCounts.Of(test, noisy, known, RepairBaselines.Posterior(noisy, columns, rate));
            run.Page.Table(
                ["way", "flipped pixels repaired", "good pixels broken", "pixels wrong"],
                [
                    ["left as they are", "0.0 %", "0.00 %", DemoText.Percent(RepairCounts.Of(test, noisy, known, RepairBaselines.AsIs(noisy)).Wrong, 2)],
                    Row("each pixel by its mean and what was seen", independent),
                    Row("majority of a pixel and its eight neighbours", majority),
                    Row($"RBM, {Hidden} hidden units", model),
                ],
                $"{DemoText.Percent(rate, 0)} of the pixels flipped.");
            run.Pictures(
                "Digits, what was seen of them, and the means given that.", ("digits", "digits", Picture(test, null)), ("noisy", "seen", Picture(noisy, null)),
                ("denoised", "repaired", Picture(test, means)));
            run.Results.Add("flipped_repaired_share", model.Repaired);
            run.Results.Add("good_broken_share", model.Broken);
            run.Results.Add("wrong_share_denoised", model.Wrong);
            run.Results.Add("wrong_share_majority", majority.Wrong);
            run.Results.Add("wrong_share_pixel_means", independent.Wrong);
        }

        run.Figure(
            "What becomes of more noise. The broken line of the right chart is the majority filter.",
            ("repaired", DemoText.Lines("Flipped pixels repaired", "share flipped", "share", new LineSeries(null, _rates, repaired)) with { YReaches = [0, 1] }),
            ("wrong", DemoText.Lines(
                "Pixels wrong", "share flipped", "share",
                new LineSeries("RBM", _rates, [.. _rates.Select((rate, i) => (rate * (1 - repaired[i])) + ((1 - rate) * broken[i]))]),
                new LineSeries("majority", _rates, filtered) { IsBroken = true }) with
            { YReaches = [0] }));

        static IReadOnlyList<string> Row(string way, RepairCounts counts) =>
            [way, DemoText.Percent(counts.Repaired), DemoText.Percent(counts.Broken, 2), DemoText.Percent(counts.Wrong, 2)];
    }

    private static void Complete(DemoRun run, Rbm rbm, BitDataset training, BitDataset test)
    {
        run.Page.Section("Completion");
        run.Page.Paragraph(
            "Now the lower half is missing. The upper half is clamped, the rest is sampled. Where several digits fit, the mean shows them all: grey is doubt.");
        run.Progress(0.8, "completing");
        BitMatrix known = CompletionMask.Known("lower", test, test.Shape);
        Completion completion = New(run, rbm, test, known, 0);
        completion.Run(null, run.Cancellation);
        float[] columns = RepairBaselines.ColumnMeans(training);
        RepairCounts model = RepairCounts.Of(test, test, known, completion.Means);
        RepairCounts means = RepairCounts.Of(test, test, known, RepairBaselines.Fill(test, known, columns));
        RepairCounts nearest = RepairCounts.Of(test, test, known, RepairBaselines.Nearest(training, test, known, run.Threads, run.Cancellation));
        run.Page.Table(
            ["way", "missing pixels wrong", "mean squared error"],
            [Row("mean of each pixel", means), Row("lower half of the nearest training row", nearest), Row($"RBM, {Hidden} hidden units", model)],
            "The lower half given the upper.");
        run.Pictures(
            "What is known, the means of the rest, and one sample of it.", ("upper", "known", Picture(test, RepairBaselines.Fill(test, known, [.. columns.Select(static _ => 0.5f)]))),
            ("completed", "means", Picture(test, completion.Means)), ("sampled", "one sample", Picture(test, Values(completion.Draws))));
        run.Results.Add("completed_wrong_share", model.FilledWrong);
        run.Results.Add("completed_squared_error", model.FilledSquaredError);
        run.Results.Add("nearest_squared_error", nearest.FilledSquaredError);
        run.Results.Add("pixel_means_squared_error", means.FilledSquaredError);

        static IReadOnlyList<string> Row(string way, RepairCounts counts) =>
            [way, DemoText.Percent(counts.FilledWrong), DemoText.Fixed(counts.FilledSquaredError, 4)];
    }

    private static void Score(DemoRun run, BitDataset training, BitDataset test, int epochs)
    {
        run.Page.Section("How likely is the right answer?");
        run.Page.Paragraph(
            $"Errors say little about doubt; the log-likelihood of the lower half given the upper does. It is exact where the hidden states can be enumerated, so "
            + $"here is a model with {SmallHidden} hidden units. The nearest neighbour's pixels count as right with a probability that was chosen on training rows.");
        Rbm small = Train(run, training, SmallHidden, 2 * epochs, 0.2, 0.85, 0.95);
        run.Progress(0.95, "enumerating");
        BitMatrix known = CompletionMask.Known("lower", test, test.Shape);
        double model = ConditionalLikelihood.LogConditionals(RbmParameters.From(small), test, known, run.Threads, cancellation: run.Cancellation).Average();
        double independent = CompletionBaselines.IndependentUnits(training, test, known).Average();
        double nearest = CompletionBaselines.NearestNeighbour(training, test, known, run.Threads, run.Cancellation).Average();
        run.Page.Table(
            ["way", "log p(lower | upper), nats a row"],
            [
                ["independent pixels", DemoText.Fixed(independent, 1)], ["nearest neighbour", DemoText.Fixed(nearest, 1)],
                [$"RBM, {SmallHidden} hidden units", DemoText.Fixed(model, 1)],
            ]);
        run.Results.Add("conditional_log_likelihood", model);
        run.Results.Add("conditional_log_likelihood_of_independent_units", independent);
        run.Results.Add("conditional_log_likelihood_of_nearest_neighbour", nearest);
    }

    private static Matrix Repair(DemoRun run, Rbm rbm, BitDataset given, BitMatrix known, double rate)
    {
        Completion completion = New(run, rbm, given, known, rate);
        completion.Run(null, run.Cancellation);
        return completion.Means;
    }

    private static Completion New(DemoRun run, Rbm rbm, BitDataset given, BitMatrix known, double rate) => new(rbm, given, known, rate)
    {
        BurnIn = 100,
        Steps = 200,
        Seed = run.Seed,
        Threads = run.Threads,
    };

    private static Matrix Values(BitMatrix states)
    {
        Matrix values = new(states.Rows, states.Columns);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                values[row, column] = states[row, column] ? 1 : 0;
            }
        }

        return values;
    }

    /// <summary>The first rows: of the data, or values of theirs.</summary>
    private static PixelImage Picture(BitDataset rows, Matrix? values)
    {
        Matrix shown = new(Math.Min(Shown, rows.Rows), rows.Columns);
        for (int row = 0; row < shown.Rows; row++)
        {
            if (values is null)
            {
                rows.CopyMeans(row, shown.Row(row));
            }
            else
            {
                values.Row(row).CopyTo(shown.Row(row));
            }
        }

        return FastRbm.Cli.Output.Pictures.Means(shown, rows.Shape);
    }

    private sealed class Training(DemoRun run, double from, double to) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => run.Progress(from + ((to - from) * value.Updates / value.TotalUpdates), "training");
    }
}
