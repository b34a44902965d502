namespace FastRbm.Imaging;

/// <summary>How a <see cref="Mosaic"/> lays out its tiles. Immutable; change it with <c>with</c>.</summary>
public sealed record MosaicOptions
{
    /// <summary>The rows of the grid; 0, the default, for as many as are needed.</summary>
    public int Rows { get; init; }

    /// <summary>The columns of the grid; 0, the default, for a picture that is nearly square (or what <see cref="Rows"/> needs).</summary>
    public int Columns { get; init; }

    /// <summary>The pixels between two tiles and around all of them, before zooming; 1 by default.</summary>
    public int Gap { get; init; } = 1;

    /// <summary>The side of the square that each pixel becomes; 1 by default.</summary>
    public int Zoom { get; init; } = 1;

    /// <summary>The grey of gaps and empty places, 0 black to 255 white; 96 by default, which neither black, white nor a filter's 0 is.</summary>
    public byte Background { get; init; } = 96;

    /// <summary>
    /// Whether tiles come in pairs, one above the other: tile 0 above tile 1, beside them tile 2 above tile 3, and so on.
    /// Shows data above their reconstructions. <see cref="Rows"/> and the number of tiles must then be even.
    /// </summary>
    public bool Pairs { get; init; }
}
