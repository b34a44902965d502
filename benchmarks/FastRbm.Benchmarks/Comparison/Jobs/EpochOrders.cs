using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>The order in which a trainer of some seed takes the rows in each epoch, so that others can take the same minibatches.</summary>
/// <remarks>It is observed: a tiny model is trained on the rows while they note in which order they are asked for.</remarks>
internal sealed class EpochOrders : IDisposable
{
    private readonly string _folder;
    private readonly NotingRows _rows;
    private readonly Trainer _trainer;
    private readonly List<int[]> _orders = [];

    /// <summary>Gets ready to observe.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="seed">The trainer's seed.</param>
    /// <param name="folder">Where orders are written for others.</param>
    public EpochOrders(BitDataset rows, ulong seed, string folder)
    {
        _folder = folder;
        _rows = new NotingRows(rows);
        _trainer = new Trainer(Rbm.Binary(rows.Columns, 1), _rows, new TrainingOptions
        {
            BatchSize = rows.Rows,
            Epochs = int.MaxValue,
            Threads = 1,
            Seed = seed,
            LearningRate = LearningRateSchedule.Constant(1e-6),
        });
    }

    /// <summary>The order of an epoch, from 0.</summary>
    public int[] this[int epoch]
    {
        get
        {
            while (_orders.Count <= epoch)
            {
                _rows.Noted = [];
                _trainer.Step();
                int[] order = [.. _rows.Noted];
                if (!order.Order().SequenceEqual(Enumerable.Range(0, _rows.Rows)))
                {
                    throw new InvalidOperationException($"epoch {_orders.Count}: expected that a trainer reads each of {_rows.Rows} rows once, found {order.Length} reads.");
                }

                File.WriteAllBytes(Name(_orders.Count), System.Runtime.InteropServices.MemoryMarshal.AsBytes(order.AsSpan()));
                _orders.Add(order);
            }

            return _orders[epoch];
        }
    }

    /// <summary>The file of an epoch's order: int32.</summary>
    public string PathOf(int epoch)
    {
        _ = this[epoch];
        return Name(epoch);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _trainer.Dispose();

    private string Name(int epoch) => Path.Combine(_folder, $"order-{_rows.Rows}-{epoch}.i32");

    private sealed class NotingRows(BitDataset rows) : IVisibleRows
    {
        public List<int> Noted { get; set; } = [];

        public int Rows => rows.Rows;

        public int Columns => rows.Columns;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination)
        {
            Noted.Add(row);
            rows.CopyBits(row, destination);
        }

        public void CopyMeans(int row, Span<float> destination) => rows.CopyMeans(row, destination);
    }
}
