namespace FastRbm.Tests.Repository;

/// <summary>The bytes that models, trainers and chains hold, as documented in the README of Training. Small objects apart.</summary>
internal static class MemoryFormula
{
    /// <summary>A model: weights as floats, and their integers in both directions with sums of each 64.</summary>
    public static long Model(long visible, long hidden) =>
        (4 * visible * Round(hidden, 16)) + (8 * Tiles(visible) * Tiles(hidden)) + (Tiles(visible) * Tiles(hidden) / 8);

    /// <summary>A trainer of one step a chain beside its model.</summary>
    public static long Trainer(
        long visible, long hidden, long batch, long chains, long rows, long monitorRows, int threads, bool persistent = false) =>
        (12 * visible * Round(hidden, 16)) + (Tiles(visible) * Tiles(hidden) / 8) + (32 * Tiles(visible)) + (32 * Tiles(hidden))
        + Phase(visible, hidden, batch) + Phase(visible, hidden, chains)
        + (persistent ? 0 : Sums(visible, hidden, chains))
        + (threads * (Math.Max(Scratch(visible, hidden, Math.Max(batch, chains)), 1024 * (batch + chains)) + (4 * visible)))
        + Scratch(visible, hidden, long.MaxValue) + (Math.Min(rows, monitorRows) * ((4 * visible) + ((Tiles(visible) + Tiles(visible) + Tiles(hidden)) / 8)))
        + (4 * rows);

    /// <summary>What a trainer holds more when the data are trained on as values in between.</summary>
    public static long Values(long visible, long hidden, long batch, int threads) =>
        (4 * visible * Round(hidden, 16)) + (4 * batch * (Round(visible, 16) + Round(hidden, 16))) + (2_432_000L * threads);

    /// <summary>Chains beside their model.</summary>
    public static long Chains(long visible, long hidden, long chains, int threads) =>
        (chains * (Tiles(visible) + Tiles(hidden)) / 8) + Sums(visible, hidden, chains) + Sums(hidden, visible, chains)
        + (threads * Scratch(visible, hidden, chains));

    /// <summary>States and statistics of one phase.</summary>
    private static long Phase(long visible, long hidden, long rows) =>
        (rows * (Tiles(visible) + Tiles(hidden)) / 8) + (Round(rows, 4) * (Tiles(visible) + (4 * Tiles(hidden))));

    /// <summary>Inputs that a later half step goes on from, with the states that they are the inputs from.</summary>
    private static long Sums(long from, long to, long rows) => rows * ((4 * Tiles(to)) + (Tiles(from) / 8));

    /// <summary>Lists of the units to add, 128 rows at a time, or tables of four units with lists of them, 512 rows at a time.</summary>
    private static long Scratch(long visible, long hidden, long rows)
    {
        long units = Math.Max(visible, hidden);
        long lists = 33_280 + (16 * Tiles(units)) + (256 * (units + 5));
        long block = Math.Min(rows, 512);
        long tables = (block * (256 + (Tiles(units) / 2) + (Round(units, 512) / 128) + 8)) + Math.Min(1 << 19, 1024 * Tiles(units));
        return rows < 48 ? lists : Math.Max(lists, tables);
    }

    private static long Tiles(long units) => Round(units, 64);

    private static long Round(long count, long multiple) => (count + multiple - 1) / multiple * multiple;
}
