using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.StatisticalTests.Sampling;
using FastRbm.Testing;
using FastRbm.Training;

namespace FastRbm.StatisticalTests.Training;

public sealed class GradientTests
{
    private const int Seeds = 400;
    private const int Copies = 128;

    private static readonly bool[][] _patterns =
    [
        [true, false, true, false], [true, true, false, false], [false, false, true, false], [true, false, false, true],
    ];

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, 1)]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, 3)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, 1)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, 2)]
    public void The_mean_gradient_is_the_exact_expected_one(TrainingAlgorithm algorithm, int steps)
    {
        // The first update of PCD starts its chains at the data, so that CD-k's expectation holds for it as well.
        double[] expected = AuditModels.Mixed.ContrastiveDivergenceGradient(_patterns, steps).ToArray();
        (double[] mean, double[] deviation) = Gradients(algorithm, steps);
        double k = MonteCarlo.StandardErrors(Budget.PerCheck);
        double worst = 0;
        for (int parameter = 0; parameter < expected.Length; parameter++)
        {
            double error = Math.Abs(mean[parameter] - expected[parameter]);
            double bound = (k * deviation[parameter] / Math.Sqrt(Seeds)) + 1e-6;
            Assert.True(error <= bound, $"parameter {parameter}: expected {expected[parameter]}, found {mean[parameter]}, bound {bound}");
            worst = Math.Max(worst, bound);
        }

        // Power: one sweep more or less is farther away than the bound.
        double[] other = AuditModels.Mixed.ContrastiveDivergenceGradient(_patterns, steps + 1).ToArray();
        Assert.Contains(Enumerable.Range(0, expected.Length), parameter =>
            Math.Abs(other[parameter] - mean[parameter]) > (k * deviation[parameter] / Math.Sqrt(Seeds)) + 1e-6);
    }

    [Fact]
    public void Persistent_chains_reach_the_model_distribution()
    {
        // At a learning rate near 0 the model stands still, and 60 sweeps forget the start.
        TestPatterns rows = new(_patterns, 1);
        using Trainer trainer = new(AuditModels.Engine(AuditModels.Mixed), rows, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            BatchSize = 4,
            Chains = 50_000,
            Epochs = 60,
            LearningRate = LearningRateSchedule.Constant(1e-12),
            Seed = 12,
        });
        trainer.Run();
        int[] hidden = new int[50_000];
        ProductionSampler.Unpack(trainer.Update.Chains.Single().States, hidden);
        long[] counts = new long[1 << AuditModels.Mixed.Hidden];
        foreach (int state in hidden)
        {
            counts[state]++;
        }

        Assert.True(GTest.Of(counts, AuditModels.Mixed.HiddenProbabilities()).PValue > Budget.PerCheck);
    }

    private static (double[] Mean, double[] Deviation) Gradients(TrainingAlgorithm algorithm, int steps)
    {
        TestPatterns rows = new(_patterns, Copies);
        double[][] gradients = new double[Seeds][];
        for (int seed = 0; seed < Seeds; seed++)
        {
            Rbm rbm = AuditModels.Engine(AuditModels.Mixed);
            float[] before = Values(rbm);
            using Trainer trainer = new(rbm, rows, new TrainingOptions
            {
                Algorithm = algorithm,
                Steps = steps,
                BatchSize = rows.Rows,
                Epochs = 1,
                Seed = (ulong)seed + 100,
                LearningRate = LearningRateSchedule.Constant(1),
                Centring = Centring.None,
                Threads = 1,
            });
            trainer.Step();
            gradients[seed] = [.. Values(rbm).Zip(before, static (after, old) => (double)after - old)];
        }

        double[] mean = new double[gradients[0].Length];
        double[] deviation = new double[mean.Length];
        for (int parameter = 0; parameter < mean.Length; parameter++)
        {
            mean[parameter] = gradients.Average(gradient => gradient[parameter]);
            deviation[parameter] = Math.Sqrt(gradients.Sum(gradient => Math.Pow(gradient[parameter] - mean[parameter], 2)) / (Seeds - 1));
        }

        return (mean, deviation);
    }

    private static float[] Values(Rbm rbm) => [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];

    private sealed class TestPatterns(bool[][] patterns, int copies) : IVisibleRows
    {
        public int Rows => patterns.Length * copies;

        public int Columns => patterns[0].Length;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = (ulong)BinaryStates.ToMask(patterns[row % patterns.Length]);

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();
    }
}
