using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;

namespace FastRbm.Cli.Demos;

/// <summary>Simple ways to repair pictures.</summary>
internal static class RepairBaselines
{
    /// <summary>The smoothed mean of each pixel: (rows that have it on + 1) / (rows + 2).</summary>
    public static float[] ColumnMeans(BitDataset rows)
    {
        float[] sums = new float[rows.Columns];
        float[] row = new float[rows.Columns];
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            for (int column = 0; column < row.Length; column++)
            {
                sums[column] += row[column];
            }
        }

        return Array.ConvertAll(sums, sum => (sum + 1) / (rows.Rows + 2));
    }

    /// <summary>What was seen.</summary>
    public static Matrix AsIs(BitDataset seen)
    {
        Matrix values = new(seen.Rows, seen.Columns);
        for (int row = 0; row < seen.Rows; row++)
        {
            seen.CopyMeans(row, values.Row(row));
        }

        return values;
    }

    /// <summary>Each pixel alone, by Bayes's rule: from its mean and what was seen through the channel.</summary>
    public static Matrix Posterior(BitDataset seen, float[] means, double rate)
    {
        Matrix values = AsIs(seen);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                double on = means[column] * (values[row, column] != 0 ? 1 - rate : rate);
                double off = (1 - means[column]) * (values[row, column] != 0 ? rate : 1 - rate);
                values[row, column] = (float)(on / (on + off));
            }
        }

        return values;
    }

    /// <summary>The share of on ones among a pixel and its eight neighbours; beyond the edge all are off.</summary>
    public static Matrix Majority(BitDataset seen)
    {
        Matrix values = new(seen.Rows, seen.Columns);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                int on = 0;
                for (int neighbour = 0; neighbour < 9; neighbour++)
                {
                    int y = (column / seen.Shape.Width) + (neighbour / 3) - 1;
                    int x = (column % seen.Shape.Width) + (neighbour % 3) - 1;
                    bool inside = y >= 0 && x >= 0 && y < seen.Shape.Height && x < seen.Shape.Width;
                    on += inside && seen[row, (y * seen.Shape.Width) + x] ? 1 : 0;
                }

                values[row, column] = on / 9f;
            }
        }

        return values;
    }

    /// <summary>What is known, and the same values for the rest of every row.</summary>
    public static Matrix Fill(BitDataset rows, BitMatrix known, float[] rest)
    {
        Matrix values = AsIs(rows);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                values[row, column] = known[0, column] ? values[row, column] : rest[column];
            }
        }

        return values;
    }

    /// <summary>What is known, and the rest of the training row that is most alike in it.</summary>
    public static Matrix Nearest(BitDataset training, BitDataset rows, BitMatrix known, int threads, CancellationToken cancellation)
    {
        int[] nearest = new int[rows.Rows];
        NearestRows.Find(NearestRows.Copy(training), NearestRows.Copy(rows), known, nearest, excludeSelf: false, threads, cancellation);
        Matrix values = AsIs(rows);
        for (int row = 0; row < values.Rows; row++)
        {
            for (int column = 0; column < values.Columns; column++)
            {
                values[row, column] = known[0, column] ? values[row, column] : training[nearest[row], column] ? 1 : 0;
            }
        }

        return values;
    }
}
