using System.Runtime.InteropServices;
using FastRbm.Benchmarks.Comparison.Peers;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>Files of raw numbers that contestants in other languages read and write.</summary>
internal static class RawFile
{
    /// <summary>W [visible, hidden], visible bias, hidden bias of a model.</summary>
    public static float[] Parameters(Rbm model)
    {
        int visible = model.Visible.Count;
        int hidden = model.Hidden.Count;
        float[] values = new float[(visible * hidden) + visible + hidden];
        model.Weights.CopyTo(values);
        model.Visible.Bias.CopyTo(values.AsSpan(visible * hidden));
        model.Hidden.Bias.CopyTo(values.AsSpan((visible * hidden) + visible));
        return values;
    }

    /// <summary>Writes parameters as float32.</summary>
    public static void WriteParameters(string path, Rbm model) => File.WriteAllBytes(path, MemoryMarshal.AsBytes(Parameters(model).AsSpan()));

    /// <summary>Reads parameters.</summary>
    /// <exception cref="PeerException">The file has another length than the model's parameters.</exception>
    public static float[] ReadParameters(string path, Rbm model)
    {
        int count = ((model.Visible.Count + 1) * (model.Hidden.Count + 1)) - 1;
        return [.. MemoryMarshal.Cast<byte, float>(Read(path, count * sizeof(float)))];
    }

    /// <summary>Writes rows as bytes.</summary>
    public static void WriteRows(string path, IVisibleRows rows)
    {
        ulong[] bits = new ulong[BitMatrix.WordsFor(rows.Columns)];
        byte[] bytes = new byte[rows.Columns];
        using FileStream stream = File.Create(path);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, bits);
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(bits[i >> 6] >> (i & 63) & 1);
            }

            stream.Write(bytes);
        }
    }

    /// <summary>Reads states.</summary>
    /// <exception cref="PeerException">The file has another length, or a byte is neither 0 nor 1.</exception>
    public static BitMatrix ReadStates(string path, int rows, int columns)
    {
        byte[] bytes = Read(path, rows * columns);
        BitMatrix states = new(rows, columns);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] > 1)
            {
                throw new PeerException($"expected states 0 or 1, found {bytes[i]} at row {i / columns}, column {i % columns}");
            }

            if (bytes[i] == 1)
            {
                states[i / columns, i % columns] = true;
            }
        }

        return states;
    }

    private static byte[] Read(string path, int length)
    {
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : throw new PeerException("expected a file of results, found none");
        return bytes.Length == length ? bytes : throw new PeerException($"expected a file of {length} bytes, found {bytes.Length}");
    }
}
