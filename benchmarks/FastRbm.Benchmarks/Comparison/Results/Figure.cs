namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>What was learnt or sampled, as one number, beside FastRbm's after as many updates or sweeps.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The contestant's.</param>
/// <param name="StandardError">Of the value over independent chains; 0 if the figure isn't such a mean.</param>
/// <param name="FastRbm">FastRbm's.</param>
/// <param name="FastRbmStandardError">Of FastRbm's.</param>
/// <param name="Tolerance">The largest difference with which both count as the same.</param>
internal sealed record Figure(string Name, double Value, double StandardError, double FastRbm, double FastRbmStandardError, double Tolerance)
{
    /// <summary>Whether both are the same.</summary>
    public bool Agrees => Math.Abs(Value - FastRbm) <= Tolerance;

    /// <summary>Means over chains, the same within four standard errors.</summary>
    public static Figure OfMeans(string name, double value, double error, double fastRbm, double fastRbmError) =>
        new(name, value, error, fastRbm, fastRbmError, 4 * double.Hypot(error, fastRbmError));

    /// <summary>Numbers that are the same within a share of FastRbm's.</summary>
    public static Figure Relative(string name, double value, double fastRbm, double tolerance) =>
        new(name, value, 0, fastRbm, 0, tolerance * Math.Abs(fastRbm));
}
