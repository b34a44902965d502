using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>A way to train a gate.</summary>
/// <param name="Name">What charts call it.</param>
/// <param name="Algorithm">How.</param>
/// <param name="Steps">k: steps of each negative phase.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Updates">Updates an epoch.</param>
/// <param name="BatchSize">Rows a minibatch.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="Centring">The offsets in the gradient.</param>
/// <param name="Deviation">The standard deviation of the first weights.</param>
/// <param name="Starts">How many starts, of which that with the highest likelihood of the truth table is kept.</param>
internal sealed record LogicRecipe(
    string Name, TrainingAlgorithm Algorithm, int Steps, int Epochs, int Updates, int BatchSize, LearningRateSchedule Rate, Centring Centring, double Deviation, int Starts)
{
    /// <summary>The tutorial's two.</summary>
    public static IReadOnlyList<LogicRecipe> Tutorial { get; } =
    [
        new("CD-4", TrainingAlgorithm.ContrastiveDivergence, 4, 15, 1000, 100, LearningRateSchedule.Constant(0.1), Centring.None, 1, 1),
        new("CD-30", TrainingAlgorithm.ContrastiveDivergence, 30, 15, 500, 100, LearningRateSchedule.Constant(0.1), Centring.None, 1, 1),
    ];

    /// <summary>Chains again, from other starts, with centred gradients and a rate that falls to 0.</summary>
    public static LogicRecipe Centred { get; } = new(
        "CD-4, centred", TrainingAlgorithm.ContrastiveDivergence, 4, 15, 1000, 100,
        new LearningRateSchedule { Initial = 1, Final = 0, Shape = ScheduleShape.Linear }, Centring.Data, 1, 3);

    /// <summary>The gradient itself, summed over all states: what a machine of this size can do.</summary>
    public static LogicRecipe Exact { get; } = new(
        "exact gradient", TrainingAlgorithm.ExactGradient, 4, 15, 400, 4, LearningRateSchedule.Constant(1), Centring.Data, 1, 8);

    /// <summary>All four.</summary>
    public static IReadOnlyList<LogicRecipe> All { get; } = [.. Tutorial, Centred, Exact];

    /// <summary>The name in the names of files.</summary>
    public string FileName => Name.Replace(",", string.Empty, StringComparison.Ordinal).Replace(' ', '-').ToLowerInvariant();

    /// <summary>What it does, for people.</summary>
    public string Words =>
        $"{(Algorithm == TrainingAlgorithm.ExactGradient ? "sums over all states" : $"minibatches of {BatchSize}")}, {Epochs} epochs of {DemoText.Count(Updates)} updates, "
        + $"rate {(Rate.Shape == ScheduleShape.Constant ? string.Empty : "falling to 0 from ")}{DemoText.Fixed(Rate.Initial, 1)}, "
        + $"{(Centring == Centring.None ? "gradient as it is" : "centred gradient")}, first weights N(0, {DemoText.Fixed(Deviation, 1)}²), "
        + (Starts == 1 ? "one start" : $"the best of {Starts} starts by likelihood");
}
