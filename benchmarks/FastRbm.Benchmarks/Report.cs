using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks;

/// <summary>The table of a run, with the machine that it was measured on.</summary>
internal static class Report
{
    /// <summary>Writes the table as Markdown.</summary>
    /// <param name="rows">The rows, the peak of one core first.</param>
    /// <param name="rounds">How many rounds the best was taken of.</param>
    public static string Write(IReadOnlyList<Measurement> rows, int rounds)
    {
        double peak = rows[0].Rate;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# A look at the loops: {Processor()}").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, SIMD level {SimdSelection.Current}, best of {rounds} interleaved rounds. Written by the benchmark program.").AppendLine();
        text.AppendLine("| what | microseconds | rate | | over the cores' FMA peak | bytes allocated |").AppendLine("|---|---:|---:|---|---:|---:|");
        foreach (Measurement row in rows)
        {
            string share = row.Peaks == 0 ? string.Empty : (row.Rate / (peak * row.Peaks)).ToString("F2", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Best * 1e6:F0} | {row.Rate:F1} | {row.Unit} | {share} | {row.Bytes} |");
        }

        return text.ToString();
    }

    /// <summary>The processor's name as a folder's.</summary>
    public static string Folder() => string.Join('-', Processor().Split([' ', '(', ')', '/', '@'], StringSplitOptions.RemoveEmptyEntries));

    private static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information))
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        string[] lines = File.ReadAllLines(Information);
        string Field(string name) => Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
        return $"{Field("model name")} family {Field("cpu family")} model {Field("model")}";
    }
}
