using System.Buffers.Binary;
using System.IO.Compression;

namespace FastRbm.Tests.Imaging;

/// <summary>Reads a PNG file of 8-bit grey or RGB without filters, and checks everything that the format prescribes for it.</summary>
internal static class PngDecoder
{
    public static (int Width, int Height, int Channels, byte[] Pixels) Decode(ReadOnlySpan<byte> file)
    {
        Assert.Equal([137, 80, 78, 71, 13, 10, 26, 10], file[..8].ToArray());
        List<string> types = [];
        byte[] header = [];
        MemoryStream packed = new();
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            string type = System.Text.Encoding.ASCII.GetString(file.Slice(at + 4, 4));
            ReadOnlySpan<byte> data = file.Slice(at + 8, length);
            Assert.Equal(Crc(file.Slice(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + length)..]));
            types.Add(type);
            if (type == "IHDR")
            {
                header = data.ToArray();
            }
            else if (type == "IDAT")
            {
                packed.Write(data);
            }

            at += length + 12;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], types);
        Assert.Equal(13, header.Length);
        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        int height = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
        Assert.Equal(8, header[8]);
        Assert.Equal([0, 0, 0], header[10..]);
        int channels = header[9] switch { 0 => 1, 2 => 3, _ => throw new InvalidDataException("Neither grey nor RGB.") };
        packed.Position = 0;
        using ZLibStream zlib = new(packed, CompressionMode.Decompress);
        byte[] pixels = new byte[width * height * channels];
        for (int row = 0; row < height; row++)
        {
            Assert.Equal(0, zlib.ReadByte());
            zlib.ReadExactly(pixels, row * width * channels, width * channels);
        }

        Assert.Equal(-1, zlib.ReadByte());
        return (width, height, channels, pixels);
    }

    // Bit by bit from the polynomial, so that it shares nothing with the table of the writer.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                uint carry = (crc ^ (uint)(value >> bit)) & 1;
                crc = (crc >> 1) ^ (carry == 1 ? 0xedb88320 : 0);
            }
        }

        return ~crc;
    }
}
