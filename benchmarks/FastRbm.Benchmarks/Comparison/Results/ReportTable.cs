using System.Globalization;
using System.Text;

namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>A comparison as Markdown: every row, with the environment.</summary>
internal static class ReportTable
{
    /// <summary>Writes the whole report.</summary>
    public static string Write(ComparisonResult result)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Comparison: {result.Processor}\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{result.Processors} processors, SIMD level {result.SimdLevel}, {result.Date}, commit {result.Commit}, {result.Rounds} interleaved rounds{(result.Quick ? ", shortened" : string.Empty)}. Written by `dotnet run -c Release --project benchmarks/FastRbm.Benchmarks -- compare --write`; what the contestants are: `benchmarks/peers`.\n\n");
        foreach ((string name, string version) in result.Versions)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {version}\n");
        }

        foreach (JobResult job in result.Jobs)
        {
            Append(text, job);
        }

        return text.ToString();
    }

    /// <summary>Writes one job.</summary>
    public static void Append(StringBuilder text, JobResult job)
    {
        string[] figures = [.. job.Rows.FirstOrDefault(static row => row.Ran)?.Figures.Select(static figure => figure.Name) ?? []];
        text.Append(CultureInfo.InvariantCulture, $"\n## {job.Title}\n\nSeconds are for {job.Unit}. {job.Check}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| contestant | threads | best s | median s | {job.RateUnit} | times FastRbm | {job.Step}s a round |");
        foreach (string figure in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $" {figure} (FastRbm's) |");
        }

        text.Append(CultureInfo.InvariantCulture, $" check | bytes allocated by one {job.Step} |\n|---|---:|---:|---:|---:|---:|---:|");
        text.Insert(text.Length, "---:|", figures.Length).Append("---|---:|\n");
        foreach (ContestantResult row in job.Rows)
        {
            Append(text, row, figures.Length);
        }
    }

    private static void Append(StringBuilder text, ContestantResult row, int figures)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {row.Contestant} | {row.Threads} |");
        if (!row.Ran)
        {
            text.Insert(text.Length, " |", 5 + figures).Append(CultureInfo.InvariantCulture, $" {row.Missing} | |\n");
            return;
        }

        string times = row.TimesFastRbm is { } ratio ? Numbers.Significant(ratio, 3) : string.Empty;
        text.Append(
            CultureInfo.InvariantCulture,
            $" {Numbers.Significant(row.BestSeconds, 4)} | {Numbers.Significant(row.MedianSeconds, 4)} | {Numbers.Significant(row.Rate, 4)} | {times} | {row.UnitsARound} |");
        foreach (Figure figure in row.Figures)
        {
            text.Append(CultureInfo.InvariantCulture, $" {Value(figure.Value, figure.StandardError)} ({Value(figure.FastRbm, figure.FastRbmStandardError)}) |");
        }

        string bytes = row.BytesAUnit is { } count ? count.ToString("F0", CultureInfo.InvariantCulture) : string.Empty;
        text.Append(CultureInfo.InvariantCulture, $" {(row.Agrees ? "passed" : "**failed**")} | {bytes} |\n");
    }

    private static string Value(double value, double error) => error > 0
        ? $"{value.ToString("F2", CultureInfo.InvariantCulture)} ± {error.ToString("F2", CultureInfo.InvariantCulture)}"
        : Numbers.Significant(value, 4);
}
