using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Comparison.Peers;

/// <summary>What peers are given so that they run at their best: interpreters, libraries and instructions.</summary>
internal static class PeerEnvironment
{
    private const string SystemPython = "/usr/bin/python3";

    private static readonly string[] _tuning = ["OMP_", "GOMP_", "KMP_", "OPENBLAS_", "GOTO_", "BLIS_", "MKL_", "ATEN_"];

    /// <summary>Interpreters to try, the first that has a peer's packages being used.</summary>
    /// <param name="chosen">The user's choice, or null.</param>
    public static IReadOnlyList<string> Interpreters(string? chosen) => chosen is not null ? [chosen]
        : OperatingSystem.IsWindows() ? ["python"]
        : File.Exists(SystemPython) ? ["python3", SystemPython]
        : ["python3"];

    /// <summary>Sets the variables of a peer's process, whatever the user's environment says about threads and instructions.</summary>
    public static void Apply(ProcessStartInfo start)
    {
        foreach (string name in start.Environment.Keys.Where(static name => Array.Exists(_tuning, prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUNBUFFERED"] = "1";

        // The default OpenBLAS of Debian has threads of its own, which fight those of PyTorch; the OpenMP build shares them.
        if (OpenMpBlas() is { } folder)
        {
            string? others = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
            start.Environment["LD_LIBRARY_PATH"] = string.IsNullOrEmpty(others) ? folder : $"{folder}:{others}";
        }

        // Libraries older than the processor take it for a lesser one, and PyTorch leaves AVX-512 off: all get the width that FastRbm has.
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            (string blas, string torch) = SimdSelection.Current switch
            {
                SimdLevel.Vector512 when Vector512.IsHardwareAccelerated => ("SkylakeX", "avx512"),
                SimdLevel.Vector512 or SimdLevel.Vector256 when Vector256.IsHardwareAccelerated => ("Haswell", "avx2"),
                _ => ("Nehalem", "default"),
            };
            start.Environment["OPENBLAS_CORETYPE"] = blas;
            start.Environment["ATEN_CPU_CAPABILITY"] = torch;
        }
    }

    private static string? OpenMpBlas() => !OperatingSystem.IsLinux() || !Directory.Exists("/usr/lib") ? null
        : Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Where(static folder => folder.Contains(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64", StringComparison.Ordinal))
            .Select(static folder => Path.Combine(folder, "openblas-openmp"))
            .FirstOrDefault(Directory.Exists);
}
