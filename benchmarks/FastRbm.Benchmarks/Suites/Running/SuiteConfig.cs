using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Suites.Running;

/// <summary>Jobs, columns and exporters of the suites.</summary>
internal sealed class SuiteConfig : ManualConfig
{
    /// <summary>Makes the configuration.</summary>
    /// <param name="length">How long to measure.</param>
    /// <param name="levels">The levels: a job each.</param>
    /// <param name="peaks">The measured peaks.</param>
    public SuiteConfig(Job length, IEnumerable<SimdLevel> levels, Peaks peaks)
    {
        foreach (SimdLevel level in levels)
        {
            AddJob(SuiteJobs.At(length, level));
        }

        AddColumnProvider(DefaultColumnProviders.Params);
        AddColumn(
            TargetMethodColumn.Method, new WorkColumn("Level", "The SIMD level", false, static measured => measured.Level.ToString()),
            StatisticColumn.Mean, StatisticColumn.Error, StatisticColumn.Min,
            new WorkColumn("Rate", "Things a second of the fastest iteration", true, static measured => Measured.Number(measured.Rate)),
            new WorkColumn("Unit", "What the rate counts", false, static measured => measured.Work.Unit),
            new WorkColumn("Of peak 256", "The rate over the measured FMA peak of the cores at 256 bits", true, measured => Measured.Number(measured.Share(peaks.Common))),
            new WorkColumn("Of peak", "The rate over the measured FMA peak of the cores at the level", true, measured => Measured.Number(measured.Share(peaks[measured.Level]))));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Metrics);
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.DisableLogFile);
    }
}
