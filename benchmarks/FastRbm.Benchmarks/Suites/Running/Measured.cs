using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Suites.Running;

/// <summary>One measured benchmark and what it is worth.</summary>
/// <param name="Method">The benchmark.</param>
/// <param name="Parameters">Its parameters as text.</param>
/// <param name="Level">The level of its job.</param>
/// <param name="Work">What a call does.</param>
/// <param name="Mean">The mean time of a call in nanoseconds.</param>
/// <param name="Error">Half of the mean's 99.9 % confidence interval, in nanoseconds.</param>
/// <param name="Best">The least time of a call in nanoseconds: what rates are of, because peaks are the best of many runs as well.</param>
/// <param name="Bytes">Bytes that a call allocates; null when not measured.</param>
internal sealed record Measured(
    string Method, string Parameters, SimdLevel Level, Work Work, double Mean, double Error, double Best, long? Bytes)
{
    /// <summary>Things a second of the best, in 10^9.</summary>
    public double Rate => Work.Amount / Best * 1e9;

    /// <summary>Reads a benchmark of a summary.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <returns>What was measured; null when the benchmark failed or belongs to no suite.</returns>
    public static Measured? Of(Summary summary, BenchmarkCase benchmark)
    {
        BenchmarkReport? report = summary[benchmark];
        if (report?.ResultStatistics is not { } statistics || Activator.CreateInstance(benchmark.Descriptor.Type) is not Suite suite)
        {
            return null;
        }

        foreach (var parameter in benchmark.Parameters.Items)
        {
            benchmark.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(suite, parameter.Value);
        }

        string method = benchmark.Descriptor.WorkloadMethod.Name;
        return new Measured(
            method, benchmark.Parameters.DisplayInfo.Trim('[', ']'), SuiteJobs.LevelOf(benchmark.Job), suite.WorkOf(method), statistics.Mean,
            statistics.ConfidenceInterval.Margin, statistics.Min, report.GcStats.GetBytesAllocatedPerOperation(benchmark));
    }

    /// <summary>The dense rate over a peak of the cores.</summary>
    /// <param name="peak">The peak of one core in GFLOP/s.</param>
    /// <returns>The share; NaN when there is none.</returns>
    public double Share(double peak) => Work.DenseFlops == 0 ? double.NaN : Work.DenseFlops / Best * 1e9 / (peak * Work.Cores);

    /// <summary>Three significant digits, or nothing.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value) => double.IsFinite(value)
        ? value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : value >= 0.1 ? "F2" : "G3", CultureInfo.InvariantCulture)
        : string.Empty;
}
