namespace FastRbm.Evaluation.Hopfield;

/// <summary>How well networks of one size and load keep what is stored.</summary>
/// <param name="Units">N.</param>
/// <param name="Patterns">P.</param>
/// <param name="Networks">Independent networks of random patterns.</param>
/// <param name="Probes">Probes a network.</param>
/// <param name="MeanOverlap">The mean overlap of where recall ended with the pattern that it started at.</param>
/// <param name="MeanOverlapError">Its standard error, from the networks; 0 for a single one.</param>
/// <param name="RetrievedShare">The share of probes that ended with an overlap of at least the threshold.</param>
/// <param name="RetrievedShareError">Its standard error, from the networks; 0 for a single one.</param>
/// <param name="MeanSweeps">Mean sweeps with flips.</param>
/// <param name="SettledShare">The share of probes that settled within the sweep limit.</param>
public sealed record CapacityPoint(
    int Units, int Patterns, int Networks, int Probes, double MeanOverlap, double MeanOverlapError, double RetrievedShare, double RetrievedShareError, double MeanSweeps, double SettledShare)
{
    /// <summary>P / N.</summary>
    public double Load => (double)Patterns / Units;
}
