using System.Globalization;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>What a trained model's metadata say about its making: nothing that could differ between two runs with the same bits.</summary>
/// <remarks>No times, threads or paths; the data are named by their fingerprint, which is the same for every file format.</remarks>
internal static class ModelDescription
{
    /// <summary>The key of the way that the first weights were drawn.</summary>
    public const string InitialWeightsKey = "initial_weights";

    /// <summary>Describes a run where it stands.</summary>
    public static Dictionary<string, string> Of(TrainingPlan plan, Trainer trainer)
    {
        TrainingOptions options = plan.Options;
        Dictionary<string, string> description = new(StringComparer.Ordinal)
        {
            [PictureShape.MetadataKey] = PictureShape.Text(PictureShape.Of(plan.Data)),
            ["data_fingerprint"] = plan.Data.Fingerprint(),
            ["rows"] = Numbers.Text(plan.Data.Rows),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["algorithm"] = TrainingOptionSet.WordOf(options.Algorithm),
            ["steps"] = Numbers.Text(options.Steps),
            ["epochs"] = Numbers.Text(trainer.State.Epoch),
            ["updates"] = Numbers.Text(trainer.State.Update),
            ["batch_size"] = Numbers.Text(options.BatchSize),
            ["learning_rate"] = Numbers.Text(options.LearningRate.Initial),
            ["learning_rate_schedule"] = TrainingOptionSet.WordOf(options.LearningRate.Shape),
            ["final_learning_rate"] = Numbers.Text(options.LearningRate.Final),
            ["momentum"] = Numbers.Text(options.Momentum.Final),
            ["centring"] = TrainingOptionSet.WordOf(options.Centring),
            ["step_rule"] = TrainingOptionSet.WordOf(options.StepRule),
            ["averaged_share"] = Numbers.Text(options.AveragedShare),
            ["weight_decay"] = Numbers.Text(options.WeightDecay),
            ["l1_decay"] = Numbers.Text(options.L1Decay),
            ["group_decay"] = Numbers.Text(options.GroupDecay),
            ["max_norm"] = Numbers.Text(options.MaxNorm),
            ["sparsity_cost"] = Numbers.Text(options.SparsityCost),
            ["missing"] = MissingOptionSet.WordOf(options.Missing),
            ["binarize"] = TrainingOptionSet.WordOf(options.Binarization),
            [InitialWeightsKey] = plan.InitialWeights,
        };
        if (options.LearningRate.Shape == ScheduleShape.Inverse)
        {
            description["learning_rate_decay"] = Numbers.Text(options.LearningRate.DecayUpdates);
        }

        if (options.SparsityCost > 0)
        {
            description["sparsity_target"] = Numbers.Text(options.SparsityTarget);
        }

        if (options.Algorithm is > TrainingAlgorithm.ContrastiveDivergence and < TrainingAlgorithm.ExactGradient)
        {
            description["chains"] = Numbers.Text(options.Chains == 0 ? options.BatchSize : options.Chains);
        }

        if (options.Momentum.RampEpochs > 0)
        {
            description["initial_momentum"] = Numbers.Text(options.Momentum.Initial);
            description["momentum_ramp"] = Numbers.Text(options.Momentum.RampEpochs);
        }

        return description;
    }
}
