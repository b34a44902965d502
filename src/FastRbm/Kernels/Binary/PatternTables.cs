using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Tables of the 16 sums of four rows of 64 integers: of means, for the statistics of a phase; of weights, for half steps by lookup.</summary>
internal static unsafe class PatternTables
{
    /// <summary>Integers in the tables of one tile.</summary>
    /// <param name="rows">The number of rows.</param>
    public static long Length(int rows) => (rows + 3L) / 4 * 16 * Tile.Width;

    /// <summary>Builds tables[group][pattern][64] = sum of the rows in the pattern.</summary>
    /// <param name="means">The rows [rows, padded to a multiple of 4][64].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="tables">Written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Build<TFloat, TInt, TOps>(int* means, int rows, int* tables)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int row = 0; row < rows; row += 4)
        {
            int* table = tables + ((nint)row * 4 * Tile.Width);
            int* mean = means + ((nint)row * Tile.Width);
            for (int column = 0; column < Tile.Width; column += TOps.Width)
            {
                TInt m0 = TOps.Load(mean + column);
                TInt m1 = TOps.Load(mean + Tile.Width + column);
                TInt m2 = TOps.Load(mean + (2 * Tile.Width) + column);
                TInt m3 = TOps.Load(mean + (3 * Tile.Width) + column);
                TInt m01 = TOps.Add(m0, m1);
                TInt m23 = TOps.Add(m2, m3);
                int* entry = table + column;
                TOps.Store(TOps.Create(0), entry);
                TOps.Store(m0, entry + (1 * Tile.Width));
                TOps.Store(m1, entry + (2 * Tile.Width));
                TOps.Store(m01, entry + (3 * Tile.Width));
                TOps.Store(m2, entry + (4 * Tile.Width));
                TOps.Store(TOps.Add(m2, m0), entry + (5 * Tile.Width));
                TOps.Store(TOps.Add(m2, m1), entry + (6 * Tile.Width));
                TOps.Store(TOps.Add(m2, m01), entry + (7 * Tile.Width));
                TOps.Store(m3, entry + (8 * Tile.Width));
                TOps.Store(TOps.Add(m3, m0), entry + (9 * Tile.Width));
                TOps.Store(TOps.Add(m3, m1), entry + (10 * Tile.Width));
                TOps.Store(TOps.Add(m3, m01), entry + (11 * Tile.Width));
                TOps.Store(m23, entry + (12 * Tile.Width));
                TOps.Store(TOps.Add(m23, m0), entry + (13 * Tile.Width));
                TOps.Store(TOps.Add(m23, m1), entry + (14 * Tile.Width));
                TOps.Store(TOps.Add(m23, m01), entry + (15 * Tile.Width));
            }
        }
    }
}
