using System.Globalization;
using System.Text;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Look;

/// <summary>The table of a look, with the machine that it was measured on.</summary>
internal static class Report
{
    /// <summary>The table as Markdown.</summary>
    /// <param name="rows">The rows, the peak of one core first.</param>
    /// <param name="rounds">How many rounds the best was taken of.</param>
    public static string Markdown(IReadOnlyList<Measurement> rows, int rounds)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# A look at the loops: {Machine.Processor}").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{Results.Environment}, SIMD level {SimdSelection.Current}, data {Workload.DataName}, best of {rounds} interleaved rounds. Written by the benchmark program.").AppendLine();
        text.AppendLine("| what | microseconds | figure | | over the cores' FMA peak | bytes allocated |").AppendLine("|---|---:|---:|---|---:|---:|");
        foreach (Measurement row in rows)
        {
            string share = Share(row, rows) is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : string.Empty;
            string figure = row.Figure.ToString(row.Figure < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Best * 1e6:F0} | {figure} | {row.Unit} | {share} | {row.Bytes} |");
        }

        return text.ToString();
    }

    /// <summary>The table as JSON.</summary>
    /// <param name="rows">The rows, the peak of one core first.</param>
    /// <param name="rounds">How many rounds the best was taken of.</param>
    public static string Json(IReadOnlyList<Measurement> rows, int rounds) => Results.Json(writer =>
    {
        writer.WriteString("level", SimdSelection.Current.ToString());
        writer.WriteString("data", Workload.DataName);
        writer.WriteNumber("rounds", rounds);
        writer.WriteStartArray("rows");
        foreach (Measurement row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", row.Name);
            writer.WriteNumber("microseconds", Math.Round(row.Best * 1e6, 3));
            writer.WriteNumber("figure", Math.Round(row.Figure, 4));
            writer.WriteString("unit", row.Unit);
            if (Share(row, rows) is { } ratio)
            {
                writer.WriteNumber("share_of_peak", Math.Round(ratio, 4));
            }

            writer.WriteNumber("bytes", row.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static double? Share(Measurement row, IReadOnlyList<Measurement> rows) =>
        row.Peaks == 0 ? null : row.Rate / (rows[0].Rate * row.Peaks);
}
