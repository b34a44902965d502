using FastRbm.Data;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>All that a training run needs, checked.</summary>
/// <param name="Data">The rows to train on.</param>
/// <param name="Validation">Rows for the free-energy gap, or null.</param>
/// <param name="Options">The options.</param>
/// <param name="VisibleUnit">The name of the visible layer.</param>
/// <param name="HiddenUnit">The name of the hidden layer.</param>
/// <param name="Hidden">The number of hidden units.</param>
/// <param name="InitialWeights">Normal or xavier.</param>
/// <param name="Files">Where to write.</param>
/// <param name="Json">Whether lines are JSON objects.</param>
internal sealed record TrainingPlan(
    Dataset Data, Dataset? Validation, TrainingOptions Options, string VisibleUnit, string HiddenUnit, int Hidden, string InitialWeights, TrainingFiles Files,
    bool Json)
{
    /// <summary>Whether both layers are binary.</summary>
    public bool IsBinary => VisibleUnit == "binary" && HiddenUnit == "binary";
}
