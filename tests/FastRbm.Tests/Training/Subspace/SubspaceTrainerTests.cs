using FastRbm.Models.Subspace;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Models.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Tests.Training.Subspace;

public sealed class SubspaceTrainerTests
{
    private static readonly bool[][] _patterns = [.. Enumerable.Range(0, 40).Select(static row => new SplitMix64((ulong)row + 1).NextBits(70, 0.3))];

    [Fact]
    public void An_update_moves_by_the_statistics_of_the_data_less_those_of_its_chains()
    {
        // The chains' states after one sweep are found with the public sampler of the same draws, so that the step is known, not only its mean.
        ReferenceSubspace reference = SubspaceModels.Random(5, 3, 2, 21, 1);
        bool[][] rows = [.. Enumerable.Range(0, 8).Select(static row => BinaryStates.FromMask((row * 11) % 32, 5))];
        SubspaceRbm model = SubspaceModels.Engine(reference);
        double[] before = SubspaceModels.Parameters(model);
        using SubspaceTrainer trainer = new(model, new TestRows(rows), Options() with
        {
            BatchSize = rows.Length,
            Epochs = 1,
            Momentum = MomentumSchedule.Constant(0),
            Centring = Centring.None,
            LearningRate = LearningRateSchedule.Constant(0.5),
        });
        trainer.Step();
        double[] change = [.. SubspaceModels.Parameters(model).Zip(before, static (after, old) => (after - old) / 0.5)];

        // Visible biases say how many chains have each unit on.
        double[] data = Mean(reference, rows);
        int first = 5 * 3 * 2;
        bool[][] all = BinaryStates.All(5);
        Assert.All(Enumerable.Range(first, 5), p => Assert.Equal(Math.Round((data[p] - change[p]) * 8), (data[p] - change[p]) * 8, 1e-4));

        // All sets of 8 end states are too many; but the step is linear in them, so that least squares over the 32 states must leave nothing.
        double[][] statistics = [.. all.Select(reference.Statistics)];
        double[] target = [.. data.Zip(change, static (d, c) => (d - c) * 8)];
        Assert.True(Residual(statistics, target) < 1e-3);
        target[0] += 0.05;
        Assert.True(Residual(statistics, target) > 1e-3);
    }

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence)]
    public void Threads_do_not_change_a_bit(TrainingAlgorithm algorithm)
    {
        // Wide enough that two threads take part. Widths are compared by the command line's tests, a process a width.
        double[] one = Trained(algorithm, 1);
        Assert.Equal(one, Trained(algorithm, 2));
        Assert.Equal(one, Trained(algorithm, 3));
    }

    [Fact]
    public void Weights_of_gates_own_columns_stay_zero_and_the_likelihood_rises()
    {
        bool[][] rows = [.. Enumerable.Range(0, 64).Select(static row => BinaryStates.FromMask(row % 4 == 0 ? 7 : row % 4 == 1 ? 56 : row % 4 == 2 ? 63 : 0, 6))];
        TestRows data = new(rows);
        SubspaceRbm model = SubspaceInitializer.Normal(data, 3, 2, 5);
        double before = Likelihood(model, rows);
        using SubspaceTrainer trainer = new(model, data, Options() with { BatchSize = 16, Epochs = 300, LearningRate = LearningRateSchedule.Constant(0.1) });
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(0, model.Joint.WeightMatrix.Row(i)[(3 * 2)..].ToArray().Sum(Math.Abs));
        }

        // Four patterns: log 4 is the best.
        double after = Likelihood(model, rows);
        Assert.InRange(after, -Math.Log(4) - 0.5, -Math.Log(4));
        Assert.True(after > before + 1);
    }

    [Fact]
    public void Bad_options_and_rows_are_refused()
    {
        SubspaceRbm model = new(70, 4, 2);
        Assert.Contains("70 values", Refusal(new TestRows([new bool[69]]), Options() with { BatchSize = 1 }), StringComparison.Ordinal);
        Assert.Contains("weight mask: expected none", Refusal(new TestRows(_patterns), Options() with { WeightMask = new bool[9] }), StringComparison.Ordinal);
        Assert.Contains("contrastive divergence", Refusal(new TestRows(_patterns), Options() with { Algorithm = TrainingAlgorithm.ParallelTempering }), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SubspaceInitializer.Normal(new TestRows(_patterns), 4, 2, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SubspaceInitializer.Normal(new TestRows(_patterns), 4, 0, 1));

        string Refusal(TestRows rows, TrainingOptions options) => Assert.ThrowsAny<ArgumentException>(() => new SubspaceTrainer(model, rows, options)).Message;
    }

    [Fact]
    public void A_run_that_diverges_leaves_the_last_good_parameters()
    {
        SubspaceRbm model = SubspaceInitializer.Normal(new TestRows(_patterns), 4, 2, 1);
        using SubspaceTrainer trainer = new(model, new TestRows(_patterns), Options() with { LearningRate = LearningRateSchedule.Constant(1000), Epochs = 50 });
        Assert.Throws<FastRbm.Errors.DivergenceException>(() => trainer.Run());
        Assert.All(SubspaceModels.Parameters(model), static value => Assert.True(double.IsFinite(value)));
    }

    private static TrainingOptions Options() => new() { BatchSize = 10, Epochs = 3, Threads = 1, Seed = 3, MonitorRows = 10 };

    private static double[] Trained(TrainingAlgorithm algorithm, int threads)
    {
        TestRows rows = new(_patterns);
        SubspaceRbm model = SubspaceInitializer.Normal(rows, 190, 3, 2, 0.2);
        using SubspaceTrainer trainer = new(model, rows, Options() with
        {
            Algorithm = algorithm,
            Steps = 2,
            BatchSize = 40,
            Threads = threads,
            LearningRate = LearningRateSchedule.Constant(0.1),
        });
        trainer.Run();
        return SubspaceModels.Parameters(model);
    }

    private static double[] Mean(ReferenceSubspace reference, bool[][] rows)
    {
        double[] probabilities = new double[BinaryStates.Count(reference.Visible)];
        foreach (bool[] row in rows)
        {
            probabilities[BinaryStates.ToMask(row)] += 1.0 / rows.Length;
        }

        return reference.Mean(probabilities);
    }

    private static double Likelihood(SubspaceRbm model, bool[][] rows)
    {
        ReferenceSubspace reference = new(
            new double[model.Visible, model.Gates, model.Subspaces], new double[model.Visible], new double[model.Gates], new double[model.Gates, model.Subspaces]);
        return reference.With(SubspaceModels.Parameters(model)).LogLikelihood(rows);
    }

    /// <summary>The largest part of a target that no combination of the columns gives, by Gram and Schmidt.</summary>
    private static double Residual(double[][] columns, double[] target)
    {
        List<double[]> basis = [];
        double[] left = [.. target];
        foreach (double[] column in columns)
        {
            double[] direction = [.. column];
            foreach (double[] known in basis)
            {
                Take(direction, known);
            }

            double norm = Math.Sqrt(direction.Sum(static x => x * x));
            if (norm > 1e-6)
            {
                basis.Add([.. direction.Select(x => x / norm)]);
            }
        }

        foreach (double[] known in basis)
        {
            Take(left, known);
        }

        return left.Max(Math.Abs);

        static void Take(double[] row, double[] direction)
        {
            double share = row.Zip(direction, static (a, b) => a * b).Sum();
            for (int p = 0; p < row.Length; p++)
            {
                row[p] -= share * direction[p];
            }
        }
    }
}
