using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using FastRbm.Benchmarks.Suites.Running;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Runs the BenchmarkDotNet suites: a job a SIMD level.</summary>
internal static class SuitesCommand
{
    private static readonly string[] _questions = ["--help", "--version", "--info", "--list"];

    /// <summary>Runs what the arguments ask for.</summary>
    /// <param name="arguments">--write, --data, --levels, --job, and BenchmarkDotNet's own.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        bool write = false;
        IReadOnlyList<SimdLevel> levels = SuiteJobs.Accelerated;
        Job length = SuiteJobs.Usual;
        List<string> rest = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--write":
                    write = true;
                    break;
                case "--data":
                    Workload.DataName = Value(arguments, ref i);
                    break;
                case "--levels":
                    levels = SuiteJobs.Levels(Value(arguments, ref i));
                    break;
                case "--job" or "-j":
                    length = SuiteJobs.Length(Value(arguments, ref i));
                    break;
                default:
                    rest.Add(arguments[i]);
                    break;
            }
        }

        bool asks = rest.Exists(argument => _questions.Contains(argument, StringComparer.OrdinalIgnoreCase));
        if (!asks && !ConfigParser.Parse([.. rest], NullLogger.Instance).isSuccess)
        {
            throw new UsageException($"suites: BenchmarkDotNet doesn't understand \"{string.Join(' ', rest)}\"; suites --help lists its arguments");
        }

        if (!asks)
        {
            // BenchmarkDotNet finds the project below the folder that it runs in; data that can't be had would fail in every process.
            Results.CheckFolder();
            Workload.Data();
        }

        if (!asks && !rest.Exists(static argument => argument is "--filter" or "-f" or "--anyCategories" or "--allCategories"))
        {
            // Without a filter BenchmarkDotNet would ask on the terminal.
            rest.AddRange(["--filter", "*"]);
        }

        // Before any other process runs.
        Peaks peaks = asks ? Peaks.Unknown : Peaks.Measure(levels);
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(SuitesCommand).Assembly).Run([.. rest], new SuiteConfig(length, levels, peaks))];
        if (asks)
        {
            return 0;
        }

        if (summaries.Length == 0)
        {
            throw new UsageException($"suites: no benchmark matches \"{string.Join(' ', rest)}\"; suites --list flat shows them");
        }

        if (write)
        {
            foreach (Summary summary in summaries)
            {
                SuiteReport.Write(summary, peaks);
            }
        }

        return summaries.Any(static summary => summary.HasCriticalValidationErrors || !summary.Reports.All(static report => report.Success)) ? 1 : 0;
    }

    private static string Value(string[] arguments, ref int i) => i + 1 < arguments.Length
        ? arguments[++i]
        : throw new UsageException($"suites: expected a value after {arguments[i]}, found nothing");
}
