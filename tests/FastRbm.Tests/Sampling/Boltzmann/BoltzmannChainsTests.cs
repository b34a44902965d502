using FastRbm.Data;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Tests.Models.Boltzmann;

namespace FastRbm.Tests.Sampling.Boltzmann;

public sealed class BoltzmannChainsTests
{
    public static TheoryData<string, UnitKind, bool> Cases => new()
    {
        { "dense6", UnitKind.Binary, false },
        { "dense70", UnitKind.Spin, false },
        { "dense200", UnitKind.Binary, false },
        { "torus12x14", UnitKind.Spin, false },
        { "torus12x14", UnitKind.Spin, true },
        { "grid9x11", UnitKind.Binary, true },
        { "star7", UnitKind.Binary, true },
        { "edges5", UnitKind.Spin, true },
        { "edges5", UnitKind.Spin, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sweeps_are_what_plain_sums_give(string graph, UnitKind kind, bool coloured)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 5);
        BoltzmannSweep sweep = Sweep(machine.Graph, coloured);
        using BoltzmannChains chains = new(machine, 70, 11, 1, sweep);
        bool[][] rows = Rows(chains.States);
        for (int step = 0; step < 3; step++)
        {
            NaiveBoltzmannSweep.Run(machine, sweep, rows, 11, step);
            chains.Run(1);
            Assert.Equal(rows, Rows(chains.States));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void States_and_energies_do_not_depend_on_threads_levels_or_calls(string graph, UnitKind kind, bool coloured)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 6);
        BoltzmannSweep sweep = Sweep(machine.Graph, coloured);
        using BoltzmannChains expected = new(machine, 130, 3, 1, sweep);
        double[,] recorded = expected.RunRecording(4);
        double[] energies = new double[130];
        expected.Energies(energies);
        for (int chain = 0; chain < energies.Length; chain++)
        {
            Assert.Equal(recorded[chain, 3], energies[chain]);
            Assert.Equal(machine.Energy(expected.States.Row(chain)), energies[chain], 1e-5);
        }

        foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
        {
            using BoltzmannChains chains = new(machine, 130, 3, 3, sweep) { Level = level };
            chains.Run(1);
            chains.Run(0);
            chains.Run(3);
            Assert.Equal(Rows(expected.States), Rows(chains.States));
            double[] others = new double[130];
            chains.Energies(others);
            Assert.Equal(energies, others);
        }
    }

    [Fact]
    public void A_changed_machine_is_followed()
    {
        foreach (bool coloured in (bool[])[false, true])
        {
            BoltzmannMachine machine = new(BoltzmannModels.Graph("grid9x11"));
            using BoltzmannChains chains = new(machine, 3, 1, 1, Sweep(machine.Graph, coloured));
            chains.Run(1);
            machine.Edit(static (_, biases) => biases.Fill(40));
            chains.Run(1);
            Assert.Equal(99, chains.States.CountOn(2));
            machine.Edit(static (weights, biases) =>
            {
                biases.Fill(-40);
                weights.Clear();
            });
            chains.Run(1);
            Assert.Equal(0, chains.States.CountOn(1));
        }
    }

    [Fact]
    public void Starts_are_rows_of_data()
    {
        BoltzmannMachine machine = new(CouplingGraph.Complete(4));
        using BoltzmannChains chains = new(machine, 3, 1);
        chains.StartFrom(BitDataset.FromBytes("two", 2, 4, [1, 0, 0, 1, 0, 1, 1, 0]));
        Assert.Equal([9UL, 6UL, 9UL], [chains.States.Row(0)[0], chains.States.Row(1)[0], chains.States.Row(2)[0]]);
        Assert.Contains("4 values", Assert.Throws<ArgumentException>(() => chains.StartFrom(BitDataset.FromBytes("w", 1, 3, [1, 0, 0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sweep_of_the_reference_leaves_the_distribution_invariant()
    {
        foreach ((string graph, UnitKind kind) in (ReadOnlySpan<(string, UnitKind)>)[("dense6", UnitKind.Binary), ("grid2x3", UnitKind.Spin), ("edges5", UnitKind.Binary)])
        {
            BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 8);
            ReferenceBoltzmann reference = BoltzmannModels.Reference(machine);
            GraphColouring colouring = GraphColouring.Greedy(machine.Graph);
            int[][] units = [.. Enumerable.Range(0, machine.Units).Select(static unit => new[] { unit })];
            int[][] colours = [.. Enumerable.Range(0, colouring.Colours).Select(colour => Enumerable.Range(0, machine.Units).Where(unit => colouring.Of[unit] == colour).ToArray())];
            Assert.True(Drift(reference, units) < 1e-12);
            Assert.True(Drift(reference, [.. units.Reverse()]) < 1e-12);
            Assert.True(Drift(reference, colours) < 1e-12);

            // All units at once: coupled ones from stale states.
            Assert.True(Drift(reference, [[.. Enumerable.Range(0, machine.Units)]]) > 1e-3);
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        BoltzmannMachine machine = new(CouplingGraph.Grid(3, 3, periodic: false));
        Assert.Contains("at 2", Assert.Throws<ArgumentException>(static () => BoltzmannSweep.InOrder([0, 1, 1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BoltzmannChains(machine, 1, 1, 1, BoltzmannSweep.Sequential(8)));
        GraphColouring other = GraphColouring.Greedy(CouplingGraph.Grid(3, 3, periodic: false));
        Assert.Contains("another graph", Assert.Throws<ArgumentException>(() => new BoltzmannChains(machine, 1, 1, 1, BoltzmannSweep.Coloured(other))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoltzmannChains(machine, 0, 1));
    }

    private static double Drift(ReferenceBoltzmann reference, int[][] steps)
    {
        double[,] transition = reference.Transition(steps);
        double[] start = reference.Probabilities();
        double worst = 0;
        for (int to = 0; to < start.Length; to++)
        {
            double sum = 0;
            for (int from = 0; from < start.Length; from++)
            {
                sum += start[from] * transition[from, to];
            }

            worst = Math.Max(worst, Math.Abs(sum - start[to]));
        }

        return worst;
    }

    private static BoltzmannSweep Sweep(CouplingGraph graph, bool coloured) =>
        coloured ? BoltzmannSweep.Coloured(GraphColouring.Greedy(graph)) : BoltzmannSweep.Sequential(graph.Units);

    private static bool[][] Rows(BitMatrix states) =>
        [.. Enumerable.Range(0, states.Rows).Select(row => Enumerable.Range(0, states.Columns).Select(unit => states[row, unit]).ToArray())];
}
