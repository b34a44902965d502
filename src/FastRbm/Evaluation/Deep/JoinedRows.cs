using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Random;

namespace FastRbm.Evaluation.Deep;

/// <summary>Rows of data completed to states of all even layers of a deep Boltzmann machine, the hidden ones drawn from their mean-field means.</summary>
internal sealed class JoinedRows : IVisibleRows
{
    private const int RowsAtOnce = 256;

    private readonly BitMatrix _states;

    /// <summary>Completes some rows, spread evenly over all.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rows">Binary rows.</param>
    /// <param name="most">The most rows that are taken.</param>
    /// <param name="sweeps">Mean-field sweeps.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="threads">Threads.</param>
    public JoinedRows(DeepBoltzmannMachine machine, IVisibleRows rows, int most, int sweeps, ulong seed, int threads)
    {
        int count = Math.Min(rows.Rows, most);
        _states = new BitMatrix(count, machine.Joined.Visible.Count);
        using DeepMeanField field = new(machine, Math.Min(RowsAtOnce, count), threads);
        for (int first = 0; first < count; first += RowsAtOnce)
        {
            int some = Math.Min(RowsAtOnce, count - first);
            for (int row = 0; row < some; row++)
            {
                int source = (int)((long)(first + row) * rows.Rows / count);
                rows.CopyMeans(source, field.Even.Row(row)[..machine.Visible]);
            }

            field.Start(some);
            field.Run(sweeps);
            for (int row = 0; row < some; row++)
            {
                RandomStream stream = new(seed, StreamPurpose.BeliefUp, 0, first + row);
                ReadOnlySpan<float> means = field.Even.Row(row);
                for (int unit = 0; unit < means.Length; unit++)
                {
                    _states[first + row, unit] = stream.Uniform(unit) < means[unit];
                }
            }
        }
    }

    public int Rows => _states.Rows;

    public int Columns => _states.Columns;

    public bool IsBinary => true;

    public void CopyBits(int row, Span<ulong> destination) => _states.Row(row).CopyTo(destination);

    public void CopyMeans(int row, Span<float> destination) => LayerBits.ToFloats(_states.Row(row), 0, destination);
}
