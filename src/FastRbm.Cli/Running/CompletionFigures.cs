using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Memory;

namespace FastRbm.Cli.Running;

/// <summary>How far completed rows are from the truth, where it is known.</summary>
internal static class CompletionFigures
{
    /// <summary>Adds what was filled in and what was denoised.</summary>
    /// <param name="table">Where to.</param>
    /// <param name="truth">The rows as they are, or null where that isn't known.</param>
    /// <param name="given">The rows as they were given.</param>
    /// <param name="known">Which values were given.</param>
    /// <param name="value">What a value of a row was found to be: a mean, or a drawn 0 or 1.</param>
    public static void Fill(FigureTable table, Dataset? truth, BitDataset given, BitMatrix known, Func<int, int, float> value)
    {
        Counts filled = new();
        Counts flipped = new();
        Counts good = new();
        float[] right = new float[given.Columns];
        float[] seen = new float[given.Columns];
        long changed = 0;
        for (int row = 0; row < given.Rows; row++)
        {
            given.CopyMeans(row, seen);
            truth?.CopyMeans(row, right);
            for (int column = 0; column < given.Columns; column++)
            {
                float found = value(row, column);
                bool isKnown = known[known.Rows == 1 ? 0 : row, column];
                Counts counts = !isKnown ? filled : seen[column] == right[column] ? good : flipped;
                counts.Add(right[column], found);
                changed += isKnown && (found >= 0.5f) != (seen[column] != 0) ? 1 : 0;
            }
        }

        table.Add("rows", given.Rows);
        table.Add("filled_values", filled.All);
        if (truth is not null && filled.All > 0)
        {
            table.Add("filled_wrong_share", filled.WrongShare);
            table.Add("filled_squared_error", filled.SquaredError);
        }

        long all = good.All + flipped.All;
        table.Add("given_values", all);
        table.Add("given_changed_share", all == 0 ? null : (double)changed / all);
        if (truth is not null && flipped.All > 0)
        {
            table.Add("flipped_values", flipped.All);
            table.Add("flipped_repaired_share", 1 - flipped.WrongShare);
            table.Add("good_broken_share", good.All == 0 ? null : good.WrongShare);
        }
    }

    private sealed class Counts
    {
        private double _squares;
        private long _wrong;

        public long All { get; private set; }

        public double WrongShare => (double)_wrong / All;

        public double SquaredError => _squares / All;

        public void Add(float right, float found)
        {
            All++;
            _wrong += (found >= 0.5f) != (right != 0) ? 1 : 0;
            _squares += ((double)found - right) * ((double)found - right);
        }
    }
}
