using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training.Networks;

/// <summary>Loss and error of a classifier on rows with labels.</summary>
internal static class ClassifierMeasure
{
    private const int Batch = 600;

    /// <summary>Measures. Allocates a small matrix.</summary>
    public static ClassifierFigures Run(IClassifier classifier, ILabelledRows rows)
    {
        ClassLabels.Check(rows, classifier.Classes);
        Throw.IfLengthDiffers(rows.Columns, classifier.Columns, nameof(rows));
        ReadOnlySpan<byte> labels = rows.Labels.Span;
        double loss = 0;
        int errors = 0;
        Matrix block = new(Math.Min(Batch, rows.Rows), classifier.Classes);
        for (int first = 0; first < rows.Rows; first += block.Rows)
        {
            int count = Math.Min(block.Rows, rows.Rows - first);
            Matrix target = count == block.Rows ? block : new Matrix(count, classifier.Classes);
            classifier.LogProbabilities(rows, first, target);
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<float> line = target.Row(row);
                loss -= line[labels[first + row]];
                errors += MostProbable(line) != labels[first + row] ? 1 : 0;
            }
        }

        return new ClassifierFigures(loss / rows.Rows, (double)errors / rows.Rows);
    }

    /// <summary>The first of the largest values.</summary>
    public static int MostProbable(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int y = 1; y < values.Length; y++)
        {
            best = values[y] > values[best] ? y : best;
        }

        return best;
    }
}
