using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;

namespace FastRbm.Models.Boltzmann;

/// <summary>Which pairs of units of a Boltzmann machine are coupled: all of them, those of a grid, or any edges.</summary>
/// <remarks>
/// Edges are numbered by ascending (i, j), i below j; parameters of pairs come in that order. Immutable, thread-safe. A complete graph
/// holds no lists; others hold 16 bytes an edge and direction.
/// </remarks>
public sealed class CouplingGraph
{
    private const int MostCompleteUnits = 46_000;
    private const int MostSites = 1 << 28;

    // Neighbours of unit i are _neighbours[_starts[i] .. _starts[i + 1]), ascending, reached by the edges of the same places in _edges.
    private readonly int[] _starts;
    private readonly int[] _neighbours;
    private readonly int[] _edges;

    // The first edge of each unit with a larger one.
    private readonly int[] _firstEdges;

    private CouplingGraph(int units, string name, int edges, int[] starts, int[] neighbours, int[] slotEdges, int[] firstEdges)
    {
        Units = units;
        Name = name;
        Edges = edges;
        _starts = starts;
        _neighbours = neighbours;
        _edges = slotEdges;
        _firstEdges = firstEdges;
    }

    /// <summary>The number of units.</summary>
    public int Units { get; }

    /// <summary>The number of coupled pairs.</summary>
    public int Edges { get; }

    /// <summary>"dense", "grid:HxW", "torus:HxW" or "edges".</summary>
    public string Name { get; }

    /// <summary>Whether all pairs are coupled, as <see cref="Complete"/> makes them.</summary>
    public bool IsComplete => _starts.Length == 0;

    /// <summary>All pairs.</summary>
    /// <param name="units">From 1 to 46,000.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too few or too many units.</exception>
    public static CouplingGraph Complete(int units)
    {
        Throw.IfOutside(units, 1, MostCompleteUnits);
        int[] firstEdges = new int[units + 1];
        for (int unit = 0; unit < units; unit++)
        {
            firstEdges[unit + 1] = firstEdges[unit] + units - 1 - unit;
        }

        return new CouplingGraph(units, "dense", firstEdges[units], [], [], [], firstEdges);
    }

    /// <summary>The square lattice: unit r width + c has the four neighbours above, below, left and right.</summary>
    /// <param name="height">Rows, at least 1; at least 3 if periodic, where fewer would couple a pair twice.</param>
    /// <param name="width">Columns, with the same bounds.</param>
    /// <param name="periodic">Whether opposite sides are neighbours: a torus.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is too short.</exception>
    public static CouplingGraph Grid(int height, int width, bool periodic)
    {
        Throw.IfLess(height, periodic ? 3 : 1);
        Throw.IfLess(width, periodic ? 3 : 1);
        Throw.IfOutside((long)height * width, 1, MostSites, "height x width");
        List<(int, int)> edges = new(2 * height * width);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                int unit = (row * width) + column;
                if (periodic || column + 1 < width)
                {
                    edges.Add((unit, (row * width) + ((column + 1) % width)));
                }

                if (periodic || row + 1 < height)
                {
                    edges.Add((unit, ((row + 1) % height * width) + column));
                }
            }
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"{(periodic ? "torus" : "grid")}:{height}x{width}");
        return Make(height * width, name, edges);
    }

    /// <summary>Any pairs.</summary>
    /// <param name="units">At least 1.</param>
    /// <param name="edges">Pairs of different units from 0 to units - 1, in any order and direction, each once.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentException">A pair is out of range, of one unit, or twice in the list; the message names its place.</exception>
    public static CouplingGraph FromEdges(int units, IReadOnlyList<(int First, int Second)> edges)
    {
        ArgumentNullException.ThrowIfNull(edges);
        Throw.IfLess(units, 1);
        for (int edge = 0; edge < edges.Count; edge++)
        {
            (int first, int second) = edges[edge];
            if (first < 0 || first >= units || second < 0 || second >= units || first == second)
            {
                Throw.Argument(nameof(edges), Text($"pairs of different units from 0 to {units - 1}"), Text($"({first}, {second}) at {edge}"));
            }
        }

        return Make(units, "edges", edges);
    }

    /// <summary>The pairs that a mask names.</summary>
    /// <param name="mask">units x units; symmetric, with a false diagonal.</param>
    /// <returns>The graph.</returns>
    /// <exception cref="ArgumentException">The mask isn't square or symmetric, or a unit is coupled to itself; row and column are named.</exception>
    public static CouplingGraph FromMask(ReadOnlySpan2D<bool> mask)
    {
        Throw.IfLess(mask.Height, 1, nameof(mask));
        Throw.IfLengthDiffers(mask.Width, mask.Height, nameof(mask));
        List<(int, int)> edges = [];
        for (int i = 0; i < mask.Height; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                if (mask[i, j] != mask[j, i])
                {
                    Throw.Argument(nameof(mask), "a symmetric mask", Text($"{mask[i, j]} at row {i}, column {j} and {mask[j, i]} at row {j}, column {i}"));
                }

                if (mask[i, j] && i == j)
                {
                    Throw.Argument(nameof(mask), "a false diagonal", Text($"true at row {i}, column {i}"));
                }

                if (mask[i, j])
                {
                    edges.Add((j, i));
                }
            }
        }

        return Make(mask.Height, "edges", edges);
    }

    /// <summary>The graph of a name: "dense", "grid:HxW" or "torus:HxW".</summary>
    /// <param name="name">The name.</param>
    /// <param name="units">The number of units of a dense one; others have theirs.</param>
    /// <returns>The graph; null if that is no such name.</returns>
    internal static CouplingGraph? TryParse(string name, int units)
    {
        if (name == "dense")
        {
            return Complete(units);
        }

        bool periodic = name.StartsWith("torus:", StringComparison.Ordinal);
        if (!periodic && !name.StartsWith("grid:", StringComparison.Ordinal))
        {
            return null;
        }

        string[] sides = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('x');
        int least = periodic ? 3 : 1;
        return sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int height) && height >= least
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width >= least
            && (long)height * width <= MostSites
            ? Grid(height, width, periodic)
            : null;
    }

    /// <summary>The number of units that a unit is coupled to.</summary>
    /// <param name="unit">From 0 to Units - 1.</param>
    /// <returns>From 0 to Units - 1.</returns>
    public int Degree(int unit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)unit, (uint)Units, nameof(unit));
        return IsComplete ? Units - 1 : _starts[unit + 1] - _starts[unit];
    }

    /// <summary>The number of the edge between two units.</summary>
    /// <param name="first">A unit.</param>
    /// <param name="second">Another one, or the same.</param>
    /// <returns>From 0 to Edges - 1; -1 where they aren't coupled.</returns>
    public int EdgeOf(int first, int second)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)Units, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)second, (uint)Units, nameof(second));
        (int low, int high) = first < second ? (first, second) : (second, first);
        if (low == high)
        {
            return -1;
        }

        if (IsComplete)
        {
            return _firstEdges[low] + high - low - 1;
        }

        int place = Array.BinarySearch(_neighbours, _starts[low], _starts[low + 1] - _starts[low], high);
        return place < 0 ? -1 : _edges[place];
    }

    /// <summary>The two units of an edge, the smaller first.</summary>
    /// <param name="edge">From 0 to Edges - 1.</param>
    /// <returns>The units.</returns>
    public (int First, int Second) Edge(int edge)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)edge, (uint)Edges, nameof(edge));
        int place = Array.BinarySearch(_firstEdges, edge);
        int first = place < 0 ? ~place - 1 : place;

        // Units without larger neighbours share the number of the next one's first edge: the last of them has the edge.
        while (_firstEdges[first + 1] <= edge)
        {
            first++;
        }

        return (first, SecondOf(first, edge));
    }

    /// <summary>The edges of a unit with larger ones: from FirstEdge(unit) to FirstEdge(unit + 1) - 1.</summary>
    internal int FirstEdge(int unit) => _firstEdges[unit];

    /// <summary>The larger unit of an edge of <paramref name="first"/>.</summary>
    internal int SecondOf(int first, int edge) =>
        IsComplete ? first + 1 + edge - _firstEdges[first] : _neighbours[_starts[first + 1] - _firstEdges[first + 1] + edge];

    /// <summary>Where each unit's places in <see cref="Neighbours"/> start; of a graph that isn't complete.</summary>
    internal ReadOnlySpan<int> Starts => _starts;

    /// <summary>The neighbours of all units.</summary>
    internal ReadOnlySpan<int> Neighbours => _neighbours;

    /// <summary>The edges to <see cref="Neighbours"/>.</summary>
    internal ReadOnlySpan<int> NeighbourEdges => _edges;

    private static CouplingGraph Make(int units, string name, IReadOnlyList<(int First, int Second)> pairs)
    {
        long[] keys = new long[pairs.Count];
        for (int edge = 0; edge < keys.Length; edge++)
        {
            (int first, int second) = pairs[edge];
            keys[edge] = ((long)Math.Min(first, second) << 32) | (uint)Math.Max(first, second);
        }

        Array.Sort(keys);
        int[] starts = new int[units + 1];
        int[] firstEdges = new int[units + 1];
        for (int edge = 0; edge < keys.Length; edge++)
        {
            (int first, int second) = ((int)(keys[edge] >> 32), (int)keys[edge]);
            if (edge > 0 && keys[edge] == keys[edge - 1])
            {
                Throw.Argument("edges", "every pair once", Text($"({first}, {second}) twice"));
            }

            starts[first + 1]++;
            starts[second + 1]++;
            firstEdges[first + 1]++;
        }

        for (int unit = 0; unit < units; unit++)
        {
            starts[unit + 1] += starts[unit];
            firstEdges[unit + 1] += firstEdges[unit];
        }

        int[] next = starts[..units];
        int[] neighbours = new int[2 * keys.Length];
        int[] slotEdges = new int[2 * keys.Length];

        // Ascending keys fill smaller neighbours before larger ones, each in ascending order.
        for (int edge = 0; edge < keys.Length; edge++)
        {
            int second = (int)keys[edge];
            neighbours[next[second]] = (int)(keys[edge] >> 32);
            slotEdges[next[second]++] = edge;
        }

        for (int edge = 0; edge < keys.Length; edge++)
        {
            int first = (int)(keys[edge] >> 32);
            neighbours[next[first]] = (int)keys[edge];
            slotEdges[next[first]++] = edge;
        }

        return new CouplingGraph(units, name, keys.Length, starts, neighbours, slotEdges, firstEdges);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
