using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Models;

namespace FastRbm.Cli.Families.Classification;

/// <summary>Data of which only some rows keep their labels: for experiments.</summary>
internal static class FewLabels
{
    /// <summary>Keeps the labels of so many rows of each class.</summary>
    /// <param name="data">Rows with labels.</param>
    /// <param name="perClass">How many of each class.</param>
    /// <param name="draw">Which: those after draw x perClass others of the class.</param>
    /// <returns>The same rows.</returns>
    /// <exception cref="UsageException">A class hasn't so many.</exception>
    public static Dataset Keep(Dataset data, int perClass, int draw)
    {
        byte[] labels = data.Labels.ToArray();
        int[] counts = new int[ClassLabels.Unlabelled];
        long first = (long)draw * perClass;
        for (int row = 0; row < labels.Length; row++)
        {
            byte label = labels[row];
            if (label == ClassLabels.Unlabelled)
            {
                continue;
            }

            int before = counts[label]++;
            if (before < first || before >= first + perClass)
            {
                labels[row] = ClassLabels.Unlabelled;
            }
        }

        int classes = ClassLabels.Count(data);
        for (int y = 0; y < classes; y++)
        {
            if (counts[y] < first + perClass)
            {
                throw new UsageException($"--labelled: expected at most the {Numbers.Text(counts[y])} labelled rows of class {Numbers.Text(y)}, found {Numbers.Text(first + perClass)}.");
            }
        }

        return data.WithLabels(labels);
    }
}
