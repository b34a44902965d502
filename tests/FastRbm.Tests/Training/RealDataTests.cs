using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Testing;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class RealDataTests
{
    [Fact]
    public void Twenty_hidden_units_beat_the_start_the_independent_pixels_and_the_published_model_on_binarised_digits()
    {
        Assert.SkipWhen(TestData.FindPath("binarized-mnist/train-images-idx3-ubyte.gz") is null, $"needs binarized-mnist in {TestData.Variable}");
        Dataset training = DatasetSource.Open("binarized-mnist");
        Dataset test = DatasetSource.Open("binarized-mnist:test");
        Rbm rbm = RbmInitializer.Normal(training, hidden: 20, seed: 1);
        double start = ExactLikelihood.Evaluate(rbm, test, threads: 2).LogLikelihood;
        using Trainer trainer = new(rbm, training, new TrainingOptions
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Epochs = 10,
            LearningRate = new LearningRateSchedule { Initial = 0.1, Shape = ScheduleShape.Linear },
            Threads = 1,
        });
        trainer.Run();
        double trained = ExactLikelihood.Evaluate(rbm, test, threads: 2).LogLikelihood;
        double independent = IndependentPixels(training, test);
        TestContext.Current.SendDiagnosticMessage($"start {start:F2}, independent {independent:F2}, trained {trained:F2}");

        // Published for PCD with 20 hidden units: -150.11.
        Assert.InRange(start, independent - 5, independent + 5);
        Assert.True(trained > -150.11, $"trained {trained}, independent {independent}");
    }

    /// <summary>The mean log-likelihood of pixels that are on independently, each as often as in training (one added row of each state).</summary>
    private static double IndependentPixels(Dataset training, Dataset test)
    {
        double[] on = Sums(training);
        double[] tested = Sums(test);
        double sum = 0;
        for (int pixel = 0; pixel < on.Length; pixel++)
        {
            double p = (on[pixel] + 1) / (training.Rows + 2);
            sum += (tested[pixel] * Math.Log(p)) + ((test.Rows - tested[pixel]) * Math.Log(1 - p));
        }

        return sum / test.Rows;
    }

    private static double[] Sums(Dataset rows)
    {
        double[] sums = new double[rows.Columns];
        float[] row = new float[rows.Columns];
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            for (int pixel = 0; pixel < row.Length; pixel++)
            {
                sums[pixel] += row[pixel];
            }
        }

        return sums;
    }
}
