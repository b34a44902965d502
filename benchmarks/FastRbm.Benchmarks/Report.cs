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
        text.AppendLine(CultureInfo.InvariantCulture, $"# A look at the loops: {Machine.Processor}").AppendLine();
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
}
