using System.Diagnostics;
using FastRbm.Benchmarks;
using FastRbm.Benchmarks.Comparison;
using FastRbm.Kernels.Simd;

const int Rounds = 30;

if (ComparisonCommands.Know(args))
{
    return ComparisonCommands.Run(args);
}

int model = Array.IndexOf(args, "--model");
using Loops loops = new(model >= 0 && model + 1 < args.Length ? args[model + 1] : null);
foreach (Measurement row in loops.All)
{
    row.Run();
    long before = GC.GetAllocatedBytesForCurrentThread();
    row.Run();
    row.Bytes = GC.GetAllocatedBytesForCurrentThread() - before;
}

for (int round = 0; round < Rounds; round++)
{
    foreach (Measurement row in loops.All)
    {
        // Rows differ in what they leave in the caches for the next: each is timed on its own leavings.
        row.Run();
        long start = Stopwatch.GetTimestamp();
        row.Run();
        row.Best = Math.Min(row.Best, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}

string report = Report.Write(loops.All, Rounds);
Console.Write(report);
if (args.Contains("--write"))
{
    string folder = Path.Combine("perf-results", Machine.Folder);
    Directory.CreateDirectory(folder);
    File.WriteAllText(Path.Combine(folder, $"quick-{SimdSelection.Current}.md"), report);
}

return 0;
