using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Evaluation.Boltzmann;
using FastRbm.Tests.Models.Boltzmann;
using FastRbm.Training;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Tests.Training.Boltzmann;

public sealed class BoltzmannTrainerTests
{
    private static readonly int[] _data = [0, 5, 5, 63, 17, 42, 33, 9, 5, 62, 1];

    public static TheoryData<string, UnitKind, BoltzmannAlgorithm> Objectives
    {
        get
        {
            TheoryData<string, UnitKind, BoltzmannAlgorithm> cases = [];
            foreach (BoltzmannAlgorithm algorithm in (BoltzmannAlgorithm[])[BoltzmannAlgorithm.ExactLikelihood, BoltzmannAlgorithm.PseudoLikelihood, BoltzmannAlgorithm.ProbabilityFlow])
            {
                cases.Add("dense6", UnitKind.Binary, algorithm);
                cases.Add("dense6", UnitKind.Spin, algorithm);
                cases.Add("grid2x3", UnitKind.Binary, algorithm);
                cases.Add("grid2x3", UnitKind.Spin, algorithm);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Gradients_are_differences_of_the_reference(string graph, UnitKind kind, BoltzmannAlgorithm algorithm)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 31);
        using BoltzmannTrainer trainer = new(machine, BoltzmannEnumerationTests.Rows(_data, 6), Options(algorithm) with { BatchSize = 100 });
        double[,] weights = new double[6, 6];
        double[] biases = new double[6];
        for (int i = 0; i < 6; i++)
        {
            biases[i] = machine.Biases[i];
            for (int j = 0; j < 6; j++)
            {
                weights[i, j] = machine.Weight(i, j);
            }
        }

        trainer.Step();
        const double step = 1e-5;
        for (int edge = 0; edge < machine.Graph.Edges; edge++)
        {
            (int i, int j) = machine.Graph.Edge(edge);

            // J_ij moves by the step: both W_ij and W_ji by half of it.
            double Moved(double by)
            {
                double[,] moved = (double[,])weights.Clone();
                moved[i, j] += by / 2;
                moved[j, i] += by / 2;
                return Objective(new ReferenceBoltzmann(moved, biases, kind == UnitKind.Spin), algorithm);
            }

            Assert.Equal((Moved(step) - Moved(-step)) / (2 * step), trainer.Gradient.Couplings[edge], 2e-6);
        }

        for (int i = 0; i < 6; i++)
        {
            double Moved(double by)
            {
                double[] moved = [.. biases];
                moved[i] += by;
                return Objective(new ReferenceBoltzmann(weights, moved, kind == UnitKind.Spin), algorithm);
            }

            Assert.Equal((Moved(step) - Moved(-step)) / (2 * step), trainer.Gradient.Biases[i], 2e-6);
        }
    }

    [Theory]
    [InlineData("dense70", UnitKind.Binary)]
    [InlineData("grid9x11", UnitKind.Spin)]
    public void Persistent_chains_give_the_moments_of_their_states(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 32, 0.05);
        BitDataset data = Random(130, machine.Units, 7);
        using BoltzmannTrainer trainer = new(machine, data, Options(BoltzmannAlgorithm.PersistentChains) with { BatchSize = 130, Chains = 70 });
        float before = machine.Coupling(0, 1);
        trainer.Step();
        BitMatrix chains = trainer.BitState.Single().Values;
        double low = kind == UnitKind.Spin ? -1 : 0;
        foreach (int edge in (int[])[0, 3, machine.Graph.Edges - 1])
        {
            (int i, int j) = machine.Graph.Edge(edge);
            double model = Enumerable.Range(0, 70).Average(row => (chains[row, i] ? 1 : low) * (chains[row, j] ? 1 : low));
            Assert.Equal(Mean(data, i, j, low) - model, trainer.Gradient.Couplings[edge], 1e-12);
        }

        Assert.Equal(before + (0.05 * (trainer.Gradient.Couplings[0] - (1e-4 * before))), machine.Coupling(0, 1), 1e-7);
    }

    [Theory]
    [InlineData(BoltzmannAlgorithm.ExactLikelihood, StepRule.Momentum)]
    [InlineData(BoltzmannAlgorithm.PersistentChains, StepRule.Momentum)]
    [InlineData(BoltzmannAlgorithm.PseudoLikelihood, StepRule.Adam)]
    [InlineData(BoltzmannAlgorithm.ProbabilityFlow, StepRule.Momentum)]
    public void A_resumed_run_on_other_threads_writes_the_same_bytes(BoltzmannAlgorithm algorithm, StepRule rule)
    {
        using TemporaryDirectory directory = new();
        string first = directory.File("first");
        string second = directory.File("second");
        BoltzmannTrainingOptions options = Options(algorithm) with { Epochs = 3, BatchSize = 20, Chains = 130, StepRule = rule, LearningRate = LearningRateSchedule.Constant(0.01) };
        foreach (string graph in algorithm == BoltzmannAlgorithm.ExactLikelihood ? (string[])["dense6"] : ["dense70", "grid9x11"])
        {
            BoltzmannMachine machine = new(BoltzmannModels.Graph(graph), UnitKind.Spin);
            BitDataset data = Random(50, machine.Units, 8);
            BoltzmannInitializer.Initialize(machine, data);
            using (BoltzmannTrainer whole = new(machine, data, options))
            {
                whole.Run();
                BoltzmannFile.SaveCheckpoint(first, whole, "data");
            }

            machine = new BoltzmannMachine(BoltzmannModels.Graph(graph), UnitKind.Spin);
            BoltzmannInitializer.Initialize(machine, data);
            using (BoltzmannTrainer part = new(machine, data, options with { Threads = 3 }))
            {
                part.Step();
                part.Step();
                part.Step();
                part.Step();
                BoltzmannFile.SaveCheckpoint(second, part, "data");
            }

            using BoltzmannTrainer rest = BoltzmannFile.ResumeCheckpoint(second, data, "data", options with { Threads = 2 });
            Assert.Equal(4, rest.Update);
            rest.Run();
            BoltzmannFile.SaveCheckpoint(second, rest, "data");
            Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        }

        InvalidInputException other = Assert.Throws<InvalidInputException>(() =>
            BoltzmannFile.ResumeCheckpoint(second, Random(50, algorithm == BoltzmannAlgorithm.ExactLikelihood ? 6 : 99, 8), "other", options with { Seed = 9, BatchSize = 25 }));
        Assert.Contains("seed 1 in the checkpoint, 9 now", other.Message, StringComparison.Ordinal);
        Assert.Contains("batch size", other.Message, StringComparison.Ordinal);
        Assert.Contains("data data", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_objective_recovers_the_machine_that_all_its_states_are_weighed_by()
    {
        // 4,096 rows in the proportions of p: then all four have their optimum near the machine, the exact one at it but for rounding.
        BoltzmannMachine truth = BoltzmannModels.Random("dense6", UnitKind.Spin, 33, 0.15);
        double[] probabilities = BoltzmannModels.Reference(truth).Probabilities();
        int[] rows = [.. probabilities.SelectMany(static (p, state) => Enumerable.Repeat(state, (int)Math.Round(4096 * p)))];
        foreach (BoltzmannAlgorithm algorithm in Enum.GetValues<BoltzmannAlgorithm>())
        {
            BoltzmannMachine machine = new(truth.Graph, UnitKind.Spin);
            BoltzmannTrainingOptions options = Options(algorithm) with
            {
                Epochs = 150,
                BatchSize = 10_000,
                Chains = 1024,
                WeightDecay = 0,
                LearningRate = LearningRateSchedule.Constant(algorithm == BoltzmannAlgorithm.ProbabilityFlow ? 0.1 : 0.2),
            };
            using BoltzmannTrainer trainer = new(machine, BoltzmannEnumerationTests.Rows(rows, 6), options);
            BoltzmannFigures before = trainer.Measure();
            trainer.Run();
            double worst = Enumerable.Range(0, truth.Graph.Edges).Max(edge => Math.Abs(2 * (machine.Weights[edge] - truth.Weights[edge])));
            Assert.True(worst < (algorithm == BoltzmannAlgorithm.PersistentChains ? 0.1 : 0.02), $"{algorithm}: {worst}");
            Assert.True(trainer.Measure().LogLikelihood > before.LogLikelihood);
            Assert.True(trainer.Measure().LogPseudoLikelihood > before.LogPseudoLikelihood);
        }
    }

    [Fact]
    public void Constant_columns_need_a_decay_and_stay_finite_with_one()
    {
        BitDataset data = BitDataset.FromBytes("constant", 4, 3, [1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1]);
        foreach (BoltzmannAlgorithm algorithm in Enum.GetValues<BoltzmannAlgorithm>())
        {
            BoltzmannMachine machine = new(CouplingGraph.Complete(3));
            BoltzmannTrainingOptions options = Options(algorithm) with { Epochs = 200, WeightDecay = 0 };
            Assert.Contains("0 in every row of column 1", Assert.Throws<ArgumentException>(() => new BoltzmannTrainer(machine, data, options)).Message, StringComparison.Ordinal);
            BoltzmannInitializer.Initialize(machine, data);
            using BoltzmannTrainer trainer = new(machine, data, options with { WeightDecay = 1e-3 });
            trainer.Run();
            Assert.True(machine.InputBound < 30);
            Assert.True(double.IsFinite(trainer.Measure().LogLikelihood));
        }
    }

    [Fact]
    public void A_diverging_run_ends_with_its_last_good_parameters()
    {
        BitDataset data = Random(20, 6, 9);
        BoltzmannMachine machine = new(CouplingGraph.Complete(6), UnitKind.Spin);
        BoltzmannTrainingOptions options = Options(BoltzmannAlgorithm.ProbabilityFlow) with { LearningRate = LearningRateSchedule.Constant(1000), Epochs = 100 };
        using BoltzmannTrainer trainer = new(machine, data, options);
        DivergenceException diverged = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.Equal(0, diverged.LastGoodUpdate);
        Assert.Equal(0, machine.Weights[0]);
        Assert.Equal(0, machine.InputBound);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        BoltzmannMachine machine = new(CouplingGraph.Complete(6));
        BitDataset data = Random(20, 6, 9);
        Assert.Contains("6 values", Assert.Throws<ArgumentException>(() => new BoltzmannTrainer(machine, Random(20, 5, 9), new BoltzmannTrainingOptions())).Message, StringComparison.Ordinal);
        foreach (BoltzmannTrainingOptions wrong in (BoltzmannTrainingOptions[])
            [new() { Epochs = 0 }, new() { BatchSize = 0 }, new() { Chains = 0 }, new() { WeightDecay = double.NaN }, new() { DivergenceLimit = 0 }, new() { Algorithm = (BoltzmannAlgorithm)9 }])
        {
            Assert.ThrowsAny<ArgumentException>(() => new BoltzmannTrainer(machine, data, wrong));
        }

        BoltzmannMachine large = new(CouplingGraph.Complete(40));
        Assert.Contains(
            "at most 28",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BoltzmannTrainer(large, Random(20, 40, 9), new BoltzmannTrainingOptions { Algorithm = BoltzmannAlgorithm.ExactLikelihood })).Message,
            StringComparison.Ordinal);
    }

    private static double Objective(ReferenceBoltzmann reference, BoltzmannAlgorithm algorithm) => algorithm switch
    {
        BoltzmannAlgorithm.ExactLikelihood => reference.LogLikelihood(_data),
        BoltzmannAlgorithm.PseudoLikelihood => reference.LogPseudoLikelihood(_data),
        _ => -reference.ProbabilityFlow(_data),
    };

    private static BoltzmannTrainingOptions Options(BoltzmannAlgorithm algorithm) =>
        new() { Algorithm = algorithm, LearningRate = LearningRateSchedule.Constant(0.05), Momentum = MomentumSchedule.Constant(0.5) };

    private static BitDataset Random(int rows, int units, ulong seed)
    {
        bool[] bits = new SplitMix64(seed).NextBits(rows * units);
        return BitDataset.FromBytes("random", rows, units, Array.ConvertAll(bits, static bit => bit ? (byte)1 : (byte)0));
    }

    private static double Mean(BitDataset data, int i, int j, double low)
    {
        ulong[] states = new ulong[BitMatrix.WordsFor(data.Columns)];
        double sum = 0;
        for (int row = 0; row < data.Rows; row++)
        {
            data.CopyBits(row, states);
            sum += Value(i) * Value(j);
        }

        return sum / data.Rows;

        double Value(int unit) => (states[unit >> 6] >> (unit & 63) & 1) != 0 ? 1 : low;
    }
}
