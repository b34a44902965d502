using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>How well a classifier's probabilities fit labelled rows: errors, cross-entropy, calibration, confusions.</summary>
/// <remarks>
/// <code>
///   ErrorRate = (rows whose most probable class isn't theirs) / rows;  CrossEntropy = - mean ln p(class | row)
///   CalibrationError = sum over bins of  rows in the bin / rows  *  | accuracy - confidence |
/// </code>
/// Bins are equal intervals of the largest probability (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks",
/// equation 3). The first of equally probable classes counts as the most probable. Immutable.
/// </remarks>
public sealed class ClassificationReport
{
    /// <summary>The number of bins that calibration errors are usually given for.</summary>
    public const int DefaultBins = 15;

    private const int RowsAtOnce = 256;

    private readonly int[] _confusion;

    private ClassificationReport(int classes, int[] confusion, int rows, double crossEntropy, CalibrationBin[] bins)
    {
        Classes = classes;
        _confusion = confusion;
        Rows = rows;
        CrossEntropy = crossEntropy;
        Bins = bins;
        for (int label = 0; label < classes; label++)
        {
            Errors -= confusion[(label * classes) + label];
        }

        Errors += rows;
        foreach (CalibrationBin bin in bins)
        {
            CalibrationError += bin.Count == 0 ? 0 : (double)bin.Count / rows * Math.Abs(bin.Accuracy - bin.Confidence);
        }
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The number of rows that have a label.</summary>
    public int Rows { get; }

    /// <summary>The number of rows whose most probable class isn't theirs.</summary>
    public int Errors { get; }

    /// <summary>Errors / Rows.</summary>
    public double ErrorRate => (double)Errors / Rows;

    /// <summary>The standard error of <see cref="ErrorRate"/> over draws of test rows: sqrt(e (1 - e) / Rows).</summary>
    public double ErrorRateDeviation => Math.Sqrt(ErrorRate * (1 - ErrorRate) / Rows);

    /// <summary>The mean of -ln p(class | row), nats.</summary>
    public double CrossEntropy { get; }

    /// <summary>The expected calibration error, from 0 to 1.</summary>
    public double CalibrationError { get; }

    /// <summary>The bins of the calibration error, least confident first.</summary>
    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>How many rows of one class were taken for another.</summary>
    /// <param name="label">Their class.</param>
    /// <param name="prediction">The class that was most probable.</param>
    /// <returns>A count.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int Confusions(int label, int prediction)
    {
        Throw.IfOutside(label, 0, Classes - 1);
        Throw.IfOutside(prediction, 0, Classes - 1);
        return _confusion[(label * Classes) + prediction];
    }

    /// <summary>Looks at all rows that have a label.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="rows">The rows; those without a label are left out.</param>
    /// <param name="bins">Bins of the calibration error: at least 1.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The rows have no labels, or one isn't a class of the classifier, or another width.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ClassificationReport Run(IClassifier classifier, ILabelledRows rows, int bins = DefaultBins, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        Throw.IfLess(bins, 1);
        ClassLabels.Check(rows, classifier.Classes, allowUnlabelled: true);
        int classes = classifier.Classes;
        int[] confusion = new int[classes * classes];
        int[] counts = new int[bins];
        int[] right = new int[bins];
        double[] confidence = new double[bins];
        double loss = 0;
        int labelled = 0;
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            Matrix probabilities = new(Math.Min(RowsAtOnce, rows.Rows - first), classes);
            classifier.LogProbabilities(rows, first, probabilities);
            ReadOnlySpan<byte> labels = rows.Labels.Span.Slice(first, probabilities.Rows);
            for (int row = 0; row < labels.Length; row++)
            {
                if (labels[row] == ClassLabels.Unlabelled)
                {
                    continue;
                }

                ReadOnlySpan<float> logs = probabilities.Row(row);
                int best = Largest(logs);
                double largest = DoubleMath.Exp(logs[best]);
                int bin = Math.Clamp((int)Math.Ceiling(largest * bins) - 1, 0, bins - 1);
                confusion[(labels[row] * classes) + best]++;
                counts[bin]++;
                right[bin] += best == labels[row] ? 1 : 0;
                confidence[bin] += largest;
                loss -= logs[labels[row]];
                labelled++;
            }
        }

        CalibrationBin[] found = new CalibrationBin[bins];
        for (int bin = 0; bin < bins; bin++)
        {
            found[bin] = new CalibrationBin(counts[bin], confidence[bin] / counts[bin], (double)right[bin] / counts[bin]);
        }

        return new ClassificationReport(classes, confusion, labelled, loss / labelled, found);
    }

    /// <summary>The place of the largest number, the first of several.</summary>
    internal static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
