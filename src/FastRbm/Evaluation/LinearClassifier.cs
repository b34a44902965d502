using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>
/// Multinomial logistic regression on given features: p(y | z) = softmax(z'V + d)_y. What a linear classifier can read off features, as a
/// measure of them.
/// </summary>
/// <remarks>
/// Fitted by L-BFGS to the minimum of the mean cross-entropy and half of the decay times |V|^2, from V = 0: convex, so that the result says
/// nothing of a start or of a seed. Products are floats in one stated order, sums over rows doubles: the same bits at every vector width. Immutable
/// once made; a classifier holds scratch, so one thread at a time.
/// Source: Nocedal and Wright, "Numerical optimization" (2006), algorithm 7.4.
/// </remarks>
public sealed class LinearClassifier
{
    private readonly GemmWorkspace _workspace = new();

    internal LinearClassifier(Matrix weights, float[] bias, int steps, double loss)
    {
        Weights = weights;
        Bias = bias;
        Steps = steps;
        Loss = loss;
    }

    /// <summary>V [features, classes].</summary>
    public Matrix Weights { get; }

    /// <summary>d.</summary>
    public IReadOnlyList<float> Bias { get; }

    /// <summary>Columns of a row of features.</summary>
    public int Features => Weights.Rows;

    /// <summary>The number of classes.</summary>
    public int Classes => Weights.Columns;

    /// <summary>Steps that the fit took.</summary>
    public int Steps { get; }

    /// <summary>The objective at the end: mean cross-entropy in nats and the decay's part.</summary>
    public double Loss { get; }

    /// <summary>Fits a classifier. Allocates.</summary>
    /// <param name="features">Rows of features [rows, features], finite.</param>
    /// <param name="labels">The class of each row, from 0 to classes - 1.</param>
    /// <param name="classes">The number of classes, 2 to 255.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellation">Asked at every step.</param>
    /// <returns>The classifier.</returns>
    /// <exception cref="ArgumentException">Sizes don't fit, a row has no label or one out of range, or a feature isn't finite; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LinearClassifier Fit(
        Matrix features, ReadOnlySpan<byte> labels, int classes, LinearClassifierOptions options, CancellationToken cancellation = default)
    {
        Check(features, labels, classes);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new LinearFit(features, labels, classes, options).Run(cancellation);
    }

    /// <summary>Fits with each of some decays to four fifths of the rows, picks the one with the least cross-entropy on the others, and fits with it to all.</summary>
    /// <param name="features">Rows of features [rows, features].</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classes">The number of classes, 2 to 255.</param>
    /// <param name="decays">The decays to choose from, at least one.</param>
    /// <param name="options">The other options.</param>
    /// <param name="cancellation">Asked at every step.</param>
    /// <returns>The classifier, and the decay that it has.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Fit"/>; or there are less than 5 rows.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static (LinearClassifier Classifier, double Decay) FitValidated(
        Matrix features, ReadOnlySpan<byte> labels, int classes, ReadOnlySpan<double> decays, LinearClassifierOptions options, CancellationToken cancellation = default)
    {
        Check(features, labels, classes);
        ArgumentNullException.ThrowIfNull(options);
        Throw.IfLess(features.Rows, 5, "rows");
        Throw.IfLess(decays.Length, 1, "decays");
        double best = decays[0];
        if (decays.Length > 1)
        {
            (Matrix training, byte[] trainingLabels) = Part(features, labels, static row => row % 5 != 4);
            (Matrix held, byte[] heldLabels) = Part(features, labels, static row => row % 5 == 4);
            double least = double.PositiveInfinity;
            foreach (double decay in decays)
            {
                LinearClassifier tried = Fit(training, trainingLabels, classes, options with { Decay = decay }, cancellation);
                double loss = tried.CrossEntropy(held, heldLabels);
                if (loss < least)
                {
                    (least, best) = (loss, decay);
                }
            }
        }

        return (Fit(features, labels, classes, options with { Decay = best }, cancellation), best);
    }

    /// <summary>ln p(y | z) of each row.</summary>
    /// <param name="features">Rows of features [rows, features].</param>
    /// <param name="destination">[rows, classes], written.</param>
    /// <exception cref="ArgumentException">Sizes don't fit.</exception>
    public void LogProbabilities(Matrix features, Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(destination);
        Throw.IfLengthDiffers(features.Columns, Features, nameof(features));
        Throw.IfLengthDiffers(destination.Columns, Classes, nameof(destination));
        Throw.IfLengthDiffers(destination.Rows, features.Rows, nameof(destination));
        if (features.Rows == 0)
        {
            return;
        }

        FloatGemm.MultiplyBias<Epilogues.Identity>(
            SimdSelection.Current, GemmLayout.NN, _workspace, features.AsSpan2D(), Weights.AsSpan2D(), (float[])Bias, destination.AsSpan2D());
        Span<double> scores = stackalloc double[Classes];
        for (int row = 0; row < destination.Rows; row++)
        {
            Span<float> values = destination.Row(row);
            for (int c = 0; c < values.Length; c++)
            {
                scores[c] = values[c];
            }

            double log = DoubleMath.LogSumExp(scores);
            for (int c = 0; c < values.Length; c++)
            {
                values[c] = (float)(scores[c] - log);
            }
        }
    }

    /// <summary>The share of rows whose most likely class isn't their own.</summary>
    /// <param name="features">Rows of features.</param>
    /// <param name="labels">The class of each row.</param>
    /// <returns>0 to 1. Allocates a number a row and class.</returns>
    public double Error(Matrix features, ReadOnlySpan<byte> labels)
    {
        Check(features, labels, Classes);
        Matrix logs = new(features.Rows, Classes);
        LogProbabilities(features, logs);
        int wrong = 0;
        for (int row = 0; row < logs.Rows; row++)
        {
            wrong += SoftmaxChoice(logs.Row(row)) == labels[row] ? 0 : 1;
        }

        return (double)wrong / logs.Rows;
    }

    /// <summary>The mean of -ln p(y | z), in nats.</summary>
    /// <param name="features">Rows of features.</param>
    /// <param name="labels">The class of each row.</param>
    /// <returns>At least 0. Allocates a number a row and class.</returns>
    public double CrossEntropy(Matrix features, ReadOnlySpan<byte> labels)
    {
        Check(features, labels, Classes);
        Matrix logs = new(features.Rows, Classes);
        LogProbabilities(features, logs);
        double sum = 0;
        for (int row = 0; row < logs.Rows; row++)
        {
            sum -= logs[row, labels[row]];
        }

        return sum / logs.Rows;
    }

    private static int SoftmaxChoice(ReadOnlySpan<float> logs)
    {
        int best = 0;
        for (int c = 1; c < logs.Length; c++)
        {
            best = logs[c] > logs[best] ? c : best;
        }

        return best;
    }

    private static (Matrix Features, byte[] Labels) Part(Matrix features, ReadOnlySpan<byte> labels, Func<int, bool> taken)
    {
        int[] rows = [.. Enumerable.Range(0, features.Rows).Where(taken)];
        Matrix part = new(rows.Length, features.Columns);
        byte[] classes = new byte[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            features.Row(rows[row]).CopyTo(part.Row(row));
            classes[row] = labels[rows[row]];
        }

        return (part, classes);
    }

    private static void Check(Matrix features, ReadOnlySpan<byte> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (classes is < 2 or > ClassLabels.Unlabelled)
        {
            Throw.OutOfRange(nameof(classes), $"2 to {ClassLabels.Unlabelled} classes", classes);
        }

        Throw.IfLess(features.Rows, 1, "rows");
        Throw.IfLengthDiffers(labels.Length, features.Rows, nameof(labels));
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= classes)
            {
                Throw.Argument(nameof(labels), $"a class from 0 to {classes - 1} in row {row}", labels[row] == ClassLabels.Unlabelled ? "none" : $"{labels[row]}");
            }

            foreach (float value in features.Row(row))
            {
                if (!float.IsFinite(value))
                {
                    Throw.Argument(nameof(features), "finite values", $"{value.ToString(System.Globalization.CultureInfo.InvariantCulture)} in row {row}");
                }
            }
        }
    }
}
