using FastRbm.Cli.Families.Classification;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Training;
using FastRbm.Training.Classification;

namespace FastRbm.Cli.Demos;

/// <summary>A few labels of each class among many rows without: discriminative training from random weights and from an RBM, and semi-supervised training.</summary>
internal sealed class FewLabelsExperiment(DemoRun run, ImageData data, int hidden, int perClass, int draws, int epochs)
{
    private static readonly string[] _names = ["random start, discriminative", "RBM start, discriminative", "semi-supervised"];

    /// <summary>Runs it.</summary>
    /// <param name="share">The share of the demo that is done.</param>
    public void Run(double share)
    {
        int classes = ClassLabels.Count(data.Training);
        Rbm rbm = Start(share);
        double[][] errors = [.. _names.Select(_ => new double[draws])];
        for (int draw = 0; draw < draws; draw++)
        {
            run.Progress(share + ((1 - share) * (1 + draw) / (draws + 1)), "few labels");
            Dataset few = FewLabels.Keep(data.Training, perClass, draw);
            Dataset labelled = few.Labelled();
            ulong seed = run.Seed + (ulong)draw;
            errors[0][draw] = Error(ClassificationInitializer.Normal(labelled, classes, hidden, seed), labelled, Supervised(labelled));
            errors[1][draw] = Error(ClassificationInitializer.From(rbm, labelled, classes, seed), labelled, Supervised(labelled));
            errors[2][draw] = Error(ClassificationInitializer.From(rbm, few, classes, seed), few, Semi(few));
        }

        Write(classes, errors);
    }

    /// <summary>An RBM of all rows, which knows no label.</summary>
    private Rbm Start(double share)
    {
        Rbm rbm = RbmInitializer.Normal(data.Training, hidden, run.Seed);
        using Trainer trainer = new(rbm, data.Training, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Epochs = epochs,
            BatchSize = Math.Min(100, data.Training.Rows),
            LearningRate = new LearningRateSchedule { Initial = 0.1, Final = 0, Shape = ScheduleShape.Linear },
            Binarization = Binarization.Sample,
            Seed = run.Seed,
            Threads = run.Threads,
            MonitorRows = 1,
        });
        while (!trainer.IsFinished)
        {
            run.Progress(share, "an RBM of all rows");
            trainer.Step();
        }

        return rbm;
    }

    private ClassificationOptions Supervised(Dataset rows)
    {
        ClassificationOptions options = ClassificationOptions.For(ClassificationObjective.Discriminative);
        return options with { Epochs = 200, BatchSize = Math.Min(20, rows.Rows), Seed = run.Seed, Threads = run.Threads };
    }

    private ClassificationOptions Semi(Dataset rows)
    {
        ClassificationOptions options = ClassificationOptions.For(ClassificationObjective.SemiSupervised);
        int others = rows.Labels.Span.Count(ClassLabels.Unlabelled);
        return options with { Epochs = epochs, BatchSize = Math.Min(options.BatchSize, Math.Max(1, others)), Seed = run.Seed, Threads = run.Threads };
    }

    private double Error(ClassificationRbm model, Dataset rows, ClassificationOptions options)
    {
        using ClassificationTrainer trainer = new(model, rows, options);
        while (!trainer.IsFinished)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            trainer.Step();
        }

        return ClassificationReport.Run(model, data.Test, cancellation: run.Cancellation).ErrorRate;
    }

    private void Write(int classes, double[][] errors)
    {
        double[] means = [.. errors.Select(static row => row.Average())];
        int best = means[1] < means[2] ? 1 : 2;
        double gain = means[0] - means[best];
        run.Page.Section($"{DemoText.Count((long)perClass * classes)} labels");
        run.Page.Paragraph(
            $"Only {DemoText.Count(perClass)} rows of each class keep their labels, in {DemoText.Count(draws)} draws of different rows; the other rows are there without. From random weights, discriminative training on the labelled "
            + "rows alone; from the weights of an RBM that was trained on all rows and knows no label, the same; and semi-supervised training from the same RBM, where rows without labels go on counting by -ln p(v). "
            + (gain > 0
                ? $"What rows without labels tell is worth {DemoText.Fixed(100 * gain, 1)} points of error here: {DemoText.Percent(means[0])} become {DemoText.Percent(means[best])} ({_names[best]})."
                : "Here rows without labels didn't help."));
        run.Page.Table(
            ["training", "mean test error", .. Enumerable.Range(1, draws).Select(static draw => $"draw {Numbers.Text(draw)}")],
            [.. _names.Select((name, i) => (string[])[name, DemoText.Percent(means[i]), .. errors[i].Select(static error => DemoText.Percent(error))])]);
        run.Figure(
            "Test error with few labels, the mean over draws.",
            ("few-labels", DemoText.Bars("Test error with few labels", "", "%", _names, new BarSeries("mean", [.. means.Select(static mean => 100 * mean)])) with { YReaches = [0] }));
        run.Results.Add("few_labels", perClass * classes);
        run.Results.Add("few_error_random_start", means[0]);
        run.Results.Add("few_error_rbm_start", means[1]);
        run.Results.Add("few_error_semi_supervised", means[2]);
        run.Results.Add("few_gain_points", 100 * gain);
    }
}
