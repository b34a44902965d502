using System.Runtime.InteropServices;
using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>The commands compare and readme.</summary>
internal static class ComparisonCommands
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const int Terminated = 143;

    /// <summary>Runs a comparison.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code: 0 done, 1 a peer or a check failed.</returns>
    public static int Compare(string[] arguments) => Compare(CompareOptions.Parse(arguments));

    private static int Compare(CompareOptions options)
    {
        // .NET 10 leaves signals to the system, which ends the process at once: without these, peers and files would stay behind.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => Exit(signal, Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => Exit(signal, Terminated));
        ComparisonRun run = new(options, Console.Error);
        ComparisonResult result = run.Run();
        string report = ReportTable.Write(result);
        Console.Write(report);
        if (options.Write)
        {
            // The widest level of the machine has the plain name, others theirs.
            string suffix = SimdSelection.Current == SimdSelection.Choose(null) ? string.Empty : $"-{SimdSelection.Current}";
            string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Results, Machine.Folder)).FullName, "comparison" + suffix);
            File.WriteAllText(path + ".md", report);
            File.WriteAllText(path + ".json", ResultFile.Write(result));
            Console.Error.WriteLine($"written: {Path.GetRelativePath(Repository.Root, path)}.md and .json");
        }

        return run.Failed ? Failed : Done;
    }

    private static void Exit(PosixSignalContext signal, int code)
    {
        signal.Cancel = true;
        Environment.Exit(code);
    }

    /// <summary>Writes the results into the README, or compares it with them.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code: 0 done, 1 the README drifted.</returns>
    public static int Readme(string[] arguments)
    {
        bool check = arguments is ["--check"];
        if (!check && arguments.Length > 0)
        {
            throw new UsageException($"usage: readme [--check], found \"{string.Join(' ', arguments)}\"");
        }

        string path = Path.Combine(Repository.Root, "README.md");
        string readme = File.ReadAllText(path);
        string expected = ReadmeTable.Replace(readme, ReadmeTable.Write(ResultFile.ReadAll(Repository.Results)));
        if (!check)
        {
            File.WriteAllText(path, expected);
            return Done;
        }

        string? drift = ReadmeTable.Drift(readme, expected);
        if (drift is not null)
        {
            Console.Error.WriteLine($"error: {drift} Run: dotnet run -c Release --project benchmarks/FastRbm.Benchmarks -- readme");
        }

        return drift is null ? Done : Failed;
    }
}
