namespace FastRbm.Benchmarks.Suites;

/// <summary>A class of benchmarks that says what each of its methods is worth, so that tables can show rates.</summary>
public abstract class Suite
{
    /// <summary>What one call of a benchmark does.</summary>
    /// <param name="method">The benchmark's name; parameters are set.</param>
    /// <returns>The amount of work.</returns>
    public abstract Work WorkOf(string method);
}
