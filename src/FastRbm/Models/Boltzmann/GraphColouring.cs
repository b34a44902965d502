using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Models.Boltzmann;

/// <summary>A colour for every unit such that no two coupled units share one: units of a colour can be drawn at once.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class GraphColouring
{
    private readonly int[] _colours;

    private GraphColouring(CouplingGraph graph, int[] colours, int count)
    {
        Graph = graph;
        _colours = colours;
        Colours = count;
    }

    /// <summary>The graph.</summary>
    public CouplingGraph Graph { get; }

    /// <summary>The number of colours.</summary>
    public int Colours { get; }

    /// <summary>The colour of each unit, from 0 to Colours - 1.</summary>
    public ReadOnlySpan<int> Of => _colours;

    /// <summary>Greedy: units by falling number of neighbours, then by number, each take the first colour that no neighbour has.</summary>
    /// <remarks>At most one colour more than the largest number of neighbours; two for grids, and for tori with even sides. Source: Welsh and Powell (1967).</remarks>
    /// <param name="graph">The graph.</param>
    /// <returns>The colouring.</returns>
    public static GraphColouring Greedy(CouplingGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int[] colours = new int[graph.Units];
        if (graph.IsComplete)
        {
            for (int unit = 0; unit < colours.Length; unit++)
            {
                colours[unit] = unit;
            }

            return new GraphColouring(graph, colours, colours.Length);
        }

        long[] order = new long[graph.Units];
        for (int unit = 0; unit < order.Length; unit++)
        {
            order[unit] = ((long)(graph.Units - graph.Degree(unit)) << 32) | (uint)unit;
        }

        Array.Sort(order);
        Array.Fill(colours, -1);
        int count = 0;
        int[] usedBy = new int[graph.Units + 1];
        for (int step = 0; step < order.Length; step++)
        {
            int unit = (int)order[step];
            foreach (int neighbour in graph.Neighbours[graph.Starts[unit]..graph.Starts[unit + 1]])
            {
                if (colours[neighbour] >= 0)
                {
                    usedBy[colours[neighbour]] = step + 1;
                }
            }

            int colour = 0;
            while (usedBy[colour] == step + 1)
            {
                colour++;
            }

            colours[unit] = colour;
            count = Math.Max(count, colour + 1);
        }

        return new GraphColouring(graph, colours, count);
    }

    /// <summary>A colouring of one's own.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="colours">A colour a unit, from 0; every one up to the largest is used.</param>
    /// <returns>The colouring.</returns>
    /// <exception cref="ArgumentException">There isn't a colour a unit, one is negative or left out, or coupled units share one; the units are named.</exception>
    public static GraphColouring FromColours(CouplingGraph graph, ReadOnlySpan<int> colours)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Throw.IfLengthDiffers(colours.Length, graph.Units, nameof(colours));
        int count = 0;
        for (int unit = 0; unit < colours.Length; unit++)
        {
            if (colours[unit] < 0 || colours[unit] >= colours.Length)
            {
                Throw.Argument(nameof(colours), Text($"colours from 0 to {colours.Length - 1}"), Text($"{colours[unit]} at unit {unit}"));
            }

            count = Math.Max(count, colours[unit] + 1);
        }

        for (int unit = 0; unit < graph.Units; unit++)
        {
            for (int edge = graph.FirstEdge(unit); edge < graph.FirstEdge(unit + 1); edge++)
            {
                int other = graph.SecondOf(unit, edge);
                if (colours[unit] == colours[other])
                {
                    Throw.Argument(nameof(colours), "different colours of coupled units", Text($"{colours[unit]} of both units {unit} and {other}"));
                }
            }
        }

        for (int colour = 0; colour < count; colour++)
        {
            if (!colours.Contains(colour))
            {
                Throw.Argument(nameof(colours), Text($"every colour from 0 to {count - 1}"), Text($"no unit of colour {colour}"));
            }
        }

        return new GraphColouring(graph, colours.ToArray(), count);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
