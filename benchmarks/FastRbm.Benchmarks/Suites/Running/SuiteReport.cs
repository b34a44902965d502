using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;

namespace FastRbm.Benchmarks.Suites.Running;

/// <summary>A suite's table with the machine that it was measured on, for the folder of results.</summary>
internal static class SuiteReport
{
    /// <summary>Writes the tables of a summary.</summary>
    /// <param name="summary">The summary of one suite.</param>
    /// <param name="peaks">The measured peaks.</param>
    public static void Write(Summary summary, Peaks peaks)
    {
        string suite = summary.BenchmarksCases[0].Descriptor.Type.Name;
        Results.Write($"suite-{suite}{Workload.Suffix}", Markdown(suite, summary, peaks), Json(suite, summary, peaks));
    }

    private static string Markdown(string suite, Summary summary, Peaks peaks)
    {
        AccumulationLogger table = new();
        MarkdownExporter.GitHub.ExportToLog(summary, table);
        return $"# {suite}: {Machine.Processor}\n\n{Results.Environment}, data {Workload.DataName}. FMA peak of a core in GFLOP/s: {peaks.Text}. Written by the benchmark program.\n\n"
            + table.GetLog().ReplaceLineEndings("\n").Trim() + "\n";
    }

    private static string Json(string suite, Summary summary, Peaks peaks) => Results.Json(writer =>
    {
        writer.WriteString("suite", suite);
        writer.WriteString("data", Workload.DataName);
        writer.WriteString("benchmark_dot_net", summary.HostEnvironmentInfo.BenchmarkDotNetVersion);
        writer.WriteStartArray("rows");
        foreach (Measured row in summary.BenchmarksCases.Select(benchmark => Measured.Of(summary, benchmark)).OfType<Measured>())
        {
            writer.WriteStartObject();
            writer.WriteString("method", row.Method);
            writer.WriteString("parameters", row.Parameters);
            writer.WriteString("level", row.Level.ToString());
            writer.WriteNumber("mean_nanoseconds", Math.Round(row.Mean, 2));
            writer.WriteNumber("error_nanoseconds", Math.Round(row.Error, 2));
            writer.WriteNumber("best_nanoseconds", Math.Round(row.Best, 2));
            writer.WriteNumber("rate", Math.Round(row.Rate, 4));
            writer.WriteString("unit", row.Work.Unit);
            if (double.IsFinite(row.Share(peaks.Common)))
            {
                writer.WriteNumber("share_of_peak_256", Math.Round(row.Share(peaks.Common), 4));
            }

            if (double.IsFinite(row.Share(peaks[row.Level])))
            {
                writer.WriteNumber("share_of_peak", Math.Round(row.Share(peaks[row.Level]), 4));
            }

            if (row.Bytes is { } bytes)
            {
                writer.WriteNumber("bytes", bytes);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
