namespace FastRbm.Kernels.Binary;

/// <summary>The width of a weight panel: 64 units, the bits of one state word.</summary>
internal static class Tile
{
    /// <summary>Units in a tile.</summary>
    public const int Width = 64;

    /// <summary>The number of tiles that hold <paramref name="units"/> units.</summary>
    public static int Count(int units) => (int)(((long)units + Width - 1) / Width);
}
