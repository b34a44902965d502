using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class LinearClassifierTests
{
    [Fact]
    public void The_gradient_vanishes_at_the_fit()
    {
        (Matrix features, byte[] labels) = Data(120, 7, 3, 1);
        LinearClassifierOptions options = new() { Decay = 0.05, Tolerance = 1e-6, Iterations = 500 };
        LinearClassifier fitted = LinearClassifier.Fit(features, labels, 3, options, TestContext.Current.CancellationToken);
        double loss = Loss(fitted, features, labels, options.Decay, -1, 0, 0);
        Assert.Equal(loss, fitted.Loss, 1e-6);
        for (int feature = 0; feature <= 7; feature++)
        {
            for (int c = 0; c < 3; c++)
            {
                // By finite differences in doubles; products of the fit are floats.
                const double Step = 1e-4;
                double slope = (Loss(fitted, features, labels, options.Decay, feature, c, Step) - Loss(fitted, features, labels, options.Decay, feature, c, -Step)) / (2 * Step);
                Assert.InRange(slope, -1e-5, 1e-5);
            }
        }
    }

    [Fact]
    public void Probabilities_sum_to_one_and_errors_are_counted()
    {
        (Matrix features, byte[] labels) = Data(50, 4, 4, 2);
        LinearClassifier fitted = LinearClassifier.Fit(features, labels, 4, new LinearClassifierOptions(), TestContext.Current.CancellationToken);
        Matrix logs = new(50, 4);
        fitted.LogProbabilities(features, logs);
        int wrong = 0;
        double crossEntropy = 0;
        for (int row = 0; row < 50; row++)
        {
            double[] values = Array.ConvertAll(logs.Row(row).ToArray(), static value => (double)value);
            Assert.Equal(1, values.Sum(Math.Exp), 1e-6);
            wrong += Array.IndexOf(values, values.Max()) == labels[row] ? 0 : 1;
            crossEntropy -= values[labels[row]] / 50;
        }

        Assert.Equal(wrong / 50.0, fitted.Error(features, labels));
        Assert.Equal(crossEntropy, fitted.CrossEntropy(features, labels), 1e-6);
    }

    [Fact]
    public void The_decay_is_picked_on_rows_held_back()
    {
        // Labels that features say nothing of: the largest decay is best. Labels that they say all of: a small one is.
        (Matrix features, byte[] labels) = Data(200, 30, 2, 3);
        SplitMix64 random = new(8);
        byte[] noise = [.. labels.Select(_ => (byte)random.NextInt(2))];
        LinearClassifierOptions options = new();
        Assert.Equal(10, LinearClassifier.FitValidated(features, noise, 2, [1e-4, 0.01, 10], options, TestContext.Current.CancellationToken).Decay);
        Assert.True(LinearClassifier.FitValidated(features, labels, 2, [1e-4, 0.01, 10], options, TestContext.Current.CancellationToken).Decay < 10);
    }

    [Fact]
    public void Bad_input_is_refused_with_its_place()
    {
        (Matrix features, byte[] labels) = Data(10, 3, 2, 4);
        LinearClassifierOptions options = new();
        labels[4] = 255;
        Assert.Contains("row 4, found none", Refusal(features, labels), StringComparison.Ordinal);
        labels[4] = 2;
        Assert.Contains("a class from 0 to 1 in row 4, found 2", Refusal(features, labels), StringComparison.Ordinal);
        labels[4] = 0;
        features[7, 1] = float.NaN;
        Assert.Contains("NaN in row 7", Refusal(features, labels), StringComparison.Ordinal);
        Assert.Contains("length of 10", Refusal(features, labels[..9]), StringComparison.Ordinal);
        options = options with { Decay = -1 };
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearClassifier.Fit(new Matrix(10, 3), labels, 2, options));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearClassifier.Fit(new Matrix(10, 3), labels, 1, new LinearClassifierOptions()));

        string Refusal(Matrix rows, byte[] classes) => Assert.Throws<ArgumentException>(() => LinearClassifier.Fit(rows, classes, 2, options)).Message;
    }

    private static (Matrix Features, byte[] Labels) Data(int rows, int columns, int classes, ulong seed)
    {
        SplitMix64 random = new(seed);
        Matrix features = new(rows, columns);
        byte[] labels = new byte[rows];
        for (int row = 0; row < rows; row++)
        {
            labels[row] = (byte)(row % classes);
            for (int column = 0; column < columns; column++)
            {
                features[row, column] = (float)((column % classes == labels[row] ? 0.5 : 0) + random.NextDouble());
            }
        }

        return (features, labels);
    }

    /// <summary>The objective with one parameter moved, in doubles.</summary>
    private static double Loss(LinearClassifier fitted, Matrix features, byte[] labels, double decay, int feature, int column, double step)
    {
        double squares = 0;
        for (int f = 0; f < fitted.Features; f++)
        {
            for (int c = 0; c < fitted.Classes; c++)
            {
                squares += Math.Pow(fitted.Weights[f, c] + (f == feature && c == column ? step : 0), 2);
            }
        }

        double sum = 0;
        for (int row = 0; row < features.Rows; row++)
        {
            double[] scores = new double[fitted.Classes];
            for (int c = 0; c < scores.Length; c++)
            {
                scores[c] = fitted.Bias[c] + (feature == fitted.Features && c == column ? step : 0);
                for (int f = 0; f < fitted.Features; f++)
                {
                    scores[c] += features[row, f] * (fitted.Weights[f, c] + (f == feature && c == column ? step : 0));
                }
            }

            sum += FastRbm.Reference.ReferenceMath.LogSumExp(scores) - scores[labels[row]];
        }

        return (sum / features.Rows) + (0.5 * decay * squares);
    }
}
