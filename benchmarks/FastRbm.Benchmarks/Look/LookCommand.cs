using System.Diagnostics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Look;

/// <summary>A look at the loops in two minutes: own timer, all rows interleaved.</summary>
internal static class LookCommand
{
    private const int Rounds = 30;

    /// <summary>Measures, prints, and writes when asked to.</summary>
    /// <param name="arguments">--write, --data NAME, --model FILE.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        bool write = false;
        string? model = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--write":
                    write = true;
                    break;
                case "--data" when i + 1 < arguments.Length:
                    Workload.DataName = arguments[++i];
                    break;
                case "--model" when i + 1 < arguments.Length:
                    model = arguments[++i];
                    break;
                default:
                    throw new UsageException($"--quick: expected --write, --data NAME or --model FILE, found \"{arguments[i]}\"");
            }
        }

        if (write)
        {
            Results.CheckFolder();
        }

        using Loops loops = new(model);
        Measure(loops.All);
        string report = Report.Markdown(loops.All, Rounds);
        Console.Write(report);
        if (write)
        {
            Results.Write($"quick-{SimdSelection.Current}{Workload.Suffix}", report, Report.Json(loops.All, Rounds));
        }

        return 0;
    }

    private static void Measure(IReadOnlyList<Measurement> rows)
    {
        foreach (Measurement row in rows)
        {
            row.Run();
            long before = GC.GetAllocatedBytesForCurrentThread();
            row.Run();
            row.Bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach (Measurement row in rows)
            {
                // Rows differ in what they leave in the caches for the next: each is timed on its own leavings.
                row.Run();
                long start = Stopwatch.GetTimestamp();
                row.Run();
                row.Best = Math.Min(row.Best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
    }
}
