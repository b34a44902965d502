using FastRbm.Errors;

namespace FastRbm.Models.Deep;

/// <summary>Rows of data, each followed by the mean-field means of the second hidden layer of a deep Boltzmann machine: what its classifier takes.</summary>
/// <remarks>Means are kept as bytes, to the nearest 1/255. Immutable, safe to read from many threads; holds a byte a row and unit of the layer.</remarks>
public sealed class PosteriorRows : ILabelledRows
{
    private const int RowsAtOnce = 256;

    private readonly ILabelledRows _rows;
    private readonly byte[] _means;
    private readonly int _units;

    /// <summary>Computes the means of all rows.</summary>
    /// <param name="machine">The machine; what it becomes later has no effect.</param>
    /// <param name="rows">The rows, values from 0 to 1.</param>
    /// <param name="sweeps">Mean-field sweeps, at least 0.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done; or null.</param>
    /// <param name="cancellation">Asked between blocks of rows.</param>
    /// <exception cref="ArgumentException">The width isn't the machine's, or there are no rows.</exception>
    public PosteriorRows(
        DeepBoltzmannMachine machine, ILabelledRows rows, int sweeps, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        _rows = rows;
        _units = machine.Layers[2];
        _means = new byte[(long)rows.Rows * _units];
        using DeepMeanField field = new(machine, Math.Min(RowsAtOnce, rows.Rows), threads);
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int some = Math.Min(RowsAtOnce, rows.Rows - first);
            field.Start(rows, first, some);
            field.Run(sweeps);
            for (int row = 0; row < some; row++)
            {
                Round(field.Even.Row(row).Slice(machine.StartOf(2), _units), _means.AsSpan((first + row) * _units, _units));
            }

            progress?.Report((double)(first + some) / rows.Rows);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Labels => _rows.Labels;

    /// <inheritdoc/>
    public int Rows => _rows.Rows;

    /// <inheritdoc/>
    public int Columns => _rows.Columns + _units;

    /// <summary>False: means lie in between.</summary>
    public bool IsBinary => false;

    /// <inheritdoc/>
    public void CopyBits(int row, Span<ulong> destination) => throw new InvalidOperationException("bits: expected rows of bits, found means.");

    /// <inheritdoc/>
    public void CopyMeans(int row, Span<float> destination)
    {
        _rows.CopyMeans(row, destination[.._rows.Columns]);
        Spread(_means.AsSpan(row * _units, _units), destination[_rows.Columns..]);
    }

    /// <summary>Means to the nearest 1/255.</summary>
    internal static void Round(ReadOnlySpan<float> means, Span<byte> bytes)
    {
        for (int unit = 0; unit < bytes.Length; unit++)
        {
            bytes[unit] = (byte)((means[unit] * 255f) + 0.5f);
        }
    }

    /// <summary>From bytes to means.</summary>
    internal static void Spread(ReadOnlySpan<byte> bytes, Span<float> means)
    {
        for (int unit = 0; unit < bytes.Length; unit++)
        {
            means[unit] = bytes[unit] / 255f;
        }
    }
}
