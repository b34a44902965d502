using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Testing;
using FastRbm.Tests;
using FastRbm.Training;

namespace FastRbm.StatisticalTests.Training;

/// <summary>Data drawn from a known Gaussian-binary RBM are learned as well as that model knows them, whatever the size of minibatches.</summary>
public sealed class GaussianRecoveryTests
{
    private const int Visible = 6;
    private const int Hidden = 3;
    private const int Rows = 10_000;

    [Theory]
    [InlineData(1, 6, 0.01)]
    [InlineData(100, 60, 0.05)]
    [InlineData(512, 200, 0.1)]
    public void A_known_model_is_recovered_with_its_variances(int batch, int epochs, double rate)
    {
        Rbm truth = Truth();
        TestRows rows = Draw(truth, seed: 1);
        Rbm rbm = RbmInitializer.Normal(rows, new GaussianLayer(Visible), new BinaryLayer(Hidden), seed: 2, deviation: 0.3);
        using Trainer trainer = new(rbm, rows, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Chains = 100,
            Steps = batch == 1 ? 1 : 5,
            BatchSize = batch,
            Epochs = epochs,
            Threads = 1,
            LearningRate = new LearningRateSchedule { Initial = rate, Final = rate / 10, Shape = ScheduleShape.Linear },
            AveragedShare = 0.3,
            MonitorRows = 10,
        });
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        double learned = LogLikelihood(rbm, rows);
        double known = LogLikelihood(truth, rows);

        // Fitted to these rows, so it may even be a little better: by about half a parameter's worth each over the rows.
        Assert.True(learned > known - 0.05, $"batch {batch}: expected at least {known - 0.05}, found {learned}");
    }

    /// <summary>Means far from 0, deviations from 0.3 to 5, weights that matter.</summary>
    private static Rbm Truth()
    {
        Rbm rbm = new(new GaussianLayer(Visible), new BinaryLayer(Hidden));
        SplitMix64 random = new(7);
        float[] logPrecisions = [.. Enumerable.Range(0, Visible).Select(_ => (float)random.NextDouble(-3, 2.4))];
        rbm.Visible.SetParameter(1, logPrecisions);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            for (int i = 0; i < Visible; i++)
            {
                // In standard deviations: a mean of up to 3, steps of up to 2.5.
                double root = Math.Exp(0.5 * logPrecisions[i]);
                visibleBias[i] = (float)(root * random.NextDouble(-3, 3));
                for (int j = 0; j < Hidden; j++)
                {
                    weights[i, j] = (float)(root * random.NextDouble(-2.5, 2.5));
                }
            }

            for (int j = 0; j < Hidden; j++)
            {
                // Both states of a hidden unit are likely.
                double square = 0;
                double along = 0;
                for (int i = 0; i < Visible; i++)
                {
                    double variance = Math.Exp(-logPrecisions[i]);
                    square += weights[i, j] * weights[i, j] * variance;
                    along += weights[i, j] * visibleBias[i] * variance;
                }

                hiddenBias[j] = (float)(-(0.5 * square) - along + random.NextDouble(-0.5, 0.5));
            }
        });
        return rbm;
    }

    /// <summary>Exact draws: h by its probability, then v given h.</summary>
    private static TestRows Draw(Rbm rbm, ulong seed)
    {
        double[] logs = new double[1 << Hidden];
        float[][] means = new float[logs.Length][];
        for (int state = 0; state < logs.Length; state++)
        {
            float[] hidden = [.. Enumerable.Range(0, Hidden).Select(j => (float)(state >> j & 1))];
            double[] inputs = [.. Enumerable.Range(0, Visible).Select(i => (double)rbm.Visible.Bias[i] + Enumerable.Range(0, Hidden).Sum(j => (double)rbm.Weights[i, j] * hidden[j]))];
            logs[state] = rbm.Visible.CumulantGenerating(inputs) - rbm.Hidden.Energy(hidden);
            means[state] = new float[Visible];
            rbm.Visible.Mean(Array.ConvertAll(inputs, static input => (float)input), means[state]);
        }

        double largest = logs.Max();
        double total = logs.Sum(log => Math.Exp(log - largest));
        double[] probabilities = Array.ConvertAll(logs, log => Math.Exp(log - largest) / total);
        SplitMix64 random = new(seed);
        return new TestRows(Enumerable.Range(0, Rows).Select(_ =>
        {
            float[] mean = means[random.NextCell(probabilities)];
            return mean.Select((value, i) =>
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                return (float)(value + (normal * Math.Exp(-0.5 * rbm.Visible.Parameter(1)[i])));
            }).ToArray();
        }).ToArray());
    }

    private static double LogLikelihood(Rbm rbm, TestRows rows)
    {
        Matrix states = new(Rows, Visible);
        for (int row = 0; row < Rows; row++)
        {
            rows.CopyMeans(row, states.Row(row));
        }

        double[] free = new double[Rows];
        rbm.FreeEnergy(states, new RbmWorkspace(rbm), free);
        return -free.Average() - UnitPartitionFunction.Compute(rbm);
    }
}
