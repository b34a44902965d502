using System.Globalization;
using System.Text;

namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>The README's table of comparisons: a row a job, a column a contestant.</summary>
internal static class ReadmeTable
{
    /// <summary>The line before the table.</summary>
    public const string Start = "<!-- generated: comparison -->";

    /// <summary>The line after it.</summary>
    public const string End = "<!-- end generated -->";

    /// <summary>The table of all comparisons, without the lines around it.</summary>
    public static string Write(IReadOnlyList<ComparisonResult> results)
    {
        StringBuilder text = new();
        foreach (ComparisonResult result in results)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            Append(text, result);
        }

        return text.Length > 0 ? text.ToString() : "No comparison is recorded.\n";
    }

    /// <summary>A README with its table replaced.</summary>
    /// <param name="readme">The README.</param>
    /// <param name="table">What stands between the two lines.</param>
    /// <exception cref="FormatException">The README doesn't have the two lines, once each and in order.</exception>
    public static string Replace(string readme, string table)
    {
        int start = Single(readme, Start + "\n") + Start.Length + 1;
        int end = readme.IndexOf(End, start, StringComparison.Ordinal);
        return end < 0
            ? throw new FormatException($"README.md: expected the line {End} after {Start}, found none.")
            : readme[..start] + table + readme[end..];
    }

    /// <summary>The first line in which a README differs from what it should be.</summary>
    /// <returns>A message, or null if they are equal.</returns>
    public static string? Drift(string readme, string expected)
    {
        string[] foundLines = readme.Split('\n');
        string[] wantedLines = expected.Split('\n');
        for (int line = 0; line < Math.Max(foundLines.Length, wantedLines.Length); line++)
        {
            string? found = line < foundLines.Length ? foundLines[line] : null;
            string? wanted = line < wantedLines.Length ? wantedLines[line] : null;
            if (found != wanted)
            {
                return $"README.md, line {line + 1}: expected \"{wanted}\" from perf-results, found \"{found}\".";
            }
        }

        return null;
    }

    private static int Single(string readme, string line)
    {
        int first = readme.IndexOf(line, StringComparison.Ordinal);
        return first >= 0 && readme.IndexOf(line, first + 1, StringComparison.Ordinal) < 0
            ? first
            : throw new FormatException($"README.md: expected one line {Start}, found {(first < 0 ? "none" : "several")}.");
    }

    private static void Append(StringBuilder text, ComparisonResult result)
    {
        string[] columns = [.. Contestant.All.Where(name => result.Jobs.Any(job => job.Rows.Any(row => row.Contestant == name && row.Ran)))];
        text.Append(
            CultureInfo.InvariantCulture,
            $"Seconds on {result.Processor}, {result.Processors} processors, {Level(result.SimdLevel)}, {result.Date}{(result.Quick ? ", a quick run" : string.Empty)}; in brackets the multiple of FastRbm's time:\n\n");
        text.Append("| |").AppendJoin(string.Empty, columns.Select(static name => $" {name} |")).Append('\n');
        text.Append("|---|").AppendJoin(string.Empty, columns.Select(static _ => "---:|")).Append('\n');
        foreach (JobResult job in result.Jobs)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {job.Title}: {job.Unit} |");
            foreach (string column in columns)
            {
                text.Append(' ').Append(Cell(job, column)).Append(" |");
            }

            text.Append('\n');
        }
    }

    private static string Cell(JobResult job, string contestant)
    {
        ContestantResult? best = job.Rows.Where(row => row.Contestant == contestant && row.Ran).MinBy(static row => row.BestSeconds);
        if (best is null)
        {
            return "–";
        }

        string cell = Numbers.Significant(best.BestSeconds, 3);
        if (contestant != Contestant.FastRbm && best.TimesFastRbm is { } times)
        {
            cell += $" ({Numbers.Significant(times, 2)})";
        }

        return best.Agrees ? cell : cell + ", **check failed**";
    }

    private static string Level(string name) =>
        name.StartsWith("Vector", StringComparison.Ordinal) ? $"{name["Vector".Length..]}-bit vectors" : "no vectors";
}
