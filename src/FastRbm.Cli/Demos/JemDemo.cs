using System.CommandLine;
using FastRbm.Cli.Families.Networks;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Models.Networks;
using FastRbm.Sampling.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Demos;

/// <summary>A classifier that is a density: two rings exactly, then digits.</summary>
internal sealed class JemDemo : Demo
{
    private const double RingsShare = 0.2;
    private const int HistogramBins = 40;

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs of training on digits", 12, least: 1);
    private readonly Option<int> _units = OptionFactory.Integer("--units", "Units of each of the two hidden layers", 256, least: 1);
    private readonly Option<int> _ringEpochs = OptionFactory.Integer("--ring-epochs", "Epochs of training on two rings", 200, least: 1);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Train on the first rows only", least: 100);

    /// <inheritdoc/>
    public override string Name => "jem";

    /// <inheritdoc/>
    public override string Summary => "an energy network that classifies digits, draws them from noise and knows what is none";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _units, _ringEpochs, _limit];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        int? limit = parse.GetValue(_limit);
        new JemRings(Math.Min(limit ?? 2000, 2000), run.Seed).Run(run, parse.GetValue(_ringEpochs));
        ImageData data = ImageData.Open(run, "mnist", limit);
        if (data.Training.Labels.IsEmpty)
        {
            run.Note($"{data.Name} has no classes: the demo ends with the rings.");
            run.Page.Paragraph("The second part needs digits with classes, which aren't on the machine that made this page.");
            return;
        }

        int epochs = parse.GetValue(_epochs);
        int units = parse.GetValue(_units);
        JemOptions options = new() { Epochs = epochs, BatchSize = Math.Min(64, data.Training.Rows), Seed = run.Seed, Threads = run.Threads };
        run.Page.Section("Digits");
        run.Page.Paragraph(
            $"784-{units}-{units}-10, swish, {DemoText.Count(data.Training.Rows)} rows of {data.Name} as states from -1 to 1. Each update lowers -ln p(y | x) and the energy of its rows, and raises that of {options.BatchSize} "
            + $"chains out of {DemoText.Count(options.BufferSize)}, after {options.LangevinSteps} steps x + grad + {Numbers.Text(options.Langevin.Noise)} z; five in a hundred begin anew from uniform noise. Such steps are colder than the density "
            + "whose gradient they take: a search for low energies with a little noise, not samples of exp(-E) / Z, which is why no likelihood of digits stands on this page.");
        EnergyNetwork model = new(Network.Random([data.Training.Columns, units, units, 10], UnitFunction.Swish, run.Seed), new EnergyNetworkOptions());
        Train(run, data, model, options);
        Samples(run, data, model, options);
        Classify(run, data, model);
        Outliers(run, data, model, limit);
    }

    private static void Train(DemoRun run, ImageData data, EnergyNetwork model, JemOptions options)
    {
        using JemTrainer trainer = new(model, data.Training, options);
        List<JemFigures> figures = [];
        List<double> errors = [];
        while (!trainer.IsFinished)
        {
            run.Progress(RingsShare + (0.75 * trainer.Update / trainer.TotalUpdates), $"digits, epoch {trainer.Epoch + 1}");
            trainer.Step();
            if (trainer.Update % trainer.UpdatesPerEpoch == 0)
            {
                figures.Add(trainer.Figures);
                errors.Add(100 * trainer.Measure(data.Test).ErrorRate);
            }
        }

        LineSeries Of(string name, Func<JemFigures, double> value) => LineSeries.Of(name, [.. figures.Select(value)], 1);
        run.Figure(
            "Left: the two losses; the generative one is the difference of the mean energies on the right, and stays near 0 as long as the chains keep up with the data.",
            ("losses", DemoText.Lines("Losses", "epochs", "nats", Of("-ln p(y | x)", static f => f.ClassifierLoss), Of("E(data) - E(samples)", static f => f.GenerativeLoss))),
            ("energies", DemoText.Lines("Mean energies", "epochs", "E", Of("data", static f => f.DataEnergy), Of("samples", static f => f.SampleEnergy))));
        run.Figure(
            "Wrong rows: training as it went, and all test rows after each epoch, by the running average of the parameters.",
            ("errors", DemoText.Lines("Error", "epochs", "%", Of("training", static f => 100 * f.ErrorRate), LineSeries.Of("test", errors, 1)) with { YReaches = [0] }));
    }

    private static void Samples(DemoRun run, ImageData data, EnergyNetwork model, JemOptions options)
    {
        run.Page.Section("From noise");
        using LangevinChains chains = JemPictures.OfEachClass(model, options.Langevin, run.Seed, run.Threads);
        List<(string, string, PixelImage)> pictures = [];
        foreach (int steps in (ReadOnlySpan<int>)[0, 20, 100, JemPictures.Steps])
        {
            chains.Run((int)(steps - chains.Steps), null, run.Cancellation);
            pictures.Add(($"samples-{Numbers.Text(steps)}", steps == 0 ? "noise" : $"{DemoText.Count(steps)} steps", JemPictures.Mosaic(model, chains.States, data.Test.Shape)));
        }

        NetworkWorkspace workspace = new(model.Network, chains.States.Rows);
        workspace.Inputs.CopyFrom(chains.States);
        model.Network.Forward(workspace, chains.States.Rows);
        int right = 0;
        for (int chain = 0; chain < chains.States.Rows; chain++)
        {
            ReadOnlySpan<float> outputs = workspace.Outputs.Row(chain);
            int best = 0;
            for (int y = 1; y < outputs.Length; y++)
            {
                best = outputs[y] > outputs[best] ? y : best;
            }

            right += best == chain % model.Classes ? 1 : 0;
        }

        double share = (double)right / chains.States.Rows;
        run.Pictures("Chains of E(x, y), a column a class from 0 to 9, all from uniform noise.", pictures);
        run.Page.Paragraph(
            $"The network itself takes {DemoText.Percent(share, 0)} of the last ones for the class that they were drawn of. That says that the chains go where it sends them; whether they are digits, the pictures say.");
        run.Results.Add("own_accuracy_of_samples", share);
    }

    private static void Classify(DemoRun run, ImageData data, EnergyNetwork model)
    {
        run.Page.Section("How sure, and how often right");
        ClassificationReport report = ClassificationReport.Run(model, data.Test);
        CalibrationBin[] bins = [.. report.Bins.Where(static bin => bin.Count > 0)];
        run.Figure(
            "Test rows by their largest probability: how sure the model is of them, and how many of them are right. Calibrated, both bars are as high.",
            ("calibration", DemoText.Bars(
                "Calibration", "rows in the bin", "share", [.. bins.Select(static bin => DemoText.Count(bin.Count))], new BarSeries("mean confidence", [.. bins.Select(static bin => bin.Confidence)]),
                new BarSeries("right", [.. bins.Select(static bin => bin.Accuracy)]))));
        run.Page.Paragraph(
            $"{DemoText.Percent(1 - report.ErrorRate, 2)} of {DemoText.Count(report.Rows)} test rows are right; the expected calibration error, the mean distance of the bars over rows, is {DemoText.Fixed(report.CalibrationError, 4)}.");
        run.Results.Add("accuracy", 1 - report.ErrorRate);
        run.Results.Add("calibration_error", report.CalibrationError);
    }

    private static void Outliers(DemoRun run, ImageData data, EnergyNetwork model, int? limit)
    {
        run.Page.Section("What is no digit");
        bool hasFashion = run.HasData("fashion-mnist");
        Dataset fashion = hasFashion ? run.Open("fashion-mnist:test") : run.Open("strokes:test");
        fashion = limit is { } most && most < fashion.Rows ? fashion.Take(most) : fashion;
        JemScores inside = JemScores.Of(model, data.Test);
        JemScores outside = JemScores.Of(model, fashion);
        double byDensity = RocCurve.Area(inside.LogDensities, outside.LogDensities);
        double byConfidence = RocCurve.Area(inside.Confidences, outside.Confidences);
        double least = Math.Min(inside.LogDensities.Min(), outside.LogDensities.Min());
        double width = (Math.Max(inside.LogDensities.Max(), outside.LogDensities.Max()) - least) / HistogramBins;
        string others = hasFashion ? "clothes of fashion-mnist" : "strokes";
        run.Figure(
            $"log p(x) + log Z = -E(x) of test rows and of {others}, which training never saw.",
            ("outliers", DemoText.Lines(
                "Out of distribution", "-E(x)", "share of rows", Shares("digits", inside.LogDensities, least, width), Shares(hasFashion ? "clothes" : "strokes", outside.LogDensities, least, width))));
        run.Page.Paragraph(
            $"A random digit has a higher log p(x) than a random one of the others with probability {DemoText.Fixed(byDensity, 4)} (the area under the ROC curve); by the largest p(y | x) it is {DemoText.Fixed(byConfidence, 4)}.");
        run.Results.Add("outlier_roc_area_of_density", byDensity);
        run.Results.Add("outlier_roc_area_of_confidence", byConfidence);
    }

    private static LineSeries Shares(string name, double[] values, double least, double width)
    {
        double[] shares = new double[HistogramBins];
        foreach (double value in values)
        {
            shares[Math.Clamp((int)((value - least) / width), 0, HistogramBins - 1)] += 1.0 / values.Length;
        }

        return new LineSeries(name, [.. Enumerable.Range(0, HistogramBins).Select(bin => least + ((bin + 0.5) * width))], shares);
    }
}
