using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>Images by CD: the free-energy difference while it learns, real images against generated ones, and chains from random pixels.</summary>
internal sealed class ImageDemo : Demo
{
    private const int Hidden = 500;
    private const double Rate = 0.01;
    private const int MeasuredRows = 5000;
    private const int Chains = 100;
    private const int ShownChains = 20;
    private const int DataSteps = 1000;

    // Of the whole work, about this share is training.
    private const double TrainingShare = 0.8;

    private readonly ImageSettings _settings;
    private readonly Option<int?> _epochs;
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Rows of training and test data, the first ones [default: all]", least: 100);

    private readonly Option<int> _chainSteps = OptionFactory.Integer("--chain-steps", "Steps of the longest chains", 10_000, least: 100);

    /// <summary>Makes the demo.</summary>
    public ImageDemo(ImageSettings settings)
    {
        _settings = settings;
        _epochs = OptionFactory.OptionalInteger("--epochs", $"Epochs [default: {settings.Epochs}]", least: 1);
    }

    /// <inheritdoc/>
    public override string Name => _settings.Name;

    /// <inheritdoc/>
    public override string Summary => $"the images of {_settings.Data}, 784 x {Hidden} by CD-{_settings.Steps}: learning, and what chains show after one step and after ten thousand";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _limit, _chainSteps];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        ImageData data = ImageData.Open(run, _settings.Data, parse.GetValue(_limit));
        int epochs = parse.GetValue(_epochs) ?? _settings.Epochs;
        int batch = Math.Min(_settings.BatchSize, data.Training.Rows);
        int pass = (data.Training.Rows + batch - 1) / batch;
        int updates = _settings.Updates == 0 ? pass : _settings.Updates;
        run.Page.Section("Training");
        run.Page.Paragraph(
            $"The tutorial's settings: {data.Training.Columns} visible and {Hidden} hidden units, CD-{_settings.Steps}, rate {Numbers.Text(Rate)}, minibatches of {batch}, {DemoText.Count(epochs)} epochs of {DemoText.Count(updates)} "
            + $"updates ({DemoText.Count((long)updates * batch)} rows), no momentum, no weight decay, gradients as they are. Pixels are drawn anew in every pass, on with their grey level as probability. "
            + "The first weights are from N(0, 0.01²), the visible biases from the means of the pixels.");
        Rbm rbm = RbmInitializer.Normal(data.Training, Hidden, run.Seed);
        Train(run, data, rbm, new TrainingOptions
        {
            Steps = _settings.Steps,
            Epochs = (int)((((long)epochs * updates) + pass - 1) / pass),
            BatchSize = batch,
            LearningRate = LearningRateSchedule.Constant(Rate),
            Centring = Centring.None,
            Binarization = Binarization.Sample,
            Seed = run.Seed,
            Threads = run.Threads,
        }, epochs, updates);
        run.Pictures("The weights of the first 100 hidden units, each to its own scale: blue below 0, red above.", ("filters", "filters", Pictures.Filters(rbm, data.Training.Shape)));
        run.Model("model", rbm, data.Training.Shape);
        int most = parse.GetValue(_chainSteps);
        Generate(run, data, rbm, [.. ((int[])[1, _settings.Steps, 2 * _settings.Steps, 100, 1000]).Where(time => time < most), most]);
        Cure(run, data, (int)((((long)epochs * updates) + pass - 1) / pass), batch, most);
    }

    /// <summary>As many updates by persistent chains, and what its chains show.</summary>
    private void Cure(DemoRun run, ImageData data, int passes, int batch, int steps)
    {
        Rbm rbm = RbmInitializer.Normal(data.Training, Hidden, run.Seed);
        using Trainer trainer = new(rbm, data.Training, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Epochs = passes,
            BatchSize = batch,
            LearningRate = new LearningRateSchedule { Initial = _settings.PersistentRate, Final = 0, Shape = ScheduleShape.Linear },
            AveragedShare = 0.2,
            Binarization = Binarization.Sample,
            Seed = run.Seed,
            Threads = run.Threads,
        });
        while (!trainer.IsFinished)
        {
            run.Progress((double)trainer.State.Update / trainer.TotalUpdates, "training with persistent chains");
            trainer.Step();
        }

        using ChainSet fromData = new(rbm, Chains, unchecked(run.Seed + 1), run.Threads);
        fromData.StartFrom(TakenRows(ImageData.Bits(data.Test, Chains, unchecked(run.Seed + 1)), data));
        Advance(run, fromData, Math.Min(DataSteps, steps));
        using ChainSet fromRandom = new(rbm, Chains, run.Seed, run.Threads);
        Advance(run, fromRandom, steps);
        run.Page.Section("With persistent chains");
        run.Page.Paragraph(
            $"As many updates of the same machine by persistent chains, with one step an update that goes on where the last one stopped, centred gradients, a rate that falls from {Numbers.Text(_settings.PersistentRate)} to 0 "
            + "and the mean of the parameters over the last fifth of the run. These chains have been everywhere by now, and the model is low where they have been and the data aren't.");
        run.Pictures(
            "Generated ones, by the probabilities of their pixels in the last step.",
            ("persistent-from-data", $"from test images, {DemoText.Count(fromData.Sweeps)} steps", Pictures.Means(MeansOf(rbm, fromData), data.Training.Shape)),
            ("persistent-from-random", $"from random pixels, {DemoText.Count(fromRandom.Sweeps)} steps", Pictures.Means(MeansOf(rbm, fromRandom), data.Training.Shape)));
        run.Model("persistent", rbm, data.Training.Shape);
    }

    private static void Advance(DemoRun run, ChainSet chains, int steps)
    {
        while (chains.Sweeps < steps)
        {
            run.Progress((double)chains.Sweeps / steps, "running chains");
            chains.Run((int)Math.Min(50, steps - chains.Sweeps));
        }
    }

    private static Matrix MeansOf(Rbm rbm, ChainSet chains)
    {
        Matrix means = new(chains.Chains, rbm.Visible.Count);
        rbm.MeanVisible(chains.Hidden, new RbmWorkspace(rbm), means);
        return means;
    }

    private static void Train(DemoRun run, ImageData data, Rbm rbm, TrainingOptions options, int epochs, int updates)
    {
        BitMatrix training = ImageData.Bits(data.Training, MeasuredRows, run.Seed);
        BitMatrix test = ImageData.Bits(data.Test, MeasuredRows, run.Seed);
        using Trainer trainer = new(rbm, data.Training, options);
        List<double> gaps = [Gap(rbm, training, test)];
        List<double> errors = [trainer.Measure().ReconstructionError];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            for (int update = 0; update < updates; update++)
            {
                run.Progress(TrainingShare * (epoch + ((double)update / updates)) / epochs, $"training, epoch {epoch + 1}");
                trainer.Step();
            }

            gaps.Add(Gap(rbm, training, test));
            errors.Add(trainer.Measure().ReconstructionError);
        }

        run.Figure(
            $"Left: the free-energy difference, mean F of {DemoText.Count(test.Rows)} test images minus mean F of {DemoText.Count(training.Rows)} training images, in nats. The unknown log Z cancels. "
            + "It stays near 0 while the model learns what both have in common, and grows when it learns the training rows by heart. Right: mean squared error of pixels after one step up and down, "
            + "which falls whether or not the model becomes better.",
            ("free-energy-difference", DemoText.Lines("Free-energy difference", "epochs", "F(test) - F(training), nats", LineSeries.Of(null, gaps)) with { YReaches = [0] }),
            ("reconstruction-error", DemoText.Lines("Reconstruction error", "epochs", "mean squared error a pixel", LineSeries.Of(null, errors)) with { YReaches = [0] }));
        run.Results.Add("data", data.Name);
        run.Results.Add("epochs", epochs);
        run.Results.Add("free_energy_difference", gaps[^1]);
        run.Results.Add("reconstruction_error", errors[^1]);
    }

    private void Generate(DemoRun run, ImageData data, Rbm rbm, int[] times)
    {
        BitMatrix real = ImageData.Bits(data.Test, Chains, unchecked(run.Seed + 1));
        BitMatrix many = ImageData.Bits(data.Test, MeasuredRows, unchecked(run.Seed + 1));
        RbmWorkspace workspace = new(rbm);
        List<(string, string, PixelImage)> blocks = [];
        List<IReadOnlyList<string>> rows = [Row("test data", many, many)];
        using ChainSet chains = new(rbm, Chains, run.Seed, run.Threads);
        blocks.Add(("random-0", "random pixels", Block(chains.Visible)));
        foreach (int time in times)
        {
            while (chains.Sweeps < time)
            {
                run.Progress(TrainingShare + ((1 - TrainingShare) * chains.Sweeps / times[^1]), "running chains");
                chains.Run((int)Math.Min(50, time - chains.Sweeps));
            }

            string words = time == 1 ? "1 step" : $"{DemoText.Count(time)} steps";
            blocks.Add(($"random-{Numbers.Text(time)}", words, Block(chains.Visible)));
            rows.Add(Row($"random pixels, {words}", chains.Visible, many));
        }

        PixelImage fromRandom = Pictures.Means(MeansOf(rbm, chains), data.Training.Shape);
        using ChainSet fromData = new(rbm, Chains, unchecked(run.Seed + 1), run.Threads);
        fromData.StartFrom(TakenRows(real, data));
        fromData.Run(Math.Min(DataSteps, times[^1]));
        rows.Add(Row($"test {_settings.What}, {DemoText.Count(fromData.Sweeps)} steps", fromData.Visible, many));

        run.Page.Section("Real against generated");
        run.Pictures(
            $"Generated ones are shown by the probabilities of their pixels in the last step. Chains that start at test images stay near the data if the model knows them; chains from random pixels "
            + "have to find their way by themselves.",
            ("real", $"real: {Chains} test images", Pictures.States(real, data.Training.Shape)),
            ("from-data", $"generated: from test images, {DemoText.Count(fromData.Sweeps)} steps", Pictures.Means(MeansOf(rbm, fromData), data.Training.Shape)),
            ("from-random", $"generated: from random pixels, {DemoText.Count(times[^1])} steps", fromRandom));
        run.Page.Section("From random pixels");
        run.Pictures(
            $"The same {ShownChains} chains, begun at blocks of random pixels, each on with probability one half, after 1 step, k = {_settings.Steps} steps, 2k and on.",
            blocks);
        run.Page.Table(
            ["states", "pixels on", "mean free energy (nats)", "correlation of pixel means with data", "correlation of covariances with data"], rows,
            $"{Chains} chains against {DemoText.Count(many.Rows)} test images. At equilibrium it wouldn't matter where chains began: rows from random pixels and from test images would agree. "
            + "Covariances are those of every seventh pixel.");
        run.Page.Paragraph(Verdict(rows, times[^1]));
        run.Results.Add("chains", Chains);

        PixelImage Block(BitMatrix states) => new Mosaic(ShownChains, data.Training.Shape.Height, data.Training.Shape.Width, new MosaicOptions { Columns = 5, Zoom = 2 })
            .RenderBits(First(states, ShownChains));

        IReadOnlyList<string> Row(string name, BitMatrix states, BitMatrix against)
        {
            MomentErrors errors = MomentComparison.Compute(states, against, EverySeventh(states.Columns), run.Threads, run.Cancellation);
            double[] free = new double[states.Rows];
            rbm.FreeEnergy(states, workspace, free);
            double on = Enumerable.Range(0, states.Rows).Average(row => (double)states.CountOn(row));
            return [name, DemoText.Fixed(on, 1), DemoText.Fixed(free.Average(), 1), Correlation(errors.MeanCorrelation), Correlation(errors.CovarianceCorrelation)];
        }
    }

    /// <summary>Where long chains are, against the data: by free energies, whose differences are log-probabilities.</summary>
    private string Verdict(List<IReadOnlyList<string>> rows, int steps)
    {
        double data = Number(rows[0][2]);
        double late = Number(rows[^2][2]);
        return Math.Abs(late - data) < 10
            ? $"After {DemoText.Count(steps)} steps chains from random pixels are about as probable as test images ({DemoText.Fixed(late, 1)} against {DemoText.Fixed(data, 1)} nats)."
            : $"After {DemoText.Count(steps)} steps chains from random pixels have a mean free energy of {DemoText.Fixed(late, 1)} nats, test images one of {DemoText.Fixed(data, 1)}: most of the model's probability "
            + $"lies {(late < data ? "elsewhere, on images that training's short chains never came to" : "where these chains haven't come yet")}. CD-{_settings.Steps} only asks that {_settings.Steps} steps from the data lead nowhere else. What it "
            + "has learned works out of equilibrium, for some steps, and long chains leave the data. Persistent chains are the cure: see below.";
        static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Correlation(double? value) => value is { } number ? DemoText.Fixed(number, 3) : "-";

    private static int[] EverySeventh(int columns) => [.. Enumerable.Range(0, (columns + 6) / 7).Select(static i => 7 * i)];

    private static BitDataset TakenRows(BitMatrix rows, ImageData data)
    {
        byte[] values = new byte[rows.Rows * rows.Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[i / rows.Columns, i % rows.Columns] ? (byte)1 : (byte)0;
        }

        return BitDataset.FromBytes(data.Name, rows.Rows, rows.Columns, values);
    }

    private static BitMatrix First(BitMatrix states, int count)
    {
        BitMatrix first = new(count, states.Columns);
        for (int row = 0; row < count; row++)
        {
            states.Row(row).CopyTo(first.Row(row));
        }

        return first;
    }

    private static double Gap(Rbm rbm, BitMatrix training, BitMatrix test)
    {
        RbmWorkspace workspace = new(rbm);
        return Mean(test) - Mean(training);
        double Mean(BitMatrix rows)
        {
            double[] free = new double[rows.Rows];
            rbm.FreeEnergy(rows, workspace, free);
            return free.Average();
        }
    }
}
