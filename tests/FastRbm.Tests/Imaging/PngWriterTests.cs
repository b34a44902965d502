using FastRbm.Imaging;
using FastRbm.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Imaging;

public sealed class PngWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_picture_is_decoded_to_its_pixels_and_checksums_are_right()
    {
        Gen<(int Width, int Height, int Channels, int Seed)> picture =
            from width in Gen.Elements(1, 2, 3, 7, 8, 9, 31, 33, 257)
            from height in Gen.Elements(1, 2, 5, 64)
            from channels in Gen.Elements(1, 3)
            from seed in Gen.Choose(0, int.MaxValue)
            select (width, height, channels, seed);
        Prop.ForAll(picture.ToArbitrary(), value =>
        {
            byte[] pixels = new byte[value.Width * value.Height * value.Channels];
            new System.Random(value.Seed).NextBytes(pixels);
            MemoryStream stream = new();
            if (value.Channels == 1)
            {
                PngWriter.WriteGrey(stream, pixels, value.Width, value.Height);
            }
            else
            {
                PngWriter.WriteRgb(stream, pixels, value.Width, value.Height);
            }

            (int width, int height, int channels, byte[] decoded) = PngDecoder.Decode(stream.ToArray());
            Assert.Equal((value.Width, value.Height, value.Channels), (width, height, channels));
            Assert.Equal(pixels, decoded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20261121, 9));
    }

    [Fact]
    public void The_same_pixels_give_the_same_bytes_in_a_file_and_in_a_stream()
    {
        byte[] pixels = [.. Enumerable.Range(0, 300).Select(value => (byte)(value / 3))];
        foreach (bool grey in new[] { true, false })
        {
            MemoryStream stream = new();
            string path = _directory.File("picture.png");
            if (grey)
            {
                PngWriter.WriteGrey(stream, pixels, 20, 15);
                PngWriter.SaveGrey(path, pixels, 20, 15);
            }
            else
            {
                PngWriter.WriteRgb(stream, pixels, 20, 5);
                PngWriter.SaveRgb(path, pixels, 20, 5);
            }

            Assert.Equal(stream.ToArray(), File.ReadAllBytes(path));
            Assert.True(stream.CanWrite);
            Assert.Equal(["picture.png"], _directory.Names());
        }
    }

    [Fact]
    public void Wrong_sizes_are_refused_and_the_old_file_stays()
    {
        string path = _directory.File("picture.png", [1, 2, 3]);
        Assert.Contains(
            "pixels: expected 2 x 2 pixels of 1 bytes, found 3 bytes",
            Assert.Throws<ArgumentException>(() => PngWriter.SaveGrey(path, new byte[3], 2, 2)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PngWriter.SaveRgb(path, new byte[4], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PngWriter.SaveGrey(path, [], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PngWriter.SaveGrey(path, [], 1, -1));
        Assert.Throws<ArgumentException>(() => PngWriter.SaveGrey(path, [], int.MaxValue, int.MaxValue));
        Assert.Throws<IOException>(() => PngWriter.SaveGrey(_directory.File("none/picture.png"), [1], 1, 1));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }
}
