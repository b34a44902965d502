namespace FastRbm.Tests.Repository;

/// <summary>The bytes that models, trainers and chains hold, as documented in the README of Training. Small objects apart.</summary>
internal static class MemoryFormula
{
    /// <summary>A model: weights as floats, and their integers in both directions with sums of each 64.</summary>
    public static long Model(long visible, long hidden) =>
        (4 * visible * Round(hidden, 16)) + (8 * Tiles(visible) * Tiles(hidden)) + (Tiles(visible) * Tiles(hidden) / 8);

    /// <summary>A trainer beside its model.</summary>
    public static long Trainer(long visible, long hidden, long batch, long chains, long rows, long monitorRows, int threads) =>
        (12 * visible * Round(hidden, 16))
        + Phase(visible, hidden, batch) + Phase(visible, hidden, chains)
        + (threads * (Math.Max(Scratch(visible, hidden), 1024 * (batch + chains)) + (4 * visible)))
        + Scratch(visible, hidden) + (Math.Min(rows, monitorRows) * ((4 * visible) + ((Tiles(visible) + Tiles(visible) + Tiles(hidden)) / 8)))
        + (4 * rows);

    /// <summary>What a trainer holds more when the data are trained on as values in between.</summary>
    public static long Values(long visible, long hidden, long batch, int threads) =>
        (4 * visible * Round(hidden, 16)) + (4 * batch * (Round(visible, 16) + Round(hidden, 16))) + (1_386_000L * threads);

    /// <summary>Chains beside their model.</summary>
    public static long Chains(long visible, long hidden, long chains, int threads) =>
        (chains * (Tiles(visible) + Tiles(hidden)) / 8) + (threads * Scratch(visible, hidden));

    /// <summary>States and statistics of one phase.</summary>
    private static long Phase(long visible, long hidden, long rows) =>
        (rows * (Tiles(visible) + Tiles(hidden)) / 8) + (Round(rows, 4) * (Tiles(visible) + (4 * Tiles(hidden))));

    /// <summary>Lists of units that are on, 64 rows at a time.</summary>
    private static long Scratch(long visible, long hidden) => 260 * (Math.Max(visible, hidden) + 64);

    private static long Tiles(long units) => Round(units, 64);

    private static long Round(long count, long multiple) => (count + multiple - 1) / multiple * multiple;
}
