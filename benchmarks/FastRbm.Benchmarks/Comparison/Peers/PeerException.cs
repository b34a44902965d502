namespace FastRbm.Benchmarks.Comparison.Peers;

/// <summary>A contestant in another process died, stayed silent or answered nonsense.</summary>
internal sealed class PeerException(string message) : Exception(message);
