using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FastRbm.Errors;

namespace FastRbm.Tests.Data;

/// <summary>A directory for the files of one test, removed with them.</summary>
internal sealed class TestFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("fastrbm-").FullName;

    public string Write(ReadOnlySpan<byte> bytes, string name = "file")
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string text, string name = "file") => Write(Encoding.UTF8.GetBytes(text), name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static byte[] Idx(byte type, uint[] sizes, params byte[] values)
    {
        byte[] bytes = new byte[4 + (4 * sizes.Length) + values.Length];
        bytes[2] = type;
        bytes[3] = (byte)sizes.Length;
        for (int i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (4 * i)), sizes[i]);
        }

        values.CopyTo(bytes, 4 + (4 * sizes.Length));
        return bytes;
    }

    public static byte[] Npy(string header, byte[] values, byte version = 1)
    {
        byte[] text = Encoding.Latin1.GetBytes(header);
        byte[] length = version == 1
            ? [(byte)text.Length, (byte)(text.Length >> 8)]
            : [(byte)text.Length, (byte)(text.Length >> 8), (byte)(text.Length >> 16), (byte)(text.Length >> 24)];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. values];
    }

    public static string Dictionary(string descr, string shape, string fortran = "False") =>
        $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({shape}), }}\n";

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    public static byte[] Floats(params float[] values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }

    /// <summary>The error that an input must give, with the words that its message must hold.</summary>
    public static InvalidInputException Refused(Action read, params string[] words)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(read);
        foreach (string word in words)
        {
            Assert.Contains(word, error.Message, StringComparison.Ordinal);
        }

        return error;
    }

    /// <summary>A file of the data directory that the environment names; the test is skipped where there is none.</summary>
    public static string Real(string file)
    {
        string? directory = Environment.GetEnvironmentVariable("FASTRBM_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(directory), "FASTRBM_DATA is not set");
        string path = Path.Combine(directory!, file);
        Assert.SkipUnless(File.Exists(path), $"{file} is not in FASTRBM_DATA");
        return path;
    }
}
