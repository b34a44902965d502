using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastRbm.Data;
using FastRbm.Memory;

namespace FastRbm.Benchmarks.Hopfield;

/// <summary>NumPy in a process of its own, asked for one recall at a time.</summary>
internal sealed class HopfieldPeer : IDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    /// <summary>Starts it with patterns and probes.</summary>
    public HopfieldPeer(string script, BitMatrix patterns, BitMatrix probes)
    {
        _directory = Directory.CreateTempSubdirectory("fastrbm-hopfield-").FullName;
        string first = Save("patterns.npy", patterns);
        string second = Save("probes.npy", probes);
        ProcessStartInfo start = new("/usr/bin/python3", [script, first, second]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        _process = Process.Start(start)!;
        Version = Read().GetProperty("numpy").GetString()!;
    }

    /// <summary>NumPy's version.</summary>
    public string Version { get; }

    /// <summary>Recalls all probes.</summary>
    /// <returns>Seconds, and the hash of where they ended.</returns>
    public (double Seconds, string States) Run(string form, int sweeps, bool stop)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{form} {sweeps} {(stop ? 1 : 0)}"));
        _process.StandardInput.Flush();
        JsonElement answer = Read();
        return (answer.GetProperty("seconds").GetDouble(), answer.GetProperty("states").GetString()!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private JsonElement Read() => JsonDocument.Parse(_process.StandardOutput.ReadLine() ?? throw new IOException("the peer ended: is NumPy there?")).RootElement;

    private string Save(string name, BitMatrix bits)
    {
        byte[,] bytes = new byte[bits.Rows, bits.Columns];
        for (int row = 0; row < bits.Rows; row++)
        {
            for (int i = 0; i < bits.Columns; i++)
            {
                bytes[row, i] = bits[row, i] ? (byte)1 : (byte)0;
            }
        }

        string path = Path.Combine(_directory, name);
        NpyWriter.Write(path, bytes);
        return path;
    }
}
