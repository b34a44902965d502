namespace FastRbm.Imaging;

/// <summary>What counts as a full colour where signed numbers are drawn.</summary>
public enum SignedScale
{
    /// <summary>The largest absolute value in each tile: shows the form of every tile, however weak.</summary>
    PerTile,

    /// <summary>The largest absolute value in all tiles: shows which tiles are strong.</summary>
    Shared,
}
