using System.Security.Cryptography;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Imaging;

public sealed class MosaicTests
{
    [Theory]
    [InlineData(1, 28, 28, 0, 0, 1, 1)]
    [InlineData(100, 28, 28, 0, 0, 10, 10)]
    [InlineData(15, 28, 28, 0, 0, 4, 4)]
    [InlineData(12, 28, 28, 0, 0, 3, 4)]
    [InlineData(2, 28, 28, 0, 0, 1, 2)]
    [InlineData(100, 8, 32, 0, 0, 20, 5)]
    [InlineData(10, 28, 28, 2, 0, 2, 5)]
    [InlineData(11, 28, 28, 2, 0, 2, 6)]
    [InlineData(11, 28, 28, 0, 5, 3, 5)]
    [InlineData(3, 28, 28, 4, 5, 4, 5)]
    [InlineData(3, 28, 28, 5, 0, 5, 1)]
    public void The_grid_is_as_asked_for_or_nearly_square(int tiles, int height, int width, int rows, int columns, int expectedRows, int expectedColumns)
    {
        Mosaic mosaic = new(tiles, height, width, new MosaicOptions { Rows = rows, Columns = columns });
        Assert.Equal((expectedRows, expectedColumns), (mosaic.Rows, mosaic.Columns));
        Assert.Equal((expectedRows * (height + 1)) + 1, mosaic.Height);
        Assert.Equal((expectedColumns * (width + 1)) + 1, mosaic.Width);
    }

    [Fact]
    public void Means_go_from_black_to_white_in_their_places_with_gaps_between()
    {
        Mosaic mosaic = new(3, 1, 2, new MosaicOptions { Columns = 2, Background = 9 });
        PixelImage image = mosaic.RenderMeans((tile, pixels) =>
        {
            Assert.Equal([0f, 0f], pixels.ToArray());
            pixels[0] = tile / 2f;
            pixels[1] = 1 / 255f;
        });
        byte[] expected =
        [
            9, 9, 9, 9, 9, 9, 9,
            9, 0, 1, 9, 128, 1, 9,
            9, 9, 9, 9, 9, 9, 9,
            9, 255, 1, 9, 9, 9, 9,
            9, 9, 9, 9, 9, 9, 9,
        ];
        Assert.Equal((7, 5, 1), (image.Width, image.Height, image.Channels));
        Assert.Equal(expected, image.Pixels.ToArray());
    }

    [Fact]
    public void Bits_are_black_and_white()
    {
        BitMatrix states = new(2, 70);
        states[0, 0] = true;
        states[1, 69] = true;
        PixelImage image = new Mosaic(2, 7, 10, new MosaicOptions { Gap = 0, Rows = 1 }).RenderBits(states);
        Assert.Equal((20, 7), (image.Width, image.Height));
        Assert.Equal(2 * 255, image.Pixels.ToArray().Sum(value => value));
        Assert.Equal(255, image.Pixels[0]);
        Assert.Equal(255, image.Pixels[^1]);
        Assert.Throws<ArgumentException>(() => new Mosaic(2, 7, 7).RenderBits(states));
        Assert.Throws<ArgumentException>(() => new Mosaic(3, 7, 10).RenderBits(states));
    }

    [Fact]
    public void Pairs_stand_one_above_the_other()
    {
        Mosaic mosaic = new(6, 1, 1, new MosaicOptions { Pairs = true, Columns = 2, Gap = 0, Background = 77 });
        PixelImage image = mosaic.RenderMeans((tile, pixels) => pixels[0] = tile / 255f);
        Assert.Equal([0, 2, 1, 3, 4, 77, 5, 77], image.Pixels.ToArray());
        Assert.Equal(4, mosaic.Rows);
        Assert.Equal(4, new Mosaic(6, 1, 1, new MosaicOptions { Pairs = true, Rows = 4 }).Rows);
        Assert.Equal(2, new Mosaic(6, 1, 1, new MosaicOptions { Pairs = true, Rows = 2 }).Rows);
        Mosaic square = new(50, 28, 28, new MosaicOptions { Pairs = true });
        Assert.Equal((8, 7), (square.Rows, square.Columns));
    }

    [Fact]
    public void Zoom_makes_each_pixel_a_square()
    {
        PixelImage small = new Mosaic(2, 2, 3).RenderSigned((tile, pixels) => Ramp(pixels, tile + 1));
        PixelImage large = new Mosaic(2, 2, 3, new MosaicOptions { Zoom = 3 }).RenderSigned((tile, pixels) => Ramp(pixels, tile + 1));
        Assert.Equal((3 * small.Width, 3 * small.Height), (large.Width, large.Height));
        for (int y = 0; y < large.Height; y++)
        {
            for (int x = 0; x < large.Width; x++)
            {
                Assert.Equal(
                    small.Pixels.Slice(((y / 3 * small.Width) + (x / 3)) * 3, 3).ToArray(),
                    large.Pixels.Slice(((y * large.Width) + x) * 3, 3).ToArray());
            }
        }
    }

    [Fact]
    public void Signed_numbers_are_drawn_symmetrically_around_zero()
    {
        Mosaic mosaic = new(2, 1, 5, new MosaicOptions { Gap = 0, Rows = 1 });
        TilePixels source = (tile, pixels) =>
        {
            for (int i = 0; i < 5; i++)
            {
                pixels[i] = (i - 2) * (tile == 0 ? 1f : 0.5f);
            }
        };
        Assert.Equal([0, 64, 128, 192, 255, 0, 64, 128, 192, 255], mosaic.RenderSigned(source, colours: SignedColours.Grey).Pixels.ToArray());
        Assert.Equal([0, 64, 128, 192, 255, 64, 96, 128, 160, 192], mosaic.RenderSigned(source, SignedScale.Shared, SignedColours.Grey).Pixels.ToArray());
        byte[] colours = mosaic.RenderSigned(source).Pixels[..15].ToArray();
        Assert.Equal([10, 30, 110, 90, 140, 230, 255, 255, 255, 235, 95, 70, 110, 0, 20], colours);
    }

    [Fact]
    public void Both_arms_of_the_colours_fall_alike_in_lightness()
    {
        Span<byte> blue = stackalloc byte[3];
        Span<byte> red = stackalloc byte[3];
        double last = double.PositiveInfinity;
        for (int level = 0; level <= DivergingColours.Full; level++)
        {
            DivergingColours.Write(-level, blue);
            DivergingColours.Write(level, red);
            Assert.InRange(Luma(blue) - Luma(red), -3, 3);
            Assert.True(Luma(blue) <= last);
            last = Luma(blue);
            if (level > 0)
            {
                Assert.True(blue[2] > blue[0] && red[0] > red[2]);
            }
        }
    }

    [Fact]
    public void Extreme_and_zero_filters_are_drawn()
    {
        Mosaic mosaic = new(1, 1, 3, new MosaicOptions { Gap = 0 });
        byte[] Draw(params float[] values) => mosaic.RenderSigned((_, pixels) => values.CopyTo(pixels), colours: SignedColours.Grey).Pixels.ToArray();
        Assert.Equal([128, 128, 128], Draw(0, -0f, 0));
        Assert.Equal([255, 0, 128], Draw(float.Epsilon, -float.Epsilon, 0));
        Assert.Equal([255, 0, 128], Draw(float.MaxValue, -float.MaxValue, 1));
    }

    [Fact]
    public void A_number_that_cannot_be_drawn_is_named()
    {
        Mosaic mosaic = new(3, 2, 4);
        foreach (float wrong in new[] { float.NaN, float.PositiveInfinity, -1e-6f, 1.0001f })
        {
            void Source(int tile, Span<float> pixels) => pixels[6] = tile == 2 ? wrong : 0.5f;
            ArgumentException means = Assert.Throws<ArgumentException>(() => mosaic.RenderMeans(Source));
            Assert.Contains("source: expected a number from 0 to 1, found", means.Message, StringComparison.Ordinal);
            Assert.Contains("in tile 2, row 1, column 2", means.Message, StringComparison.Ordinal);
            if (float.IsFinite(wrong))
            {
                continue;
            }

            foreach (SignedScale scale in Enum.GetValues<SignedScale>())
            {
                ArgumentException signed = Assert.Throws<ArgumentException>(() => mosaic.RenderSigned(Source, scale));
                Assert.Contains("expected a finite number", signed.Message, StringComparison.Ordinal);
                Assert.Contains("in tile 2, row 1, column 2", signed.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Wrong_layouts_are_refused()
    {
        static void Refused(string part, int tiles, int height, int width, MosaicOptions? options = null) =>
            Assert.Contains(part, Assert.Throws<ArgumentOutOfRangeException>(() => new Mosaic(tiles, height, width, options)).Message, StringComparison.Ordinal);
        Refused("tiles: expected at least 1, found 0", 0, 1, 1);
        Refused("tileHeight: expected at least 1", 1, 0, 1);
        Refused("tileWidth: expected at least 1", 1, 1, -1);
        Refused("options.Rows: expected at least 0", 1, 1, 1, new MosaicOptions { Rows = -1 });
        Refused("options.Columns: expected at least 0", 1, 1, 1, new MosaicOptions { Columns = -1 });
        Refused("options.Gap: expected at least 0", 1, 1, 1, new MosaicOptions { Gap = -1 });
        Refused("options.Zoom: expected at least 1", 1, 1, 1, new MosaicOptions { Zoom = 0 });
        Refused("options.Rows: expected at least 3 rows of 4 columns for 9 tiles, found 2", 9, 1, 1, new MosaicOptions { Rows = 2, Columns = 4 });
        Refused("tiles: expected an even number", 9, 1, 1, new MosaicOptions { Pairs = true });
        Refused("options.Rows: expected an even number", 8, 1, 1, new MosaicOptions { Pairs = true, Rows = 3 });
        Refused("expected a picture of at most", 1_000_000, 100, 100);
        Refused("expected a picture of at most", int.MaxValue, int.MaxValue, int.MaxValue, new MosaicOptions { Zoom = int.MaxValue, Gap = int.MaxValue });
        Refused("expected a picture of at most", 1, 1, 1, new MosaicOptions { Columns = int.MaxValue });
        Mosaic mosaic = new(1, 1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => mosaic.RenderSigned((_, _) => { }, (SignedScale)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => mosaic.RenderSigned((_, _) => { }, colours: (SignedColours)9));
        Assert.Throws<ArgumentNullException>(() => mosaic.RenderMeans(null!));
    }

    [Fact]
    public void Every_tile_lands_in_a_place_of_its_own()
    {
        Gen<(int Tiles, int Height, int Width, MosaicOptions Options)> layout =
            from tiles in Gen.Choose(1, 40)
            from height in Gen.Choose(1, 5)
            from width in Gen.Choose(1, 5)
            from columns in Gen.Choose(0, 9)
            from gap in Gen.Choose(0, 3)
            from pairs in Gen.Elements(false, true)
            select (pairs ? 2 * tiles : tiles, height, width, new MosaicOptions { Columns = columns, Gap = gap, Pairs = pairs, Background = 200 });
        Prop.ForAll(layout.ToArbitrary(), value =>
        {
            // Tile t is drawn as level t: each level must fill one rectangle of the tile's size, and the rest be background.
            Mosaic mosaic = new(value.Tiles, value.Height, value.Width, value.Options);
            PixelImage image = mosaic.RenderMeans((tile, pixels) => pixels.Fill(tile / 255f));
            byte[] all = image.Pixels.ToArray();
            int background = all.Length;
            for (int tile = 0; tile < value.Tiles; tile++)
            {
                int first = Array.IndexOf(all, (byte)tile);
                for (int y = 0; y < value.Height; y++)
                {
                    Assert.False(all.AsSpan(first + (y * image.Width), value.Width).ContainsAnyExcept((byte)tile));
                }

                background -= value.Height * value.Width;
            }

            Assert.Equal(background, all.Count(pixel => pixel == 200));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20261121, 11));
    }

    [Fact]
    public void A_reference_picture_keeps_its_pixels()
    {
        PixelImage image = new Mosaic(7, 9, 8, new MosaicOptions { Zoom = 2 }).RenderSigned((tile, pixels) => Ramp(pixels, tile - 3));
        using TemporaryDirectory directory = new();
        image.SavePng(directory.File("mosaic.png"));
        (int width, int height, int channels, byte[] pixels) = PngDecoder.Decode(File.ReadAllBytes(directory.File("mosaic.png")));
        Assert.Equal((image.Width, image.Height, image.Channels), (width, height, channels));
        Assert.Equal("E755EA06B6EC2435F6A848BA93D12BE3CEDA1A6EDD4EB4DAD884359BCB4E3AC4", Convert.ToHexString(SHA256.HashData(pixels)));
        MemoryStream stream = new();
        new Mosaic(1, 1, 1).RenderMeans((_, _) => { }).WritePng(stream);
        Assert.Equal([96, 96, 96, 96, 0, 96, 96, 96, 96], PngDecoder.Decode(stream.ToArray()).Pixels);
    }

    [Fact]
    public void A_picture_has_one_or_three_channels_and_fits_into_an_array()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelImage(1, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelImage(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelImage(1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelImage(50_000, 50_000, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelImage(int.MaxValue, 1, 3));
    }

    private static void Ramp(Span<float> pixels, int slope)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = ((i * 7 % 11) - 5) * slope * 0.25f;
        }
    }

    private static double Luma(ReadOnlySpan<byte> pixel) => (0.299 * pixel[0]) + (0.587 * pixel[1]) + (0.114 * pixel[2]);
}
