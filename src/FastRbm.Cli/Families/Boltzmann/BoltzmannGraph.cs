using System.Globalization;
using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Models.Boltzmann;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>The graph that --graph names.</summary>
internal static class BoltzmannGraph
{
    /// <summary>What --graph takes.</summary>
    public const string Help = "Which units are coupled: dense, grid:HxW, torus:HxW (a grid whose opposite sides meet), or a text file with two units a line, from 0";

    private const long LargestFile = 1L << 30;

    /// <summary>Makes the graph.</summary>
    /// <param name="text">A name or a file.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="source">What has that many columns.</param>
    public static CouplingGraph Of(string text, int units, string source)
    {
        if (CouplingGraph.TryParse(text, units) is { } graph)
        {
            return graph.Units == units ? graph
                : throw new InvalidInputException($"--graph {text}", $"{Numbers.Text(units)} units, as many as {source} has columns", Numbers.Text(graph.Units));
        }

        if (text.StartsWith("grid:", StringComparison.Ordinal) || text.StartsWith("torus:", StringComparison.Ordinal))
        {
            throw new UsageException($"--graph: expected grid:HxW, or torus:HxW with sides of at least 3, found {text}.");
        }

        if (!File.Exists(text))
        {
            throw new UsageException($"--graph: expected dense, grid:HxW, torus:HxW or a file, found {text}.");
        }

        return Read(text, units);
    }

    private static CouplingGraph Read(string path, int units)
    {
        if (new FileInfo(path).Length > LargestFile)
        {
            throw new InvalidInputException(path, "a list of at most 1 GiB", Numbers.Text(new FileInfo(path).Length));
        }

        List<(int, int)> edges = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] words = line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            if (words.Length != 2 || !TryUnit(words[0], units, out int first) || !TryUnit(words[1], units, out int second) || first == second)
            {
                throw new InvalidInputException(
                    path, $"two different units from 0 to {Numbers.Text(units - 1)}", line.Length > 40 ? line[..40] : line, $"line {Numbers.Text(number)}");
            }

            edges.Add((first, second));
        }

        try
        {
            return CouplingGraph.FromEdges(units, edges);
        }
        catch (ArgumentException twice)
        {
            throw new InvalidInputException(path, "every pair once", twice.Message);
        }
    }

    private static bool TryUnit(string text, int units, out int unit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out unit) && unit < units;
}
