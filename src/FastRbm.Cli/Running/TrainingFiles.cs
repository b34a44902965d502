namespace FastRbm.Cli.Running;

/// <summary>Where a training run writes.</summary>
/// <param name="Output">The model.</param>
/// <param name="Checkpoint">The whole state, or null.</param>
/// <param name="Resume">Whether to go on from the checkpoint.</param>
/// <param name="Images">The directory of pictures, or null.</param>
internal sealed record TrainingFiles(string Output, string? Checkpoint, bool Resume, string? Images);
