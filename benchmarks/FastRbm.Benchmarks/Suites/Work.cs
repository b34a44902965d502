namespace FastRbm.Benchmarks.Suites;

/// <summary>What one call of a benchmark does.</summary>
/// <param name="Amount">How many things, in 10^9.</param>
/// <param name="Unit">The unit of the rate: things a second, in 10^9.</param>
/// <param name="DenseFlops">The floating-point operations that are done, or that a dense engine would do, in 10^9; 0 when a share of the peak means nothing.</param>
/// <param name="Cores">How many cores' peak to compare with.</param>
public sealed record Work(double Amount, string Unit, double DenseFlops = 0, int Cores = 1)
{
    /// <summary>Work that is a dense product, or replaces one.</summary>
    /// <param name="flops">Floating-point operations in 10^9.</param>
    /// <param name="replaced">Whether the operations are those of the product that sums over bits replace.</param>
    /// <param name="cores">How many cores' peak to compare with.</param>
    /// <returns>The work.</returns>
    public static Work Product(double flops, bool replaced, int cores = 1) =>
        new(flops, replaced ? "GFLOP/s replaced" : "GFLOP/s", flops, cores);
}
