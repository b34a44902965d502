namespace FastRbm.Cli.Families.Deep;

/// <summary>Where training a deep model stands.</summary>
/// <param name="Phase">What is trained.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The epochs of this phase.</param>
/// <param name="Share">The share of this phase that is done.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended.</param>
/// <param name="ReconstructionError">With it, the reconstruction error.</param>
internal readonly record struct DeepStand(string Phase, int Epoch, int Epochs, double Share, bool EpochCompleted, double ReconstructionError);
