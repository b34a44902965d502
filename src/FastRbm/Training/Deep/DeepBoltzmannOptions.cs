using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Training.Deep;

/// <summary>Everything that training a deep Boltzmann machine depends on beside machine and data.</summary>
/// <remarks>Immutable; change it by <c>with</c>. Validated by the trainer, in one place.</remarks>
public sealed record DeepBoltzmannOptions
{
    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows in a minibatch: from 1 to the rows of the data. The last batch of an epoch may be smaller; its update is scaled by its share of rows.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Persistent chains; 0 means as many as a minibatch has rows.</summary>
    public int Chains { get; init; }

    /// <summary>Sweeps of alternate-layer Gibbs sampling in each negative phase, at least 1.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Mean-field sweeps of each positive phase, at least 0, from the doubled pass upwards.</summary>
    public int MeanFieldSweeps { get; init; } = 5;

    /// <summary>The learning rate, for the mean gradient over a minibatch.</summary>
    public LearningRateSchedule LearningRate { get; init; } = new() { Initial = 0.02, Final = 0, Shape = ScheduleShape.Linear };

    /// <summary>The momentum.</summary>
    public MomentumSchedule Momentum { get; init; } = new();

    /// <summary>The offsets in the gradient of the weights. Centred machines need no layer-wise start.</summary>
    public Centring Centring { get; init; }

    /// <summary>The share of the way to the means of a minibatch that hidden offsets go in each update: above 0, at most 1.</summary>
    public double OffsetRate { get; init; } = 0.01;

    /// <summary>The share of the run, at its end, over which parameters are averaged: 0 to 1. When the run is finished, the machine is that mean.</summary>
    public double AveragedShare { get; init; }

    /// <summary>The L2 coefficient: the objective loses half of it times the sum of squared weights. At least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What becomes of visible values between 0 and 1; <see cref="Binarization.None"/> takes them as means.</summary>
    public Binarization Binarization { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it; small machines use one.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The run stops as diverged when a unit could get an absolute input beyond this.</summary>
    public double DivergenceLimit { get; init; } = 10_000;

    /// <summary>The number of chains.</summary>
    internal int ChainCount => Chains > 0 ? Chains : BatchSize;

    /// <summary>Checks every value.</summary>
    /// <param name="rows">The rows of the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range: the message names it, the range and the value.</exception>
    public void Validate(int rows)
    {
        Throw.IfLess(MeanFieldSweeps, 0, "mean-field sweeps");
        AsTrainingOptions().Validate(rows);
    }

    /// <summary>All that the result depends on, by name.</summary>
    internal IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["epochs"] = LearningRate.DependsOnLength || AveragedShare > 0 ? Text(Epochs) : "any",
        ["batch_size"] = Text(BatchSize),
        ["chains"] = Text(ChainCount),
        ["steps"] = Text(Steps),
        ["mean_field_sweeps"] = Text(MeanFieldSweeps),
        ["learning_rate"] = LearningRate.ToString(),
        ["momentum"] = Momentum.ToString(),
        ["centring"] = Centring.ToString(),
        ["offset_rate"] = Text(OffsetRate),
        ["averaged_share"] = Text(AveragedShare),
        ["weight_decay"] = Text(WeightDecay),
        ["binarization"] = Binarization.ToString(),
        ["seed"] = Text(Seed),
        ["divergence_limit"] = Text(DivergenceLimit),
    };

    /// <summary>The same for what takes steps along gradients that are centred already.</summary>
    internal TrainingOptions AsTrainingOptions() => new()
    {
        Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
        Epochs = Epochs,
        BatchSize = BatchSize,
        Chains = Chains,
        Steps = Steps,
        LearningRate = LearningRate,
        Momentum = Momentum,
        Centring = Enum.IsDefined(Centring) ? Centring.None : Centring,
        OffsetRate = OffsetRate,
        AveragedShare = AveragedShare,
        WeightDecay = WeightDecay,
        Binarization = Binarization,
        Seed = Seed,
        Threads = Threads,
        DivergenceLimit = DivergenceLimit,
    };

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
