using FastRbm.Errors;

namespace FastRbm.Imaging;

/// <summary>A picture in memory: 8-bit grey or RGB. Owner of its pixels. Not thread-safe for writing.</summary>
public sealed class PixelImage
{
    private readonly byte[] _pixels;

    /// <summary>Allocates a black picture.</summary>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, the picture is too large for an array, or there are other channels.</exception>
    public PixelImage(int width, int height, int channels)
    {
        Throw.IfLess(width, 1);
        Throw.IfLess(height, 1);
        if (channels is not (1 or 3))
        {
            Throw.OutOfRange(nameof(channels), "1 (grey) or 3 (RGB)", channels);
        }

        long rowsThatFit = Array.MaxLength / ((long)width * channels);
        if (height > rowsThatFit)
        {
            Throw.OutOfRange(nameof(height), $"at most {rowsThatFit} rows of {width} pixels", height);
        }

        Width = width;
        Height = height;
        Channels = channels;
        _pixels = new byte[width * channels * height];
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes of a pixel: 1 for grey, 3 for red, green and blue.</summary>
    public int Channels { get; }

    /// <summary>All pixels, row by row from the top: Width * Height * Channels bytes.</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>Saves the picture as PNG; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public void SavePng(string path)
    {
        if (Channels == 1)
        {
            PngWriter.SaveGrey(path, _pixels, Width, Height);
        }
        else
        {
            PngWriter.SaveRgb(path, _pixels, Width, Height);
        }
    }

    /// <summary>Writes the picture as PNG to a stream, which stays open.</summary>
    /// <param name="stream">Where the file goes.</param>
    public void WritePng(Stream stream)
    {
        if (Channels == 1)
        {
            PngWriter.WriteGrey(stream, _pixels, Width, Height);
        }
        else
        {
            PngWriter.WriteRgb(stream, _pixels, Width, Height);
        }
    }

    /// <summary>A picture in which each pixel is a square of <paramref name="factor"/> x <paramref name="factor"/> pixels; this one if that is 1.</summary>
    internal PixelImage Enlarge(int factor)
    {
        if (factor == 1)
        {
            return this;
        }

        PixelImage large = new(Width * factor, Height * factor, Channels);
        int stride = large.Width * Channels;
        for (int row = 0; row < Height; row++)
        {
            Span<byte> first = large.Pixels.Slice(row * factor * stride, stride);
            for (int column = 0; column < Width; column++)
            {
                ReadOnlySpan<byte> pixel = _pixels.AsSpan(((row * Width) + column) * Channels, Channels);
                for (int i = 0; i < factor; i++)
                {
                    pixel.CopyTo(first[(((column * factor) + i) * Channels)..]);
                }
            }

            for (int i = 1; i < factor; i++)
            {
                first.CopyTo(large.Pixels[(((row * factor) + i) * stride)..]);
            }
        }

        return large;
    }
}
