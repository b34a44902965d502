using System.Globalization;

namespace FastRbm.Training.Classification;

/// <summary>Options as text: what two parts of one run must agree on.</summary>
internal static class ClassificationSettings
{
    /// <summary>All options that the result depends on; not threads.</summary>
    public static IReadOnlyDictionary<string, string> Of(ClassificationOptions options)
    {
        Dictionary<string, string> settings = new()
        {
            ["objective"] = Name(options.Objective),
            ["generative_weight"] = Text(options.JointWeight),
            ["unlabelled_weight"] = Text(options.IsSemiSupervised ? options.UnlabelledWeight : 0),
            ["chains"] = !options.HasChains ? "none" : options.Persistent ? "persistent" : "from the rows",
            ["steps"] = Text(options.Steps),
            ["batch_size"] = Text(options.BatchSize),
            ["labelled_batch_size"] = Text(options.IsSemiSupervised ? options.LabelledBatchSize : 0),
            ["learning_rate"] = $"{Text(options.LearningRate.Initial)} to {Text(options.LearningRate.Final)}",
            ["learning_rate_schedule"] = options.LearningRate.Shape.ToString().ToLowerInvariant(),
            ["learning_rate_decay"] = Text(options.LearningRate.DecayUpdates),
            ["momentum"] = $"{Text(options.Momentum.Initial)} to {Text(options.Momentum.Final)} over {Text(options.Momentum.RampEpochs)} epochs",
            ["centring"] = options.Centring.ToString().ToLowerInvariant(),
            ["step_rule"] = options.StepRule.ToString().ToLowerInvariant(),
            ["weight_decay"] = Text(options.WeightDecay),
            ["binarization"] = options.Binarization.ToString().ToLowerInvariant(),
            ["averaged_share"] = Text(options.AveragedShare),
            ["patience"] = Text(options.Patience),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["divergence_limit"] = Text(options.DivergenceLimit),
        };
        if (options.LearningRate.DependsOnLength || options.AveragedShare > 0)
        {
            settings["epochs"] = Text(options.Epochs);
        }

        return settings;
    }

    /// <summary>An objective as options and files name it.</summary>
    public static string Name(ClassificationObjective objective) => objective switch
    {
        ClassificationObjective.SemiSupervised => "semi-supervised",
        ClassificationObjective.Discriminative => "discriminative",
        ClassificationObjective.Generative => "generative",
        _ => "hybrid",
    };

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
