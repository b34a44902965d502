using FastRbm.Models.Hopfield;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>Where a probe ended.</summary>
/// <param name="Sweeps">Sweeps that changed something, or updates of a continuous network.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Energy">The energy there.</param>
/// <param name="Nearest">The nearest pattern.</param>
/// <param name="Overlap">The overlap with it: 1 - 2 mean |difference|.</param>
internal readonly record struct ProbeEnd(int Sweeps, RecallOutcome Outcome, double Energy, int Nearest, double Overlap);
