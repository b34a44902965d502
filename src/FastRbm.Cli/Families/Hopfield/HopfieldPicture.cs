using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Memory;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>Bands of three rows: probes, what became of them, the nearest stored patterns.</summary>
internal static class HopfieldPicture
{
    private const int MostProbes = 30;
    private const int Across = 10;
    private const int TileSide = 56;
    private const int LargestZoom = 8;

    /// <summary>Draws the first probes.</summary>
    public static PixelImage Draw(ImageShape shape, HopfieldMemory memory, Matrix probes, Matrix states, ProbeEnd[] ends)
    {
        int columns = Math.Min(Across, probes.Rows);
        int bands = (Math.Min(MostProbes, probes.Rows) + columns - 1) / columns;
        Mosaic mosaic = new(
            3 * bands * columns, shape.Height, shape.Width,
            new MosaicOptions { Columns = columns, Zoom = Math.Clamp(TileSide / Math.Max(shape.Height, shape.Width), 1, LargestZoom) });
        return mosaic.RenderMeans((tile, pixels) =>
        {
            int row = (tile / (3 * columns) * columns) + (tile % columns);
            int kind = tile / columns % 3;
            pixels.Clear();
            if (row >= probes.Rows)
            {
                return;
            }

            if (kind < 2)
            {
                (kind == 0 ? probes : states).Row(row).CopyTo(pixels);
            }
            else if (ends[row].Nearest >= 0)
            {
                memory.CopyPattern(ends[row].Nearest, pixels);
            }

            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = Math.Clamp(pixels[i], 0, 1);
            }
        });
    }
}
