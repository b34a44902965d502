using FastRbm.Memory;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>What a contestant hands back: parameters after training, visible states after sampling.</summary>
/// <param name="Parameters">W [visible, hidden], visible bias, hidden bias; null after sampling.</param>
/// <param name="States">A chain a row; null after training.</param>
internal sealed record Outcome(float[]? Parameters, BitMatrix? States);
