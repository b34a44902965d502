using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Networks;

namespace FastRbm.Models.Deep;

/// <summary>A deep Boltzmann machine that was tuned as a classifier: mean field by the machine, then its network.</summary>
/// <remarks>Allocates with every call; one thread at a time.</remarks>
public sealed class DeepBoltzmannClassifier : IClassifier
{
    private readonly DeepBoltzmannMachine _machine;
    private readonly NetworkClassifier _network;
    private readonly int _sweeps;
    private readonly int _threads;

    /// <summary>Makes a classifier of a tuned machine.</summary>
    /// <param name="machine">The machine; its <see cref="DeepBoltzmannMachine.Classifier"/> must be there.</param>
    /// <param name="sweeps">Mean-field sweeps: those that it was tuned with.</param>
    /// <param name="threads">Threads of the mean field, at least 1.</param>
    /// <exception cref="ArgumentException">The machine has no classifier.</exception>
    public DeepBoltzmannClassifier(DeepBoltzmannMachine machine, int sweeps, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (machine.Classifier is null)
        {
            Throw.Argument(nameof(machine), "a machine with a classifier", "one without");
        }

        _machine = machine;
        _network = new NetworkClassifier(machine.Classifier);
        _sweeps = sweeps;
        _threads = threads;
    }

    /// <inheritdoc/>
    public int Columns => _machine.Visible;

    /// <inheritdoc/>
    public int Classes => _network.Classes;

    /// <inheritdoc/>
    public void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(destination);
        Throw.IfLengthDiffers(rows.Columns, Columns, nameof(rows));
        if (firstRow < 0 || destination.Rows > rows.Rows - firstRow)
        {
            Throw.OutOfRange(nameof(firstRow), $"0 to {rows.Rows - destination.Rows}", firstRow);
        }

        if (destination.Rows > 0)
        {
            _network.LogProbabilities(new PosteriorRows(_machine, new Part(rows, firstRow, destination.Rows), _sweeps, _threads), 0, destination);
        }
    }

    private sealed class Part(IVisibleRows rows, int first, int count) : ILabelledRows
    {
        public ReadOnlyMemory<byte> Labels => default;

        public int Rows => count;

        public int Columns => rows.Columns;

        public bool IsBinary => rows.IsBinary;

        public void CopyBits(int row, Span<ulong> destination) => rows.CopyBits(first + row, destination);

        public void CopyMeans(int row, Span<float> destination) => rows.CopyMeans(first + row, destination);
    }
}
