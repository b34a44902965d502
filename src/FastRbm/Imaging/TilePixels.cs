namespace FastRbm.Imaging;

/// <summary>Gives the pixels of one tile of a mosaic.</summary>
/// <param name="tile">From 0 to the number of tiles - 1.</param>
/// <param name="pixels">Height * Width numbers, row by row from the top, all zero at first; to be overwritten.</param>
public delegate void TilePixels(int tile, Span<float> pixels);
