using System.Diagnostics;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>What a run of steps took.</summary>
/// <param name="Seconds">The loop's time alone.</param>
/// <param name="Bytes">Bytes that it allocated on all threads; null where they can't be seen.</param>
internal readonly record struct Timing(double Seconds, long? Bytes)
{
    /// <summary>Times a loop of this process.</summary>
    public static Timing Of(int count, Action<int> step)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            step(i);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Timing(seconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }
}
