namespace FastRbm.Benchmarks.Comparison.Peers;

/// <summary>A peer isn't on this machine: its rows say so, and the run goes on.</summary>
internal sealed class MissingPeerException(string what) : Exception($"not installed: {what}");
