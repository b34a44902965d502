namespace FastRbm.Benchmarks;

/// <summary>Arguments of the program that aren't understood: one line, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
