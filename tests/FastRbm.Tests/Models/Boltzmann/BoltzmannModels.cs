using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Boltzmann;

/// <summary>Machines with random parameters, and the same in plain doubles.</summary>
internal static class BoltzmannModels
{
    public static CouplingGraph Graph(string name) => name switch
    {
        "dense6" => CouplingGraph.Complete(6),
        "dense70" => CouplingGraph.Complete(70),
        "dense200" => CouplingGraph.Complete(200),
        "grid2x3" => CouplingGraph.Grid(2, 3, periodic: false),
        "torus3x3" => CouplingGraph.Grid(3, 3, periodic: true),
        "torus12x14" => CouplingGraph.Grid(12, 14, periodic: true),
        "grid9x11" => CouplingGraph.Grid(9, 11, periodic: false),
        "star7" => CouplingGraph.FromEdges(7, [(3, 0), (3, 1), (2, 3), (3, 4), (5, 3), (6, 3)]),
        "edges5" => CouplingGraph.FromEdges(5, [(4, 0), (1, 2), (2, 4)]),
        _ => throw new ArgumentException(name),
    };

    public static BoltzmannMachine Random(string graph, UnitKind kind, ulong seed, double size = 0.4)
    {
        BoltzmannMachine machine = new(Graph(graph), kind);
        SplitMix64 random = new(seed);
        machine.Edit((weights, biases) =>
        {
            foreach (ref float weight in weights)
            {
                weight = (float)(size * ((2 * random.NextDouble()) - 1));
            }

            foreach (ref float bias in biases)
            {
                bias = (float)((2 * random.NextDouble()) - 1);
            }
        });
        return machine;
    }

    public static ReferenceBoltzmann Reference(BoltzmannMachine machine)
    {
        double[,] weights = new double[machine.Units, machine.Units];
        for (int i = 0; i < machine.Units; i++)
        {
            for (int j = 0; j < machine.Units; j++)
            {
                weights[i, j] = machine.Weight(i, j);
            }
        }

        return new ReferenceBoltzmann(weights, Array.ConvertAll(machine.Biases.ToArray(), static bias => (double)bias), machine.Kind == UnitKind.Spin);
    }
}
