using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>Options that the commands of the family share.</summary>
internal static class BoltzmannOptions
{
    /// <summary>Spins.</summary>
    public const string Spin = "spin";

    /// <summary>Bits.</summary>
    public const string Binary = "binary";

    private const string Auto = "auto";
    private const string Sequential = "sequential";
    private const string Coloured = "coloured";

    /// <summary>The order of units in a sweep.</summary>
    public static Option<string> Sweep() => OptionFactory.Choice(
        "--sweep", "Units one after the other, or all units of a colour at once (auto: coloured where that pays)", Auto, Auto, Sequential, Coloured);

    /// <summary>The sweep of a word.</summary>
    /// <exception cref="UsageException">A dense graph has no colours to speak of.</exception>
    public static BoltzmannSweep? SweepOf(string word, CouplingGraph graph) => word switch
    {
        Sequential => BoltzmannSweep.Sequential(graph.Units),
        Coloured when graph.IsComplete => throw new UsageException($"--sweep: expected {Sequential} for a dense graph, whose units all differ in colour, found {Coloured}."),
        Coloured => BoltzmannSweep.Coloured(GraphColouring.Greedy(graph)),
        _ => null,
    };

    /// <summary>Opens rows as bits; of spins -1 and 1 or 0 and 1.</summary>
    public static Dataset Open(DataSelection selection, UnitKind kind, string nameOrPath, int? limit, CancellationToken cancellation)
    {
        if (kind != UnitKind.Spin)
        {
            return selection.OpenBits(nameOrPath, limit, cancellation);
        }

        Dataset table = selection.Open(nameOrPath, limit, cancellation, anyNumbers: true);
        return table is GreyDataset { IsBinary: false } ? selection.OpenBits(nameOrPath, limit, cancellation) : UnitTable.SpinBits(table);
    }
}
