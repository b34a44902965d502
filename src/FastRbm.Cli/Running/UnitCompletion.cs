using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Cli.Running;

/// <summary>Rows of a table of any units whose unknown values are drawn given the known ones.</summary>
internal sealed class UnitCompletion
{
    private const int SweepsAtOnce = 10;

    private readonly Rbm _rbm;
    private readonly Dataset _states;
    private readonly BitMatrix _known;
    private readonly BitMatrix _knownUnits;

    /// <summary>Takes the rows.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="states">Rows of its states; those of unknown values don't count.</param>
    /// <param name="known">Which values of the table are known: a row for each row, or one for all.</param>
    public UnitCompletion(Rbm rbm, Dataset states, BitMatrix known)
    {
        _rbm = rbm;
        _states = states;
        _known = known;
        _knownUnits = UnitTable.SpreadMask(rbm.Visible, known);
        Rows = new Matrix(states.Rows, UnitTable.Columns(rbm.Visible));
    }

    /// <summary>The completed table: numbers are means or draws, categories the likeliest or drawn ones.</summary>
    public Matrix Rows { get; }

    /// <summary>The states or means of all units, for pictures.</summary>
    public Matrix? Units { get; private set; }

    /// <summary>Runs the chains.</summary>
    public void Run(int burnIn, int steps, bool draws, ulong seed, int threads, ProgressBar bar, CancellationToken cancellation)
    {
        using UnitChains chains = new(_rbm, _states.Rows, seed, threads);
        chains.Hold(Values(), Mask());
        Advance(chains, burnIn, bar, cancellation);
        chains.BeginMeans();
        Advance(chains, steps, bar, cancellation);
        Units = new Matrix(_states.Rows, _rbm.Visible.Count);
        for (int row = 0; row < _states.Rows; row++)
        {
            if (draws)
            {
                chains.CopyVisible(row, Units.Row(row));
            }
            else
            {
                chains.CopyMeans(row, Units.Row(row));
            }

            UnitTable.Decode(_rbm.Visible, Units.Row(row), Rows.Row(row));
        }
    }

    /// <summary>Adds how far the completed values are from the truth, where it is known.</summary>
    /// <param name="table">Where to.</param>
    /// <param name="truth">The rows' states as they are, or null where that isn't known.</param>
    public void Fill(FigureTable table, Dataset? truth)
    {
        IReadOnlyList<bool> categories = UnitTable.AreCategories(_rbm.Visible);
        float[] states = new float[_rbm.Visible.Count];
        float[] right = new float[Rows.Columns];
        long all = 0;
        long numbers = 0;
        long groups = 0;
        long wrong = 0;
        double squares = 0;
        for (int row = 0; row < Rows.Rows; row++)
        {
            if (truth is not null)
            {
                truth.CopyMeans(row, states);
                UnitTable.Decode(_rbm.Visible, states, right);
            }

            for (int column = 0; column < right.Length; column++)
            {
                if (_known[_known.Rows == 1 ? 0 : row, column])
                {
                    continue;
                }

                all++;
                double difference = (double)Rows[row, column] - right[column];
                numbers += categories[column] ? 0 : 1;
                groups += categories[column] ? 1 : 0;
                squares += categories[column] ? 0 : difference * difference;
                wrong += categories[column] && difference != 0 ? 1 : 0;
            }
        }

        table.Add("rows", Rows.Rows);
        table.Add("filled_values", all);
        if (truth is not null && groups > 0)
        {
            table.Add("filled_categories_wrong_share", (double)wrong / groups);
        }

        if (truth is not null && numbers > 0)
        {
            table.Add("filled_squared_error", squares / numbers);
        }
    }

    private static void Advance(UnitChains chains, int sweeps, ProgressBar bar, CancellationToken cancellation)
    {
        for (int done = 0; done < sweeps;)
        {
            cancellation.ThrowIfCancellationRequested();
            int next = Math.Min(SweepsAtOnce, sweeps - done);
            chains.Run(next);
            done += next;
            int shown = done;
            bar.Show((double)done / sweeps, 0, () => $"step {Numbers.Text(shown)} of {Numbers.Text(sweeps)}");
        }
    }

    private Matrix Values()
    {
        Matrix values = new(_states.Rows, _rbm.Visible.Count);
        for (int row = 0; row < values.Rows; row++)
        {
            _states.CopyMeans(row, values.Row(row));
        }

        return values;
    }

    private BitMatrix Mask()
    {
        BitMatrix mask = new(_states.Rows, _rbm.Visible.Count);
        for (int row = 0; row < mask.Rows; row++)
        {
            _knownUnits.Row(_knownUnits.Rows == 1 ? 0 : row).CopyTo(mask.Row(row));
        }

        return mask;
    }
}
