namespace FastRbm.Models;

/// <summary>Names the random numbers of one sampling step: draws are a function of (seed, step, row, unit).</summary>
/// <remarks>The same key gives the same draws, so use each step once: <c>key.Next()</c> is the key of the following step.</remarks>
/// <param name="Seed">The user's seed.</param>
/// <param name="Step">The number of the step, 0 to 2^56 - 1.</param>
public readonly record struct RandomKey(ulong Seed, long Step)
{
    /// <summary>The key of the following step.</summary>
    /// <returns>The same seed, step plus one.</returns>
    public RandomKey Next() => new(Seed, Step + 1);
}
