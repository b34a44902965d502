using System.CommandLine;
using FastRbm.Cli.Families.Classification;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Sampling.Classification;
using FastRbm.Training.Classification;

namespace FastRbm.Cli.Demos;

/// <summary>Digits told apart by classification RBMs: what each objective gives, samples of each class, and a hundred labels.</summary>
internal sealed class ClassifyDemo : Demo
{
    private const int SamplesOfEach = 10;
    private const int Sweeps = 1000;

    /// <summary>What is done until the objectives are trained, as a share of the whole.</summary>
    private const double ObjectivesShare = 0.5;

    private static readonly ClassificationObjective[] _objectives =
        [ClassificationObjective.Generative, ClassificationObjective.Discriminative, ClassificationObjective.Hybrid];

    private readonly Option<int> _hidden = OptionFactory.Integer("--hidden", "Hidden units", 500, least: 1);
    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs of each objective", 10, least: 1);
    private readonly Option<int> _labels = OptionFactory.Integer("--labels", "Labels of each class in the experiment with few", 10, least: 1);
    private readonly Option<int> _draws = OptionFactory.Integer("--draws", "How many times the few labels are drawn", 3, least: 1);
    private readonly Option<int> _fewEpochs = OptionFactory.Integer("--few-epochs", "Epochs over all rows in the experiment with few labels", 3, least: 1);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Train on the first rows only, and test on as many", least: 100);

    /// <inheritdoc/>
    public override string Name => "classify";

    /// <inheritdoc/>
    public override string Summary => "digits told apart by RBMs with classes: three objectives, samples of each class, a hundred labels";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_hidden, _epochs, _labels, _draws, _fewEpochs, _limit];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        ImageData data = ImageData.Open(run, "mnist", parse.GetValue(_limit));
        int hidden = parse.GetValue(_hidden);
        int classes = ClassLabels.Count(data.Training);
        run.Page.Paragraph(
            $"A classification RBM has the class beside the pixels: E(y,v,h) = -b.v - d_y - c.h - v'Wh - U_y.h. Its hidden units sum out, so p(y | v) is exact. Here {DemoText.Count(hidden)} hidden units, "
            + $"{DemoText.Count(data.Training.Rows)} training and {DemoText.Count(data.Test.Rows)} test rows of {data.Name}, grey levels drawn as bits in every epoch.");
        run.Results.Add("data", data.Name);
        run.Results.Add("hidden", hidden);
        ClassificationRbm hybrid = Objectives(run, parse, data, hidden, classes);
        Samples(run, hybrid, data.Training.Shape);
        run.Progress(ObjectivesShare, "few labels");
        new FewLabelsExperiment(run, data, hidden, parse.GetValue(_labels), parse.GetValue(_draws), parse.GetValue(_fewEpochs)).Run(ObjectivesShare);
    }

    private ClassificationRbm Objectives(DemoRun run, ParseResult parse, ImageData data, int hidden, int classes)
    {
        int epochs = parse.GetValue(_epochs);
        List<LineSeries> lines = [];
        List<string[]> table = [];
        List<(double Error, string Name)> errors = [];
        ClassificationReport? last = null;
        ClassificationRbm model = new(data.Training.Columns, classes, hidden);
        for (int i = 0; i < _objectives.Length; i++)
        {
            ClassificationOptions options = ClassificationOptions.For(_objectives[i]);
            options = options with { Epochs = epochs, BatchSize = Math.Min(options.BatchSize, data.Training.Rows), Seed = run.Seed, Threads = run.Threads };
            string name = ClassificationOptionSet.WordOf(_objectives[i]);
            model = ClassificationInitializer.Normal(data.Training, classes, hidden, run.Seed);
            using ClassificationTrainer trainer = new(model, data.Training, options, data.Test);
            List<double> curve = [];
            int done = i;
            trainer.Run(new Watch(progress =>
            {
                run.Progress(ObjectivesShare * (done + ((double)progress.Updates / progress.TotalUpdates)) / _objectives.Length, name);
                if (progress.EpochCompleted)
                {
                    curve.Add(100 * progress.Figures.ValidationError);
                }
            }));
            last = ClassificationReport.Run(model, data.Test, cancellation: run.Cancellation);
            lines.Add(new LineSeries(name, [.. Enumerable.Range(1, curve.Count).Select(static epoch => (double)epoch)], [.. curve]));
            table.Add([name, DemoText.Percent(last.ErrorRate, 2), DemoText.Fixed(last.CrossEntropy, 4), DemoText.Fixed(last.CalibrationError, 4)]);
            errors.Add((last.ErrorRate, name));
            run.Results.Add($"error_{name}", last.ErrorRate);
            run.Results.Add($"cross_entropy_{name}", last.CrossEntropy);
        }

        run.Page.Section("Three objectives");
        (double Error, string Name) best = errors.MinBy(static one => one.Error);
        run.Page.Paragraph(
            "Generative training makes p(y,v) of the rows large, by chains; discriminative training makes p(y | v) large, by its exact gradient; the hybrid takes the second and a little of the first, which keeps "
            + $"weights from saying more of the training rows than there is. Test rows were looked at after every epoch for the chart alone: nothing was chosen by them. After {DemoText.Count(epochs)} epochs the {best.Name} machine "
            + $"errs least, on {DemoText.Percent(best.Error, 2)} of the test rows; one standard error of such a figure is {DemoText.Percent(Math.Sqrt(best.Error * (1 - best.Error) / data.Test.Rows), 2)}.");
        run.Figure(
            "Left: test rows told wrong after each epoch. Right: test rows by their class, downwards, and by what the hybrid machine took them for; rows told right are left out.",
            ("errors", DemoText.Lines("Test error", "epochs", "%", lines)), ("confusions", Confusions(last!)));
        run.Page.Table(["objective", "test error", "cross-entropy, nats", "calibration error"], table);
        return model;
    }

    private static HeatMap Confusions(ClassificationReport report)
    {
        string[] names = [.. Enumerable.Range(0, report.Classes).Select(static y => Numbers.Text(y))];
        return new HeatMap
        {
            Title = "Taken for",
            RowLabels = names,
            ColumnLabels = names,
            Format = "0",
            CellWidth = 34,
            CellHeight = 22,
            Values = [.. from label in Enumerable.Range(0, report.Classes) from told in Enumerable.Range(0, report.Classes) select label == told ? 0.0 : report.Confusions(label, told)],
        };
    }

    private static void Samples(DemoRun run, ClassificationRbm model, ImageShape shape)
    {
        run.Page.Section("Samples of each class");
        int?[] labels = [.. Enumerable.Range(0, SamplesOfEach * model.Classes).Select(chain => (int?)(chain % model.Classes))];
        using ClassChains chains = new(model, labels, run.Seed, run.Threads);
        for (int sweep = 0; sweep < Sweeps; sweep += 20)
        {
            run.Progress(ObjectivesShare, "samples of each class");
            chains.Run(20);
        }

        Matrix means = new(labels.Length, model.Columns);
        int kept = 0;
        for (int chain = 0; chain < labels.Length; chain++)
        {
            chains.CopyMeans(chain, means.Row(chain));
            double[] logs = new double[model.Classes];
            model.LogProbabilities(means.Row(chain), logs);
            kept += Array.IndexOf(logs, logs.Max()) == labels[chain] ? 1 : 0;
        }

        run.Pictures(
            $"The hybrid machine's own pictures, a class a column: chains of {DemoText.Count(Sweeps)} Gibbs steps with the class held, shown as E[v | h]. It takes {DemoText.Count(kept)} of the {DemoText.Count(labels.Length)} for what "
            + "they were to be. Its objective asks for little of p(v), so they are less like digits than those of a generative machine.",
            ("samples", "a column a class", Pictures.Means(means, shape)));
        run.Results.Add("samples_taken_for_their_class", kept);
    }

    private sealed class Watch(Action<ClassificationProgress> report) : IProgress<ClassificationProgress>
    {
        public void Report(ClassificationProgress value) => report(value);
    }
}
