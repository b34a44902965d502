using System.CommandLine;
using FastRbm.Cli.Families.Deep;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Deep;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Models.Networks;
using FastRbm.Sampling;
using FastRbm.Sampling.Deep;
using FastRbm.Training;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Demos;

/// <summary>A deep belief network or a deep Boltzmann machine of digits: what it draws, and what its features are worth to a classifier.</summary>
internal sealed class DeepDemo(bool boltzmann) : Demo
{
    private const int Samples = 64;
    private const int FewEpochs = 60;

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Passes over the data for each layer, and in which all are trained together", 6, least: 1);
    private readonly Option<int> _tuning = OptionFactory.Integer("--tune-epochs", "Passes of tuning with all labels", 20, least: 1);
    private readonly Option<int> _draws = OptionFactory.Integer("--draws", "Draws of ten labels a class, over which errors are averaged", 5, least: 1);
    private readonly Option<int> _chainSteps = OptionFactory.Integer("--chain-steps", "Gibbs steps of the samples", 1000, least: 1);
    private readonly Option<int> _units = OptionFactory.Integer("--units", boltzmann ? "Units of the first hidden layer; the second has twice as many" : "Units of the first and of the second hidden layer; the third has twice as many", 500, least: 1);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows of each split only", least: 100);

    /// <inheritdoc/>
    public override string Name => boltzmann ? "dbm" : "dbn";

    /// <inheritdoc/>
    public override string Summary => boltzmann
        ? "a deep Boltzmann machine of digits: samples, mean field, bounds on its likelihood, tuning"
        : "a deep belief network of digits: filters, samples, tuning with and without it, 100 labels";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _tuning, _draws, _chainSteps, _units, _limit];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        ImageData data = ImageData.Open(run, "mnist", parse.GetValue(_limit));
        int units = parse.GetValue(_units);
        int[] hidden = boltzmann ? [units, 2 * units] : [units, units, 2 * units];
        int epochs = parse.GetValue(_epochs);
        IReadOnlyList<TrainingOptions> options = DeepBeliefTrainer.Same(
            new TrainingOptions
            {
                Algorithm = TrainingAlgorithm.ContrastiveDivergence,
                Epochs = epochs,
                BatchSize = Math.Min(100, data.Training.Rows),
                LearningRate = new LearningRateSchedule { Initial = 0.1, Final = 0, Shape = ScheduleShape.Linear },
                WeightDecay = boltzmann ? 0 : 0.001,
                Binarization = Binarization.Sample,
                Seed = run.Seed,
                Threads = run.Threads,
            },
            hidden.Length);
        if (!boltzmann)
        {
            // The topmost machine is the one that rows are drawn from.
            options = [.. options.SkipLast(1), options[^1] with { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence, WeightDecay = 0 }];
        }

        run.Page.Paragraph(
            $"{DemoText.Count(data.Training.Rows)} rows of {data.Name}, binarised afresh in every pass; layers of {DemoText.Count(data.Training.Columns)}, "
            + $"{string.Join(", ", hidden.SkipLast(1).Select(static layer => DemoText.Count(layer)))} and {DemoText.Count(hidden[^1])} units; {DemoText.Count(epochs)} passes for each layer" + (boltzmann ? ", then as many in which all layers are trained together." : "."));
        run.Results.Add("data", data.Name);
        if (boltzmann)
        {
            RunBoltzmann(run, parse, data, hidden, options);
        }
        else
        {
            RunBelief(run, parse, data, hidden, options);
        }
    }

    private void RunBelief(DemoRun run, ParseResult parse, ImageData data, int[] hidden, IReadOnlyList<TrainingOptions> options)
    {
        DeepBeliefNetwork network = new([data.Training.Columns, .. hidden]);
        using (DeepBeliefTrainer trainer = new(network, data.Training, options))
        {
            trainer.Run(Layers(run), run.Cancellation);
        }

        Filters(run, data, network.Machines[0].Weights.ToArray(), network.Machines[1].Weights.ToArray());
        run.Page.Section("Samples");
        using (DeepBeliefChains chains = new(network, Samples, run.Seed, run.Threads))
        {
            chains.Run(parse.GetValue(_chainSteps));
            run.Pictures($"{Samples} chains of {DemoText.Count(parse.GetValue(_chainSteps))} steps in the topmost machine from random states, then a pass down.", ("samples", "samples", Pictures.Means(chains.Means, data.Training.Shape)));
        }

        Tune(run, parse, data, network.ToNetwork, static rows => rows);
    }

    private void RunBoltzmann(DemoRun run, ParseResult parse, ImageData data, int[] hidden, IReadOnlyList<TrainingOptions> options)
    {
        DeepBoltzmannMachine machine = DeepBoltzmannStart.Train(data.Training, hidden, options, Layers(run), run.Cancellation);
        DeepBoltzmannOptions joint = new()
        {
            Epochs = options[0].Epochs,
            BatchSize = options[0].BatchSize,
            Binarization = Binarization.Sample,
            Seed = run.Seed,
            Threads = run.Threads,
        };
        using (DeepBoltzmannTrainer trainer = new(machine, data.Training, joint))
        {
            trainer.Run(new DeepReport<DeepProgress>(progress => run.Progress(0.3 + (0.3 * progress.Updates / progress.TotalUpdates), "training all layers")), run.Cancellation);
        }

        Matrix first = new(machine.Layers[0], machine.Layers[1]);
        Matrix second = new(machine.Layers[1], machine.Layers[2]);
        machine.CopyWeights(0, first);
        machine.CopyWeights(1, second);
        Filters(run, data, first.AsSpan2D().ToArray(), second.AsSpan2D().ToArray());
        run.Page.Section("Samples");
        using (ChainSet chains = new(machine.Joined, Samples, run.Seed, run.Threads))
        {
            chains.Run(parse.GetValue(_chainSteps));
            run.Pictures(
                $"{Samples} chains of {DemoText.Count(parse.GetValue(_chainSteps))} steps of alternate layers from random states.",
                ("samples", "samples", Pictures.Means(DeepSampleCommand.MeansOf(machine, chains), data.Training.Shape)));
        }

        Bound(run, data, machine);
        Tune(run, parse, data, machine.ToNetwork, rows => new PosteriorRows(machine, rows, joint.MeanFieldSweeps, run.Threads, null, run.Cancellation));
    }

    /// <summary>How the bound rises with the sweeps, and what log Z makes of it.</summary>
    private static void Bound(DemoRun run, ImageData data, DeepBoltzmannMachine machine)
    {
        run.Page.Section("Mean field and likelihood");
        Dataset training = DataSelection.ToBits(data.Training);
        Dataset test = DataSelection.ToBits(data.Test);
        Dataset some = test.Take(Math.Min(500, test.Rows));
        double[] rising = [.. Enumerable.Range(0, 11).Select(sweeps => DeepLikelihood.Bounds(machine, some, sweeps, run.Threads, null, run.Cancellation).Average())];
        run.Figure("The mean bound on log p(v) + log Z of test rows: each sweep can only raise it.", ("mean-field", DemoText.Lines("Mean field", "sweeps", "nats", LineSeries.Of("bound", rising))));
        AnnealingOptions annealing = new() { Runs = 50, Schedule = AnnealingSchedule.Classic(3000), Data = training, Seed = run.Seed, Threads = run.Threads };
        DeepLikelihoodReport report = DeepLikelihood.Estimate(
            machine, test, annealing, DeepLikelihood.DefaultSweeps, new DeepReport<double>(share => run.Progress(0.6 + (0.1 * share), "annealing")), run.Cancellation);
        run.Page.Paragraph(
            $"Test rows, on from one half: the log-likelihood is at least {DemoText.Fixed(report.LogLikelihood, 2)} nats a row, with log Z by annealing both ways; with the upper and the lower bound on log Z "
            + $"the figure is {DemoText.Fixed(report.Lower, 2)} and {DemoText.Fixed(report.Upper, 2)}.");
        run.Results.Add("log_likelihood_bound", report.LogLikelihood);
        run.Results.Add("log_likelihood_bound_lower", report.Lower);
    }

    /// <summary>Tunes from the trained layers and from random weights, with all labels and with few.</summary>
    private void Tune(DemoRun run, ParseResult parse, ImageData data, Func<int, Network> trained, Func<Dataset, ILabelledRows> features)
    {
        run.Page.Section("Tuning");
        if (data.Training.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) < 0)
        {
            run.Page.Paragraph("These rows have no classes, so there is no classifier to tune.");
            return;
        }

        int classes = ClassLabels.Count(data.Training);
        int epochs = parse.GetValue(_tuning);
        ILabelledRows test = features(data.Test);
        ILabelledRows all = features(data.Training);
        int[] sizes = [all.Columns, .. trained(classes).Layers.Select(static layer => layer.Outputs)];
        double[] tuned = Errors(run, trained(classes), all, test, epochs);
        double[] random = Errors(run, Network.Random(sizes, UnitFunction.Sigmoid, run.Seed), all, test, epochs);
        DeepFewLabels few = new(run, data, features, parse.GetValue(_draws), FewEpochs);
        few.Draw(test);
        (double[] fewTuned, string way) = few.Measure(_ => trained(classes), 0.85);
        (double[] fewRandom, string randomWay) = few.Measure(draw => Network.Random(sizes, UnitFunction.Sigmoid, unchecked(run.Seed + (ulong)draw)), 0.92);
        run.Figure(
            "The share of test rows that are classified wrongly. Left: while the network is tuned with all labels. Right: in the end, for each draw of ten labels a class.",
            ("tuning", DemoText.Lines("All labels", "epochs", "test error", LineSeries.Of("trained layers", tuned, 1), LineSeries.Of("random weights", random, 1)) with { YReaches = [0] }),
            ("few-labels", DemoText.Lines("Ten of each class", "draw", "test error", LineSeries.Of("trained layers", fewTuned, 1), LineSeries.Of("random weights", fewRandom, 1)) with { YReaches = [0] }));
        double gain = fewRandom.Average() - fewTuned.Average();
        run.Page.Paragraph(
            $"With all labels the error ends at {Percent(tuned[^1])} from the trained layers and {Percent(random[^1])} from random weights. With {DemoText.Count(few.Labels)} labels it is "
            + $"{Percent(fewTuned.Average())} (tuned by {way}) and {Percent(fewRandom.Average())} ({randomWay}), the mean of {DemoText.Count(fewTuned.Length)} draws, each start tuned in the way of "
            + $"three that suits it best by the last training rows: the layers that saw no labels are {(gain > 0 ? "worth" : "no gain here,")} {DemoText.Fixed(100 * gain, 1)} points.");
        run.Results.Add("error", tuned[^1]);
        run.Results.Add("error_random", random[^1]);
        run.Results.Add("error_few", fewTuned.Average());
        run.Results.Add("error_few_random", fewRandom.Average());
        run.Results.Add("few_draws", fewTuned.Length);
    }

    private static string Percent(double share) => $"{DemoText.Fixed(100 * share, 2)} %";

    private static double[] Errors(DemoRun run, Network network, ILabelledRows rows, ILabelledRows test, int epochs)
    {
        ClassifierOptions options = new()
        {
            Epochs = epochs,
            BatchSize = Math.Min(100, rows.Rows),
            Optimizer = new OptimizerOptions { LearningRate = new LearningRateSchedule { Initial = 0.002, Final = 0, Shape = ScheduleShape.Linear } },
            HiddenDropout = 0.4,
            InputDropout = 0.2,
            Seed = run.Seed,
            Threads = run.Threads,
        };
        using ClassifierTrainer trainer = new(network, rows, options);
        List<double> errors = [];
        int every = Math.Max(1, epochs / 20);
        while (!trainer.IsFinished)
        {
            run.Progress(0.75, "tuning");
            trainer.Step();
            if (trainer.Update % (trainer.UpdatesPerEpoch * every) == 0 || trainer.IsFinished)
            {
                errors.Add(trainer.Measure(test).ErrorRate);
            }
        }

        return [.. errors];
    }

    private static DeepReport<DeepBeliefProgress> Layers(DemoRun run) => new(progress => run.Progress(
        0.3 * (progress.Machine + ((double)progress.Update / progress.Updates)) / progress.Machines, $"layer {progress.Machine + 1}"));

    /// <summary>Filters of the first layer, and those of the second seen through it.</summary>
    private static void Filters(DemoRun run, ImageData data, float[,] first, float[,] second)
    {
        run.Page.Section("Filters");
        float[,] through = new float[first.GetLength(0), Math.Min(Pictures.MostFilters, second.GetLength(1))];
        for (int pixel = 0; pixel < through.GetLength(0); pixel++)
        {
            for (int unit = 0; unit < through.GetLength(1); unit++)
            {
                double sum = 0;
                for (int between = 0; between < second.GetLength(0); between++)
                {
                    sum += (double)first[pixel, between] * second[between, unit];
                }

                through[pixel, unit] = (float)sum;
            }
        }

        run.Pictures(
            "The weights of units of the first hidden layer, and of the second through the first (W0 W1), each to its own scale: blue below 0, red above.",
            ("filters-1", "first hidden layer", Picture(first, data)), ("filters-2", "second, through the first", Picture(through, data)));
    }

    private static PixelImage Picture(float[,] weights, ImageData data)
    {
        Rbm rbm = Rbm.Binary(weights.GetLength(0), weights.GetLength(1));
        rbm.Edit((own, _, _) => new CommunityToolkit.HighPerformance.Span2D<float>(weights).CopyTo(own));
        return Pictures.Filters(rbm, data.Training.Shape);
    }
}
