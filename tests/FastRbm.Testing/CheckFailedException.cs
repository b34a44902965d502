namespace FastRbm.Testing;

/// <summary>A check of this library found what must not be. Any test framework shows its message.</summary>
public sealed class CheckFailedException(string message) : Exception(message);
