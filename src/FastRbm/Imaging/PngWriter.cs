using System.Buffers.Binary;
using System.IO.Compression;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Imaging;

/// <summary>Writes 8-bit grey and RGB pictures as PNG (ISO/IEC 15948): one IHDR, one IDAT, one IEND, no filter, no interlacing.</summary>
/// <remarks>
/// The same pixels give the same file as long as the runtime's zlib is the same; another one may pack the same pixels otherwise.
/// Allocates about the size of the packed picture. Safe to call from many threads.
/// </remarks>
public static class PngWriter
{
    private const byte Grey = 0;
    private const byte Rgb = 2;


    /// <summary>Saves a grey picture; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="pixels">width * height bytes, row by row from the top, 0 black, 255 white.</param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> isn't width * height, or a size is below 1.</exception>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public static void SaveGrey(string path, ReadOnlySpan<byte> pixels, int width, int height) =>
        AtomicFile.Write(path, Encode(pixels, width, height, Grey, 1));

    /// <summary>Saves a colour picture; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="pixels">3 * width * height bytes: red, green and blue of each pixel (sRGB), row by row from the top.</param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> isn't 3 * width * height, or a size is below 1.</exception>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public static void SaveRgb(string path, ReadOnlySpan<byte> pixels, int width, int height) =>
        AtomicFile.Write(path, Encode(pixels, width, height, Rgb, 3));

    /// <summary>Writes a grey picture to a stream, which stays open.</summary>
    /// <param name="stream">Where the file goes.</param>
    /// <param name="pixels">width * height bytes, row by row from the top, 0 black, 255 white.</param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> isn't width * height, or a size is below 1.</exception>
    public static void WriteGrey(Stream stream, ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Encode(pixels, width, height, Grey, 1));
    }

    /// <summary>Writes a colour picture to a stream, which stays open.</summary>
    /// <param name="stream">Where the file goes.</param>
    /// <param name="pixels">3 * width * height bytes: red, green and blue of each pixel (sRGB), row by row from the top.</param>
    /// <param name="width">The width in pixels, 1 or more.</param>
    /// <param name="height">The height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> isn't 3 * width * height, or a size is below 1.</exception>
    public static void WriteRgb(Stream stream, ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Encode(pixels, width, height, Rgb, 3));
    }

    private static ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> pixels, int width, int height, byte colourType, int channels)
    {
        Throw.IfLess(width, 1);
        Throw.IfLess(height, 1);
        if (pixels.Length != (Int128)width * height * channels)
        {
            Throw.Argument(nameof(pixels), $"{width} x {height} pixels of {channels} bytes", $"{pixels.Length} bytes");
        }

        MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = colourType;
        header[10..].Clear();
        WriteChunk(file, "IHDR"u8, header);

        MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int stride = width * channels;
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels.Slice(row * stride, stride));
            }
        }

        WriteChunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.GetBuffer().AsSpan(0, (int)file.Length);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), data));
        file.Write(number);
    }
}
