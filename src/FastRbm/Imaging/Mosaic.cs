using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Imaging;

/// <summary>Lays out tiles of equal size in a grid, row by row from the top left: digits, filters, reconstructions.</summary>
/// <remarks>
/// <code>
///   gap gap   gap gap   gap
///   gap tile0 gap tile1 gap
///   gap gap   gap gap   gap      unused places stay background
///   gap tile2 gap       gap
///   gap gap   gap gap   gap
/// </code>
/// Immutable and safe to use from many threads. Rendering allocates the picture and one tile.
/// </remarks>
public sealed class Mosaic
{
    private readonly MosaicOptions _options;

    /// <summary>Decides on a layout.</summary>
    /// <param name="tiles">The number of tiles, 1 or more.</param>
    /// <param name="tileHeight">The height of a tile in pixels, 1 or more.</param>
    /// <param name="tileWidth">The width of a tile in pixels, 1 or more.</param>
    /// <param name="options">Grid, gaps, zoom and background; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size is below its minimum, the grid has too few places, pairs are asked for with an odd number of tiles or rows, or the
    /// picture would be too large for an array.
    /// </exception>
    public Mosaic(int tiles, int tileHeight, int tileWidth, MosaicOptions? options = null)
    {
        _options = options ?? new MosaicOptions();
        Throw.IfLess(tiles, 1);
        Throw.IfLess(tileHeight, 1);
        Throw.IfLess(tileWidth, 1);
        Throw.IfLess(_options.Rows, 0, nameof(options) + "." + nameof(_options.Rows));
        Throw.IfLess(_options.Columns, 0, nameof(options) + "." + nameof(_options.Columns));
        Throw.IfLess(_options.Gap, 0, nameof(options) + "." + nameof(_options.Gap));
        Throw.IfLess(_options.Zoom, 1, nameof(options) + "." + nameof(_options.Zoom));
        int stack = _options.Pairs ? 2 : 1;
        if (tiles % stack != 0)
        {
            Throw.OutOfRange(nameof(tiles), "an even number for pairs", tiles);
        }

        if (_options.Rows % stack != 0)
        {
            Throw.OutOfRange(nameof(options) + "." + nameof(_options.Rows), "an even number for pairs", _options.Rows);
        }

        Tiles = tiles;
        TileHeight = tileHeight;
        TileWidth = tileWidth;
        int places = tiles / stack;
        int placeRows = _options.Rows / stack;
        Columns = _options.Columns != 0 ? _options.Columns
            : placeRows != 0 ? DivideUp(places, placeRows)
            : SquareColumns(places, stack * ((double)tileHeight + _options.Gap), (double)tileWidth + _options.Gap);
        long needed = (long)stack * DivideUp(places, Columns);
        if (_options.Rows != 0 && needed > _options.Rows)
        {
            Throw.OutOfRange(
                nameof(options) + "." + nameof(_options.Rows), $"at least {needed} rows of {Columns} columns for {tiles} tiles", _options.Rows);
        }

        Rows = _options.Rows != 0 ? _options.Rows : (int)needed;
        Int128 width = ((Columns * ((Int128)tileWidth + _options.Gap)) + _options.Gap) * _options.Zoom;
        Int128 height = ((Rows * ((Int128)tileHeight + _options.Gap)) + _options.Gap) * _options.Zoom;
        if (width > Array.MaxLength || height > Array.MaxLength || width * height * 3 > Array.MaxLength)
        {
            Throw.OutOfRange(nameof(tiles), $"a picture of at most {Array.MaxLength / 3} pixels", $"{width} x {height} pixels for {tiles} tiles");
        }

        Width = (int)width;
        Height = (int)height;
    }

    /// <summary>The number of tiles.</summary>
    public int Tiles { get; }

    /// <summary>The height of a tile in pixels, before zooming.</summary>
    public int TileHeight { get; }

    /// <summary>The width of a tile in pixels, before zooming.</summary>
    public int TileWidth { get; }

    /// <summary>The rows of the grid.</summary>
    public int Rows { get; }

    /// <summary>The columns of the grid.</summary>
    public int Columns { get; }

    /// <summary>The width of the picture in pixels: (Columns * (TileWidth + Gap) + Gap) * Zoom.</summary>
    public int Width { get; }

    /// <summary>The height of the picture in pixels: (Rows * (TileHeight + Gap) + Gap) * Zoom.</summary>
    public int Height { get; }

    /// <summary>Draws numbers in [0, 1], such as means and grey levels: 0 black, 1 white, round(255 x) between.</summary>
    /// <param name="source">Called once for each tile, in order.</param>
    /// <returns>A grey picture.</returns>
    /// <exception cref="ArgumentException">A number isn't in [0, 1]; the message says which.</exception>
    public PixelImage RenderMeans(TilePixels source)
    {
        ArgumentNullException.ThrowIfNull(source);
        PixelImage image = Blank(1);
        float[] pixels = new float[TileHeight * TileWidth];
        for (int tile = 0; tile < Tiles; tile++)
        {
            Fetch(source, tile, pixels);
            for (int i = 0; i < pixels.Length; i++)
            {
                if (!(pixels[i] >= 0 && pixels[i] <= 1))
                {
                    FailPixel(nameof(source), tile, i, "a number from 0 to 1", pixels[i]);
                }

                Pixel(image, tile, i)[0] = (byte)((pixels[i] * 255) + 0.5f);
            }
        }

        return image.Enlarge(_options.Zoom);
    }

    /// <summary>Draws binary states: 0 black, 1 white.</summary>
    /// <param name="states">A row for each tile, of TileHeight * TileWidth units.</param>
    /// <returns>A grey picture.</returns>
    /// <exception cref="ArgumentException">There are other numbers of rows or units.</exception>
    public PixelImage RenderBits(BitMatrix states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Rows != Tiles || states.Columns != (long)TileHeight * TileWidth)
        {
            Throw.Argument(
                nameof(states), $"{Tiles} rows of {TileHeight} x {TileWidth} units", $"{states.Rows} rows of {states.Columns}");
        }

        PixelImage image = Blank(1);
        for (int tile = 0; tile < Tiles; tile++)
        {
            for (int i = 0; i < states.Columns; i++)
            {
                Pixel(image, tile, i)[0] = states[tile, i] ? byte.MaxValue : byte.MinValue;
            }
        }

        return image.Enlarge(_options.Zoom);
    }

    /// <summary>Draws numbers of either sign, such as weights, symmetrically around 0: round(255 x / scale) picks the colour.</summary>
    /// <param name="source">Called once for each tile, in order; with <see cref="SignedScale.Shared"/> a second time for all.</param>
    /// <param name="scale">The full colour: the largest absolute value of a tile, or of all. If that is 0, all is drawn as 0.</param>
    /// <param name="colours">The colours.</param>
    /// <returns>An RGB picture, or a grey one with <see cref="SignedColours.Grey"/>.</returns>
    /// <exception cref="ArgumentException">A number isn't finite; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An enumeration has an unknown value.</exception>
    public PixelImage RenderSigned(
        TilePixels source, SignedScale scale = SignedScale.PerTile, SignedColours colours = SignedColours.BlueWhiteRed)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (scale is not (SignedScale.PerTile or SignedScale.Shared))
        {
            Throw.OutOfRange(nameof(scale), "PerTile or Shared", scale);
        }

        if (colours is not (SignedColours.BlueWhiteRed or SignedColours.Grey))
        {
            Throw.OutOfRange(nameof(colours), "BlueWhiteRed or Grey", colours);
        }

        PixelImage image = Blank(colours == SignedColours.Grey ? 1 : 3);
        float[] pixels = new float[TileHeight * TileWidth];
        float shared = 0;
        for (int tile = 0; tile < Tiles && scale == SignedScale.Shared; tile++)
        {
            Fetch(source, tile, pixels);
            shared = Math.Max(shared, LargestMagnitude(nameof(source), tile, pixels));
        }

        for (int tile = 0; tile < Tiles; tile++)
        {
            Fetch(source, tile, pixels);
            float largest = LargestMagnitude(nameof(source), tile, pixels);
            float full = scale == SignedScale.Shared ? shared : largest;
            for (int i = 0; i < pixels.Length; i++)
            {
                // In double, as the quotient of the smallest floats isn't exact; clamped, as a source may change between its two calls.
                double part = full == 0 ? 0 : Math.Clamp((double)pixels[i] / full, -1, 1);
                int level = (int)Math.Round(part * DivergingColours.Full, MidpointRounding.AwayFromZero);
                Span<byte> pixel = Pixel(image, tile, i);
                if (colours == SignedColours.Grey)
                {
                    pixel[0] = (byte)((level + DivergingColours.Full + 1) / 2);
                }
                else
                {
                    DivergingColours.Write(level, pixel);
                }
            }
        }

        return image.Enlarge(_options.Zoom);
    }

    private static int DivideUp(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);

    /// <summary>
    /// The columns that make the longer side of the picture shortest; among equals those that leave the fewest places empty, then
    /// the most columns.
    /// </summary>
    private static int SquareColumns(int places, double height, double width)
    {
        int few = (int)Math.Clamp(Math.Floor(Math.Sqrt(places * height / width)), 1, places);
        int many = Math.Min(few + 1, places);
        (double Side, long Places) fewCost = (Math.Max(few * width, DivideUp(places, few) * height), (long)few * DivideUp(places, few));
        (double Side, long Places) manyCost = (Math.Max(many * width, DivideUp(places, many) * height), (long)many * DivideUp(places, many));
        return fewCost.CompareTo(manyCost) < 0 ? few : many;
    }

    private static void Fetch(TilePixels source, int tile, float[] pixels)
    {
        Array.Clear(pixels);
        source(tile, pixels);
    }

    private float LargestMagnitude(string name, int tile, float[] pixels)
    {
        float largest = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            if (!float.IsFinite(pixels[i]))
            {
                FailPixel(name, tile, i, "a finite number", pixels[i]);
            }

            largest = Math.Max(largest, Math.Abs(pixels[i]));
        }

        return largest;
    }

    private void FailPixel(string name, int tile, int index, string expected, float found) => Throw.Argument(
        name,
        expected,
        string.Create(CultureInfo.InvariantCulture, $"{found} in tile {tile}, row {index / TileWidth}, column {index % TileWidth}"));

    private PixelImage Blank(int channels)
    {
        PixelImage image = new(Width / _options.Zoom, Height / _options.Zoom, channels);
        image.Pixels.Fill(_options.Background);
        return image;
    }

    /// <summary>The bytes of one pixel of one tile in the picture before zooming.</summary>
    private Span<byte> Pixel(PixelImage image, int tile, int index)
    {
        int stack = _options.Pairs ? 2 : 1;
        int place = tile / stack;
        int row = (place / Columns * stack) + (tile % stack);
        int y = _options.Gap + (row * (TileHeight + _options.Gap)) + (index / TileWidth);
        int x = _options.Gap + (place % Columns * (TileWidth + _options.Gap)) + (index % TileWidth);
        return image.Pixels.Slice(((y * image.Width) + x) * image.Channels, image.Channels);
    }
}
