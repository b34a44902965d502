using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling.Boltzmann;

/// <summary>Chains that start at exact draws stay there, and move as the matrix of a sweep says.</summary>
public sealed class BoltzmannSamplerTests
{
    private const int Chains = 40_000;

    [Theory]
    [InlineData(UnitKind.Binary, true, false)]
    [InlineData(UnitKind.Spin, true, false)]
    [InlineData(UnitKind.Binary, false, false)]
    [InlineData(UnitKind.Spin, false, true)]
    [InlineData(UnitKind.Binary, false, true)]
    public void Sweeps_leave_the_distribution_and_move_as_their_matrix_says(UnitKind kind, bool dense, bool coloured)
    {
        BoltzmannMachine machine = Machine(kind, dense);
        GraphColouring colouring = GraphColouring.Greedy(machine.Graph);
        using BoltzmannChains chains = new(machine, Chains, 12, 1, coloured ? BoltzmannSweep.Coloured(colouring) : BoltzmannSweep.Sequential(machine.Units));
        int[][] steps = coloured
            ? [.. Enumerable.Range(0, colouring.Colours).Select(colour => Enumerable.Range(0, machine.Units).Where(unit => colouring.Of[unit] == colour).ToArray())]
            : [.. Enumerable.Range(0, machine.Units).Select(static unit => new[] { unit })];
        foreach ((string check, double p) in Audit(machine, steps, (states, _) =>
        {
            chains.StartFrom(Rows(states, machine.Units));
            chains.Run(1);
            Read(chains, states);
        }))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }

    [Fact]
    public void A_mutant_without_a_mistake_passes()
    {
        foreach ((string check, double p) in AuditMutant(BoltzmannMistake.None))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mutant_is_caught(BoltzmannMistake mistake)
    {
        double least = AuditMutant(mistake).Values.Min();
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    public static TheoryData<BoltzmannMistake> Mistakes() => [.. Enum.GetValues<BoltzmannMistake>().Where(static mistake => mistake != BoltzmannMistake.None)];

    [Fact]
    public void Replicas_of_all_levels_keep_their_distributions()
    {
        BoltzmannMachine machine = Machine(UnitKind.Spin, dense: true);
        const int levels = 3;
        const int count = 40_000;
        TemperatureLadder ladder = new([0.0, 0.4, 1.0]);
        using BoltzmannTempering chains = new(machine, count, ladder, 9);
        SplitMix64 random = new(10);
        double[][] distributions = [.. Enumerable.Range(0, levels).Select(level => Scaled(machine, ladder[level]).Probabilities())];
        for (int row = 0; row < count * levels; row++)
        {
            chains.Replicas.Row(row)[0] = (ulong)random.NextCell(distributions[row % levels]);
        }

        chains.Changed();
        chains.Run(2);
        for (int level = 0; level < levels; level++)
        {
            int[] states = new int[count];
            for (int chain = 0; chain < count; chain++)
            {
                states[chain] = (int)chains.Replicas.Row(chains.RowAtLevel[(chain * levels) + level])[0];
            }

            double p = GTest.Of(Counts.Of(states, 32), distributions[level]).PValue;
            Assert.True(p > Budget.PerCheck, $"level {level}: p-value {p}");
        }
    }

    [Theory]
    [InlineData(0.15)]
    [InlineData(0.3)]
    [InlineData(0.38)]
    public void The_energy_of_a_32_x_32_torus_is_the_exact_one(double beta)
    {
        BoltzmannMachine machine = IsingLattice.Machine(32, 32, beta);
        using BoltzmannChains chains = new(machine, 16, 21);
        chains.Run(beta > 0.35 ? 200 : 60);
        double[,] energies = chains.RunRecording(200);
        SeriesSummary summary = ChainDiagnostics.Summarize(energies);

        // E of the machine is beta times the model's; the machine's beta is a float.
        double exact = machine.Coupling(0, 1) * 1024 * IsingLattice.Energy(32, 32, machine.Coupling(0, 1));
        double deviations = Math.Abs(summary.Mean - exact) / summary.StandardError;
        Assert.True(deviations < MonteCarlo.StandardErrors(Budget.PerCheck), $"{deviations} standard errors from {exact}");

        // And the error is small enough to mean something: thousandths of a unit of energy a site.
        Assert.InRange(summary.StandardError / (1024 * beta), 0, 0.005);
    }

    private static Dictionary<string, double> AuditMutant(BoltzmannMistake mistake)
    {
        BoltzmannMachine machine = Machine(UnitKind.Spin, dense: true);
        (double[,] weights, double[] biases) = Parameters(machine, 1);
        MutantBoltzmann mutant = new(weights, biases, true, mistake);
        return Audit(machine, [.. Enumerable.Range(0, machine.Units).Select(static unit => new[] { unit })], mutant.Sweep);
    }

    private static Dictionary<string, double> Audit(BoltzmannMachine machine, int[][] steps, Action<int[], long> sweep)
    {
        ReferenceBoltzmann reference = Scaled(machine, 1);
        double[] stationary = reference.Probabilities();
        double[,] transitions = reference.Transition(steps);
        SplitMix64 random = new(31);
        int[] before = new int[Chains];
        for (int chain = 0; chain < Chains; chain++)
        {
            before[chain] = random.NextCell(stationary);
        }

        int cells = stationary.Length;
        int[] first = [.. before];
        sweep(first, 0);
        int[] second = [.. first];
        sweep(second, 1);
        return new Dictionary<string, double>
        {
            ["after one sweep"] = GTest.Of(Counts.Of(first, cells), stationary).PValue,
            ["before and after one sweep"] = GTest.OfPairs(Counts.Of(before, first, cells, cells), Counts.Pairs(stationary, transitions)).PValue,
            ["before and after two sweeps"] = GTest.OfPairs(Counts.Of(before, second, cells, cells), Counts.Pairs(stationary, Counts.Product(transitions, transitions))).PValue,
            ["after one sweep and after two"] = GTest.OfPairs(Counts.Of(first, second, cells, cells), Counts.Pairs(stationary, transitions)).PValue,
            ["neighbouring chains"] = GTest.OfPairs(Counts.Neighbours(first, cells), Counts.Independent(stationary)).PValue,
        };
    }

    private static BoltzmannMachine Machine(UnitKind kind, bool dense)
    {
        BoltzmannMachine machine = new(dense ? CouplingGraph.Complete(5) : CouplingGraph.FromEdges(5, [(0, 1), (1, 2), (2, 3), (3, 0), (3, 4)]), kind);
        machine.Edit((weights, biases) =>
        {
            float size = kind == UnitKind.Spin ? 0.2f : 0.7f;
            for (int edge = 0; edge < weights.Length; edge++)
            {
                weights[edge] = size * (((edge * 7) % 5) - 1.5f) / 2;
            }

            for (int unit = 0; unit < biases.Length; unit++)
            {
                biases[unit] = 0.3f * (unit - 1.5f);
            }
        });
        return machine;
    }

    private static (double[,] Weights, double[] Biases) Parameters(BoltzmannMachine machine, double beta)
    {
        double[,] weights = new double[machine.Units, machine.Units];
        for (int i = 0; i < machine.Units; i++)
        {
            for (int j = 0; j < machine.Units; j++)
            {
                weights[i, j] = beta * machine.Weight(i, j);
            }
        }

        return (weights, Array.ConvertAll(machine.Biases.ToArray(), bias => beta * bias));
    }

    private static ReferenceBoltzmann Scaled(BoltzmannMachine machine, double beta)
    {
        (double[,] weights, double[] biases) = Parameters(machine, beta);
        return new ReferenceBoltzmann(weights, biases, machine.Kind == UnitKind.Spin);
    }

    private static BitDataset Rows(int[] states, int units) =>
        BitDataset.FromBytes("states", states.Length, units, [.. states.SelectMany(state => Enumerable.Range(0, units).Select(unit => (byte)(state >> unit & 1)))]);

    private static void Read(BoltzmannChains chains, int[] states)
    {
        for (int chain = 0; chain < states.Length; chain++)
        {
            states[chain] = (int)chains.States.Row(chain)[0];
        }
    }
}
