using System.Security.Cryptography;
using System.Text;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Cli;

/// <summary>A directory with small files for one test.</summary>
internal sealed class Workplace : IDisposable
{
    private const int Side = 28;
    private readonly TemporaryDirectory _directory = new();

    public string Folder => _directory.FullPath;

    public string this[string name] => _directory.File(name);

    /// <summary>Every file with a hash of what is in it.</summary>
    public string Contents()
    {
        StringBuilder text = new();
        foreach (string path in Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.AppendLine(path + " " + (File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "directory"));
        }

        return text.ToString();
    }

    /// <summary>Saves a model of these sizes.</summary>
    public string Model(int visible, int hidden)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, _, _) => weights[0, 0] = 0.5f);
        ModelFile.Save(this["given.safetensors"], rbm);
        return this["given.safetensors"];
    }

    /// <summary>The same grey images as IDX and as .npy of two and three dimensions.</summary>
    public (string Idx, string Npy, string FlatNpy) Images(int rows)
    {
        byte[] values = new byte[rows * Side * Side];
        SplitMix64 random = new(1);
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = random.NextUInt64();
            values[i] = (bits >> 8) % 4 == 0 ? (byte)bits : (byte)0;
        }

        byte[] sizes = [0, 0, (byte)(rows >> 8), (byte)rows, 0, 0, 0, Side, 0, 0, 0, Side];
        File.WriteAllBytes(this["images.idx"], [0, 0, 8, 3, .. sizes, .. values]);
        File.WriteAllBytes(this["images.npy"], Npy($"({rows}, {Side}, {Side})", values));
        File.WriteAllBytes(this["flat.npy"], Npy($"({rows}, {Side * Side})", values));
        return (this["images.idx"], this["images.npy"], this["flat.npy"]);
    }

    public static byte[] Npy(string shape, byte[] values)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values];
    }

    public void Dispose() => _directory.Dispose();
}
