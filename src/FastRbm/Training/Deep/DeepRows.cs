using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training.Deep;

/// <summary>What the trainers of deep models share about rows.</summary>
internal static class DeepRows
{
    /// <summary>Shuffles row numbers for an epoch (Fisher and Yates): a function of seed and epoch alone.</summary>
    public static void Shuffle(int[] order, ulong seed, int epoch)
    {
        RandomStream stream = new(seed, StreamPurpose.Shuffle, epoch, 0);
        for (int row = 0; row < order.Length; row++)
        {
            int other = stream.Below(row, row + 1);
            order[row] = order[other];
            order[other] = row;
        }
    }

    /// <summary>Refuses values that aren't means of bits.</summary>
    public static void RequireMeans(IVisibleRows rows, string name)
    {
        if (rows.IsBinary)
        {
            return;
        }

        float[] values = new float[rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, values);
            for (int column = 0; column < values.Length; column++)
            {
                if (!(values[column] >= 0 && values[column] <= 1))
                {
                    Throw.Argument(
                        name, "values from 0 to 1", string.Create(CultureInfo.InvariantCulture, $"{values[column]} at row {row}, column {column}"));
                }
            }
        }
    }

    /// <summary>The state that counters stand for, refused where no run can stand.</summary>
    public static TrainerState StateOf(double[] counters, int length, int rows, int batchSize, string name)
    {
        Throw.IfLengthDiffers(counters.Length, length, name);
        (double epoch, double first, double update) = (counters[0], counters[1], counters[2]);
        long perEpoch = (rows + batchSize - 1) / batchSize;
        bool whole = epoch is >= 0 and < int.MaxValue && epoch == Math.Floor(epoch) && first >= 0 && first < rows && first % batchSize == 0;
        if (!whole || update != (epoch * perEpoch) + Math.Floor(first / batchSize))
        {
            Throw.Argument(name, "epoch, row and update of a run", string.Create(CultureInfo.InvariantCulture, $"{epoch}, {first} and {update}"));
        }

        return new TrainerState((int)epoch, (int)first, (long)update);
    }
}
