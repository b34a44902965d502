using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>Grey digits by a machine whose reconstructions are means with noise on them.</summary>
internal sealed class NoisyDigitsDemo : Demo
{
    private const int Hidden = 256;
    private const int Steps = 10;
    private const int BatchSize = 64;
    private const double Noise = 0.1;
    private const double Rate = 0.005;
    private const int MeasuredRows = 2000;
    private const int Digits = 10;
    private const double TrainingShare = 0.95;

    private static readonly int[] _times = [1, 10, 50, 100, 500];

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs of training", 20, least: 1);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Train on the first rows only", least: 100);

    /// <inheritdoc/>
    public override string Name => "noisy-digits";

    /// <inheritdoc/>
    public override string Summary => "grey digits, 784x256, CD-10 whose reconstructions are means with normal noise";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_epochs, _limit];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        ImageData data = ImageData.Open(run, "mnist", parse.GetValue(_limit));
        int epochs = parse.GetValue(_epochs);
        int batch = Math.Min(BatchSize, data.Training.Rows);
        run.Page.Paragraph(
            $"The tutorial's machine with the tutorial's numbers: 784 visible and {Hidden} hidden units, weights from N(0, 2 / (784 + {Hidden})) (Xavier), biases 0, rate "
            + $"{Numbers.Text(Rate)}, minibatches of {batch}, CD-{Steps}, no momentum, no weight decay. Data are grey levels from 0 to 1, {DemoText.Count(data.Training.Rows)} rows of {data.Name}. Hidden "
            + $"units are binary; visible units are drawn as sigmoid(I) + {Numbers.Text(Noise)} z with z normal.");
        run.Page.Paragraph(
            "That isn't Gibbs sampling of a model with an energy: the gradient is the one of binary units, whose states the noisy means take the place of, so nothing here has a likelihood. It is the "
            + "machine that the tutorial trains, run as it is; `gaussian` units are the ones whose noise fits their energy.");
        Rbm rbm = RbmInitializer.Normal(
            data.Training, new NoisyMeanLayer(data.Training.Columns, (float)Noise), new BinaryLayer(Hidden), run.Seed, Math.Sqrt(2.0 / (data.Training.Columns + Hidden)));
        rbm.Edit(static (_, visible, _) => visible.Clear());
        Train(run, data, rbm, epochs, batch);
        run.Pictures("The weights of the first 100 hidden units, each to its own scale: blue below 0, red above.", ("filters", "filters", Pictures.Filters(rbm, data.Training.Shape)));
        Generate(run, data, rbm);
        run.Model("model", rbm, data.Training.Shape);
    }

    private static void Train(DemoRun run, ImageData data, Rbm rbm, int epochs, int batch)
    {
        run.Page.Section("Training");
        Dataset training = data.Training.Take(Math.Min(MeasuredRows, data.Training.Rows));
        Dataset test = data.Test.Take(Math.Min(MeasuredRows, data.Test.Rows));
        using Trainer trainer = new(rbm, data.Training, new TrainingOptions
        {
            Steps = Steps,
            Epochs = epochs,
            BatchSize = batch,
            LearningRate = LearningRateSchedule.Constant(Rate),
            Centring = Centring.None,
            Seed = run.Seed,
            Threads = run.Threads,
            MonitorRows = 1,
        });
        List<(double Draws, double Means)> trained = [Losses(run, rbm, training)];
        List<(double Draws, double Means)> tested = [Losses(run, rbm, test)];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            for (int update = 0; update < trainer.UpdatesPerEpoch; update++)
            {
                run.Progress(TrainingShare * (epoch + ((double)update / trainer.UpdatesPerEpoch)) / epochs, $"training, epoch {epoch + 1}");
                trainer.Step();
            }

            trained.Add(Losses(run, rbm, training));
            tested.Add(Losses(run, rbm, test));
        }

        double noise = Noise * Math.Sqrt(2 / Math.PI);
        run.Page.Paragraph(
            $"The loss is the tutorial's: the mean of |v0 - vk| over pixels, of rows and what the chain makes of them in {Steps} steps, here after each epoch on {DemoText.Count(training.Rows)} training and "
            + $"{DemoText.Count(test.Rows)} test rows. The noise alone has mean {DemoText.Fixed(noise, 4)}: where a pixel is predicted without error, that is what remains. "
            + "So the loss of the means before the noise stands beside it. How good the model is, no such loss says: it would be least for a chain that does not move.");
        run.Figure(
            "Left: the tutorial's loss. The broken line is the mean of the noise. Right: the loss of the means.",
            ("loss", DemoText.Lines(
                "L1 loss a pixel", "epochs", "|v0 - vk|", LineSeries.Of("training", [.. trained.Select(static loss => loss.Draws)]), LineSeries.Of("test", [.. tested.Select(static loss => loss.Draws)]),
                new LineSeries("noise", [0, epochs], [noise, noise]) { IsBroken = true }) with
            { YReaches = [0] }),
            ("loss-of-means", DemoText.Lines(
                "L1 loss of the means", "epochs", "|v0 - mean of vk|", LineSeries.Of("training", [.. trained.Select(static loss => loss.Means)]),
                LineSeries.Of("test", [.. tested.Select(static loss => loss.Means)])) with
            { YReaches = [0] }));
        double black = Distance(test, null);
        run.Page.Table(
            ["", "L1 loss a pixel, test"],
            [
                ["all pixels 0", DemoText.Fixed(black, 4)], ["before training", DemoText.Fixed(tested[0].Draws, 4)], ["after the first epoch", DemoText.Fixed(tested[1].Draws, 4)],
                [$"after {DemoText.Count(epochs)} epochs", DemoText.Fixed(tested[^1].Draws, 4)], ["the same, means", DemoText.Fixed(tested[^1].Means, 4)],
            ]);
        run.Results.Add("data", data.Name);
        run.Results.Add("epochs", epochs);
        run.Results.Add("l1_loss", trained[^1].Draws);
        run.Results.Add("l1_loss_test", tested[^1].Draws);
        run.Results.Add("l1_loss_of_means_test", tested[^1].Means);
        run.Results.Add("l1_loss_of_black", black);
    }

    private static void Generate(DemoRun run, ImageData data, Rbm rbm)
    {
        run.Page.Section("From ten real digits");
        float[] values = new float[Digits * data.Test.Columns];
        int[] rows = [.. Enumerable.Range(0, Digits).Select(digit => Math.Max(0, data.Test.Labels.Span.IndexOf((byte)digit)))];
        for (int digit = 0; digit < Digits; digit++)
        {
            data.Test.CopyMeans(rows[digit], values.AsSpan(digit * data.Test.Columns, data.Test.Columns));
        }

        RealDataset digits = new("digits", Digits, data.Test.Columns, values, data.Test.Shape, default);
        using UnitChains chains = new(rbm, Digits, run.Seed, run.Threads);
        chains.StartFrom(digits);
        List<(string, string, PixelImage)> pictures = [("digits", "test digits", Picture(chains, data, means: false))];
        foreach (int time in _times)
        {
            run.Progress(TrainingShare, "running chains");
            chains.Run((int)(time - 1 - chains.Sweeps));
            chains.BeginMeans();
            chains.Run(1);
            string words = time == 1 ? "1 step" : $"{DemoText.Count(time)} steps";
            pictures.Add(($"steps-{Numbers.Text(time)}", words, Picture(chains, data, means: false)));
            if (time == _times[^1])
            {
                pictures.Add(($"means-{Numbers.Text(time)}", words + ", without the last noise", Picture(chains, data, means: true)));
            }
        }

        run.Pictures(
            $"The first test digit of each class, and what {DemoText.Count(_times[^1])} steps up and down make of it. Values are cut off at 0 and 1.", pictures);
    }

    private static PixelImage Picture(UnitChains chains, ImageData data, bool means)
    {
        Matrix states = new(chains.Chains, data.Test.Columns);
        for (int chain = 0; chain < chains.Chains; chain++)
        {
            if (means)
            {
                chains.CopyMeans(chain, states.Row(chain));
            }
            else
            {
                chains.CopyVisible(chain, states.Row(chain));
            }
        }

        return Pictures.Units(new BinaryLayer(data.Test.Columns), states, data.Test.Shape);
    }

    /// <summary>The loss of chains of k steps that start at rows: of their states, and of the means that these were drawn about.</summary>
    private static (double Draws, double Means) Losses(DemoRun run, Rbm rbm, Dataset rows)
    {
        using UnitChains chains = new(rbm, rows.Rows, run.Seed, run.Threads);
        chains.StartFrom(rows);
        chains.Run(Steps - 1);
        chains.BeginMeans();
        chains.Run(1);
        Matrix states = new(rows.Rows, rows.Columns);
        Matrix means = new(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            chains.CopyVisible(row, states.Row(row));
            chains.CopyMeans(row, means.Row(row));
        }

        return (Distance(rows, states), Distance(rows, means));
    }

    /// <summary>The mean of |v - w|; w = 0 for null.</summary>
    private static double Distance(Dataset rows, Matrix? others)
    {
        float[] row = new float[rows.Columns];
        double sum = 0;
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            for (int i = 0; i < row.Length; i++)
            {
                sum += Math.Abs(row[i] - (others is null ? 0.0 : others[r, i]));
            }
        }

        return sum / ((double)rows.Rows * rows.Columns);
    }
}
