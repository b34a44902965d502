using System.Buffers.Binary;
using System.Text;
using CommunityToolkit.HighPerformance;
using FastRbm.Serialization;

namespace FastRbm.Data;

/// <summary>Writes NumPy's .npy files, version 1.0: row-major arrays of bytes (|u1) or 4-byte floats (&lt;f4).</summary>
/// <remarks>Source: NumPy Enhancement Proposal 1. Stateless: thread-safe. Allocates one row.</remarks>
public static class NpyWriter
{
    private const int Alignment = 64;

    /// <summary>Writes a file of floats, which appears under its name only when it is complete.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="values">rows x columns.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, ReadOnlySpan2D<float> values)
    {
        AtomicFile.Write(path, length: 0, values, static (stream, rows) => Write(stream, rows));
    }

    /// <summary>Writes a file of bytes, which appears under its name only when it is complete.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="values">rows x columns.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, ReadOnlySpan2D<byte> values)
    {
        AtomicFile.Write(path, length: 0, values, static (stream, rows) => Write(stream, rows));
    }

    /// <summary>Writes floats.</summary>
    /// <param name="stream">Written from its position on; left open.</param>
    /// <param name="values">rows x columns.</param>
    public static void Write(Stream stream, ReadOnlySpan2D<float> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        WriteHeader(stream, "<f4", values.Height, values.Width);
        float[] row = new float[values.Width];
        byte[] bytes = new byte[row.Length * sizeof(float)];
        for (int r = 0; r < values.Height; r++)
        {
            values.Slice(r, 0, 1, row.Length).CopyTo(row);
            for (int c = 0; c < row.Length; c++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(c * sizeof(float)), row[c]);
            }

            stream.Write(bytes);
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="stream">Written from its position on; left open.</param>
    /// <param name="values">rows x columns.</param>
    public static void Write(Stream stream, ReadOnlySpan2D<byte> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        WriteHeader(stream, "|u1", values.Height, values.Width);
        byte[] row = new byte[values.Width];
        for (int r = 0; r < values.Height; r++)
        {
            values.Slice(r, 0, 1, row.Length).CopyTo(row);
            stream.Write(row);
        }
    }

    private static void WriteHeader(Stream stream, string type, int rows, int columns)
    {
        const int Prefix = 10;
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}";

        // NumPy pads with spaces and a line feed so that the values start on a multiple of 64 bytes.
        int length = ((Prefix + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - Prefix;
        stream.Write(NpyReader.Magic);
        stream.Write([1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n"));
    }
}
