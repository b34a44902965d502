namespace FastRbm.Benchmarks.Comparison;

/// <summary>The command line isn't one that the program knows: one line for the user, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
