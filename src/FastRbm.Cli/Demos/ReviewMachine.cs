using FastRbm.Data;
using FastRbm.Data.Generators;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>A Potts RBM of reviews: a group of visible units a place, one of which is on a word.</summary>
internal sealed class ReviewMachine
{
    private const double Rate = 0.02;
    private const double Momentum = 0.8;
    private const double AveragedShare = 0.2;
    private const int BatchSize = 50;
    private const int Steps = 10;

    private readonly DemoRun _run;

    /// <summary>Trains by PCD.</summary>
    /// <param name="run">Seed, threads and progress.</param>
    /// <param name="rows">One-hot reviews.</param>
    /// <param name="hidden">Hidden units.</param>
    /// <param name="epochs">Epochs.</param>
    /// <param name="from">The progress of the demo before.</param>
    /// <param name="to">The progress after.</param>
    public ReviewMachine(DemoRun run, BitDataset rows, int hidden, int epochs, double from, double to)
    {
        _run = run;
        Model = RbmInitializer.Normal(rows, new PottsLayer([.. Enumerable.Repeat(Reviews.Vocabulary.Count, Reviews.Length)]), new BinaryLayer(hidden), run.Seed);
        using Trainer trainer = new(Model, rows, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Steps = Steps,
            BatchSize = BatchSize,
            Epochs = epochs,
            LearningRate = new LearningRateSchedule { Initial = Rate, Final = 0, Shape = ScheduleShape.Linear },
            Momentum = new MomentumSchedule { Initial = Momentum, Final = Momentum },
            AveragedShare = AveragedShare,
            Seed = run.Seed,
            Threads = 1, // An update is too little work to share.
            MonitorRows = 1,
        });
        trainer.Run(new Training(run, from, to), run.Cancellation);
    }

    /// <summary>How it is trained, as a sentence.</summary>
    public static string Recipe =>
        $"PCD-{Steps}, minibatches of {BatchSize}, rate {Rate.ToString(System.Globalization.CultureInfo.InvariantCulture)} falling to 0, momentum "
        + $"{Momentum.ToString(System.Globalization.CultureInfo.InvariantCulture)}, parameters averaged over the last fifth of the run";

    /// <summary>The model.</summary>
    public Rbm Model { get; }

    /// <summary>New reviews, the states of chains that start at random.</summary>
    /// <param name="chains">How many.</param>
    /// <param name="sweeps">Sweeps first.</param>
    public int[][] Sample(int chains, int sweeps)
    {
        using UnitChains all = new(Model, chains, _run.Seed, _run.Threads);
        return After(all, sweeps);
    }

    /// <summary>Reviews completed: the first words are held, the rest starts as given and is sampled.</summary>
    /// <param name="reviews">The reviews.</param>
    /// <param name="known">How many words are held.</param>
    /// <param name="sweeps">Sweeps.</param>
    public int[][] Complete(IReadOnlyList<int[]> reviews, int known, int sweeps)
    {
        using UnitChains all = new(Model, reviews.Count, _run.Seed, _run.Threads);
        BitMatrix mask = new(reviews.Count, ReviewRows.Columns);
        for (int row = 0; row < reviews.Count; row++)
        {
            for (int unit = 0; unit < known * Reviews.Vocabulary.Count; unit++)
            {
                mask[row, unit] = true;
            }
        }

        // Only the words of the mask are used: the others start at random.
        all.Hold(ReviewRows.States(reviews), mask);
        return After(all, sweeps);
    }

    /// <summary>Free energies: minus log p of each review, but for a constant.</summary>
    public double[] FreeEnergies(IReadOnlyList<int[]> reviews)
    {
        double[] values = new double[reviews.Count];
        Model.FreeEnergy(ReviewRows.States(reviews), new RbmWorkspace(Model), values);
        return values;
    }

    /// <summary>log p(review) of each review, exactly: by enumeration of the hidden states.</summary>
    public double[] LogProbabilities(IReadOnlyList<int[]> reviews)
    {
        double[] values = FreeEnergies(reviews);
        double normaliser = UnitPartitionFunction.Compute(Model, threads: _run.Threads, cancellation: _run.Cancellation);
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = -values[row] - normaliser;
        }

        return values;
    }

    private int[][] After(UnitChains chains, int sweeps)
    {
        chains.Run(sweeps);
        _run.Cancellation.ThrowIfCancellationRequested();
        float[] states = new float[ReviewRows.Columns];
        int[][] reviews = new int[chains.Chains][];
        for (int chain = 0; chain < reviews.Length; chain++)
        {
            chains.CopyVisible(chain, states);
            reviews[chain] = new int[Reviews.Length];
            Reviews.Decode(states, reviews[chain]);
        }

        return reviews;
    }

    private sealed class Training(DemoRun run, double from, double to) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => run.Progress(from + ((to - from) * value.Updates / value.TotalUpdates), "training");
    }
}
