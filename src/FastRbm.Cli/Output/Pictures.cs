using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;

namespace FastRbm.Cli.Output;

/// <summary>Mosaics of what a model holds.</summary>
internal static class Pictures
{
    /// <summary>The most filters that a picture shows.</summary>
    public const int MostFilters = 100;

    // Small images are drawn larger, up to about this side.
    private const int TileSide = 56;
    private const int LargestZoom = 8;

    // Tiles in a row of the filters of subspaces, about.
    private const int FiltersAcross = 12;

    /// <summary>The weights of the first hidden units, each to its own scale: blue below 0, white 0, red above.</summary>
    public static PixelImage Filters(Rbm rbm, ImageShape shape)
    {
        Mosaic mosaic = Layout(Math.Min(MostFilters, rbm.Hidden.Count), shape, pairs: false);
        return mosaic.RenderSigned((unit, pixels) =>
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = rbm.Weights[i, unit];
            }
        });
    }

    /// <summary>
    /// The weights of the first gates of a subspace RBM, the units of a gate side by side: as many gates a row of the mosaic as fit, each unit to its own scale.
    /// </summary>
    public static PixelImage Filters(SubspaceRbm model, ImageShape shape)
    {
        int most = Math.Max(1, MostFilters / model.Subspaces);
        return Filters(model, [.. Enumerable.Range(0, Math.Min(most, model.Gates))], shape);
    }

    /// <summary>The same of given gates.</summary>
    public static PixelImage Filters(SubspaceRbm model, IReadOnlyList<int> gates, ImageShape shape)
    {
        int across = Math.Max(1, FiltersAcross / model.Subspaces);
        MosaicOptions options = new() { Columns = model.Subspaces * Math.Min(across, gates.Count), Zoom = Zoom(shape) };
        return new Mosaic(gates.Count * model.Subspaces, shape.Height, shape.Width, options).RenderSigned((tile, pixels) =>
        {
            int column = model.Column(gates[tile / model.Subspaces], tile % model.Subspaces);
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = model.Weights[i, column];
            }
        });
    }

    /// <summary>Means in [0, 1], a row a tile.</summary>
    public static PixelImage Means(Matrix means, ImageShape shape) =>
        Layout(means.Rows, shape, pairs: false).RenderMeans((tile, pixels) => means.Row(tile).CopyTo(pixels));

    /// <summary>States or means of any units, a row a tile: spins from -1 to 1, others from 0 to 1, what lies beyond is cut off.</summary>
    public static PixelImage Units(UnitLayer layer, Matrix values, ImageShape shape) =>
        Layout(values.Rows, shape, pairs: false).RenderMeans((tile, pixels) => Grey(layer, values.Row(tile), pixels));

    /// <summary>Rows of any units, each above its reconstruction.</summary>
    public static PixelImage UnitPairs(UnitLayer layer, Matrix rows, Matrix reconstructions, ImageShape shape) =>
        Layout(2 * rows.Rows, shape, pairs: true).RenderMeans((tile, pixels) => Grey(layer, (tile % 2 == 0 ? rows : reconstructions).Row(tile / 2), pixels));

    /// <summary>Binary states, a row a tile.</summary>
    public static PixelImage States(BitMatrix states, ImageShape shape) => Layout(states.Rows, shape, pairs: false).RenderBits(states);

    /// <summary>Rows, each above its reconstruction.</summary>
    public static PixelImage Pairs(Matrix rows, Matrix reconstructions, ImageShape shape) =>
        Layout(2 * rows.Rows, shape, pairs: true).RenderMeans((tile, pixels) => (tile % 2 == 0 ? rows : reconstructions).Row(tile / 2).CopyTo(pixels));

    private static void Grey(UnitLayer layer, ReadOnlySpan<float> values, Span<float> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = Math.Clamp(layer.Kind == UnitKind.Spin ? (values[i] + 1) / 2 : values[i], 0, 1);
        }
    }

    private static Mosaic Layout(int tiles, ImageShape shape, bool pairs) => new(
        tiles, shape.Height, shape.Width,
        new MosaicOptions { Pairs = pairs, Zoom = Zoom(shape) });

    private static int Zoom(ImageShape shape) => Math.Clamp(TileSide / Math.Max(shape.Height, shape.Width), 1, LargestZoom);
}
