namespace FastRbm.Benchmarks;

/// <summary>One thing that the program does, by its first argument.</summary>
/// <param name="Name">The first argument.</param>
/// <param name="Arguments">What may follow it, for the usage.</param>
/// <param name="Purpose">What it does, for the usage.</param>
/// <param name="Run">Does it with the arguments that follow; returns the exit code.</param>
internal sealed record Verb(string Name, string Arguments, string Purpose, Func<string[], int> Run);
