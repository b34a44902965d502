namespace FastRbm.Cli.Families.Networks;

/// <summary>Where a run writes.</summary>
/// <param name="Output">The model.</param>
/// <param name="Checkpoint">The whole state, or null.</param>
/// <param name="Images">The directory of pictures, or null.</param>
internal sealed record JemFiles(string Output, string? Checkpoint, string? Images);
