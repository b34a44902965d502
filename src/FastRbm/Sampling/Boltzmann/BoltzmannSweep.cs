using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models.Boltzmann;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>In which order a sweep draws the units of a Boltzmann machine: one after the other, or colour after colour.</summary>
/// <remarks>Both leave the distribution invariant; neither is reversible as a whole, but the same sweep backwards is its time reversal. Immutable.</remarks>
public sealed class BoltzmannSweep
{
    private const int UnitsOfColour = 32;

    private readonly int[] _order;

    private BoltzmannSweep(int[] order, GraphColouring? colouring)
    {
        _order = order;
        Colouring = colouring;
    }

    /// <summary>The colouring; null for sweeps unit by unit.</summary>
    public GraphColouring? Colouring { get; }

    /// <summary>The order of units; empty for coloured sweeps.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Units 0, 1, 2 ... one after the other.</summary>
    /// <param name="units">The number of units, at least 1.</param>
    /// <returns>The sweep.</returns>
    public static BoltzmannSweep Sequential(int units)
    {
        Throw.IfLess(units, 1);
        return new BoltzmannSweep([.. Enumerable.Range(0, units)], null);
    }

    /// <summary>Units one after the other in an order of one's own.</summary>
    /// <param name="order">Every unit once.</param>
    /// <returns>The sweep.</returns>
    /// <exception cref="ArgumentException">It is empty or no permutation; the place is named.</exception>
    public static BoltzmannSweep InOrder(ReadOnlySpan<int> order)
    {
        Throw.IfLess(order.Length, 1, nameof(order));
        bool[] seen = new bool[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            int unit = order[place];
            if (unit < 0 || unit >= order.Length || seen[unit])
            {
                Throw.Argument(
                    nameof(order), string.Create(CultureInfo.InvariantCulture, $"every unit from 0 to {order.Length - 1} once"),
                    string.Create(CultureInfo.InvariantCulture, $"{unit} at {place}"));
            }

            seen[unit] = true;
        }

        return new BoltzmannSweep(order.ToArray(), null);
    }

    /// <summary>All units of colour 0 at once, then those of colour 1, and so on.</summary>
    /// <param name="colouring">The colouring, of the machine's own graph.</param>
    /// <returns>The sweep.</returns>
    public static BoltzmannSweep Coloured(GraphColouring colouring)
    {
        ArgumentNullException.ThrowIfNull(colouring);
        return new BoltzmannSweep([], colouring);
    }

    /// <summary>The faster one: coloured where the greedy colouring has 32 units a colour or more, on average; else sequential.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The sweep: a function of the graph alone.</returns>
    public static BoltzmannSweep For(CouplingGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.IsComplete)
        {
            GraphColouring colouring = GraphColouring.Greedy(graph);
            if (graph.Units >= UnitsOfColour * (long)colouring.Colours)
            {
                return Coloured(colouring);
            }
        }

        return Sequential(graph.Units);
    }

    /// <summary>Refuses a machine that this sweep isn't for.</summary>
    internal void Check(BoltzmannMachine machine)
    {
        if (Colouring is not null && Colouring.Graph != machine.Graph)
        {
            Throw.Argument("sweep", "a colouring of the machine's graph", "one of another graph");
        }

        if (Colouring is null)
        {
            Throw.IfLengthDiffers(_order.Length, machine.Units, "sweep");
        }
    }
}
