using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Paths;

/// <summary>The ways to sum a half step side by side: what the cost model that picks one is calibrated by.</summary>
internal static class PathsCommand
{
    private const int Rounds = 30;

    private static readonly (double Density, double Flips)[] _states = [(0.05, 0.02), (0.13, 0.04), (0.13, 0.1), (0.3, 0.1), (0.5, 0.2), (0.9, 0.1)];

    /// <summary>Measures, prints, and writes when asked to.</summary>
    /// <param name="arguments">--write.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        bool write = arguments is ["--write"];
        if (!write && arguments.Length > 0)
        {
            throw new UsageException($"paths: expected --write, found \"{string.Join(' ', arguments)}\"");
        }

        if (write)
        {
            Results.CheckFolder();
        }

        HalfStepSums[] rows = [.. from batch in (int[])[50, 100, 512] from state in _states select new HalfStepSums(batch, state.Density, state.Flips)];
        double[][] best = [.. rows.Select(static row => Enumerable.Repeat(double.PositiveInfinity, HalfStepSums.Paths.Count).ToArray())];
        for (int round = 0; round < Rounds; round++)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                for (int turn = 0; turn < HalfStepSums.Paths.Count; turn++)
                {
                    // Whoever comes later finds branches that the one before has taught the processor: all take their turn.
                    int path = (turn + round) % HalfStepSums.Paths.Count;
                    rows[row].Run(HalfStepSums.Paths[path]);
                    long start = Stopwatch.GetTimestamp();
                    rows[row].Run(HalfStepSums.Paths[path]);
                    best[row][path] = Math.Min(best[row][path], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
            }
        }

        string report = Markdown(rows, best);
        Console.Write(report);
        if (write)
        {
            Results.Write($"paths-{SimdSelection.Current}", report, Json(rows, best));
        }

        return 0;
    }

    private static string Markdown(HalfStepSums[] rows, double[][] best)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Ways to sum a half step: {Machine.Processor}").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{Results.Environment}, SIMD level {SimdSelection.Current}, 784 to 500 units, random states of which some flipped, sums kept for the next step, microseconds, best of {Rounds} interleaved rounds. Written by the benchmark program.").AppendLine();
        text.Append("| rows | on | flipped |");
        foreach (HalfStepPath path in HalfStepSums.Paths)
        {
            text.Append(CultureInfo.InvariantCulture, $" {path} |");
        }

        text.AppendLine(" cheapest over least |").Append("|---:|---:|---:|");
        text.AppendLine(string.Concat(Enumerable.Repeat("---:|", HalfStepSums.Paths.Count + 1)));
        for (int row = 0; row < rows.Length; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {rows[row].Rows} | {rows[row].Density:F2} | {rows[row].Flips:F2} |");
            foreach (double microseconds in best[row])
            {
                text.Append(CultureInfo.InvariantCulture, $" {microseconds:F0} |");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $" {Regret(best[row]):F2} |");
        }

        return text.ToString();
    }

    private static string Json(HalfStepSums[] rows, double[][] best) => Results.Json(writer =>
    {
        writer.WriteString("level", SimdSelection.Current.ToString());
        writer.WriteNumber("rounds", Rounds);
        writer.WriteStartArray("rows");
        for (int row = 0; row < rows.Length; row++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("rows", rows[row].Rows);
            writer.WriteNumber("on", rows[row].Density);
            writer.WriteNumber("flipped", rows[row].Flips);
            for (int path = 0; path < HalfStepSums.Paths.Count; path++)
            {
                writer.WriteNumber($"microseconds_{HalfStepSums.Paths[path]}", Math.Round(best[row][path], 2));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>The time of the path that is chosen over that of the best.</summary>
    private static double Regret(double[] microseconds) => microseconds[0] / microseconds[1..].Min();
}
