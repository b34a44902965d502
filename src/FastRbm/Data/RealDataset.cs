using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Rows of any finite numbers: measurements, counts, category numbers.</summary>
/// <remarks>Immutable, safe to read from many threads.</remarks>
public sealed class RealDataset : Dataset
{
    private readonly float[] _values;

    /// <summary>Takes over numbers.</summary>
    internal RealDataset(string name, int rows, int columns, float[] values, ImageShape? shape, ReadOnlySpan<byte> labels, byte[]? observed = null)
        : base(name, rows, columns, shape, labels, observed)
    {
        if (values.Length != (long)rows * columns)
        {
            Throw.Length(nameof(values), (long)rows * columns, values.Length);
        }

        bool binary = true;
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / columns;
            int column = i % columns;
            if (observed is not null && (observed[(row * BitDataset.BytesFor(columns)) + (column >> 3)] >> (column & 7) & 1) == 0)
            {
                values[i] = 0;
            }

            if (!float.IsFinite(values[i]))
            {
                Throw.Input(name, "a finite number", values[i].ToString(CultureInfo.InvariantCulture), $"row {row}, column {column}");
            }

            // A negative zero is the number 0 and must give the same fingerprint.
            values[i] += 0f;
            binary &= values[i] is 0 or 1;
        }

        _values = values;
        IsBinary = binary;
    }

    /// <summary>Whether every value happens to be 0 or 1.</summary>
    public override bool IsBinary { get; }

    /// <inheritdoc/>
    private protected override long ValueBytes => _values.LongLength * sizeof(float);

    /// <summary>One value.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="column">From 0 to Columns - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public float this[int row, int column]
    {
        get
        {
            CheckRow(row);
            CheckColumn(column);
            return _values[(row * Columns) + column];
        }
    }

    /// <summary>Makes rows of numbers.</summary>
    /// <param name="name">What to call the rows in messages.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="values">rows x columns finite numbers, row-major; copied.</param>
    /// <param name="shape">How a row lies as an image; 1 x columns if null.</param>
    /// <param name="labels">The class of each row, or nothing; copied.</param>
    /// <returns>The rows, a float a value.</returns>
    /// <exception cref="InvalidInputException">A value isn't finite.</exception>
    /// <exception cref="ArgumentException">Sizes don't fit each other.</exception>
    public static RealDataset FromFloats(
        string name, int rows, int columns, ReadOnlySpan<float> values, ImageShape? shape = null, ReadOnlySpan<byte> labels = default) =>
        new(name, rows, columns, values.ToArray(), shape, labels);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public override void CopyBits(int row, Span<ulong> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, Memory.BitMatrix.WordsFor(Columns), nameof(destination));
        if (!IsBinary)
        {
            throw new InvalidOperationException($"{Name}: expected rows of 0 and 1, found other numbers.");
        }

        destination.Clear();
        for (int column = 0; column < Columns; column++)
        {
            destination[column >> 6] |= (_values[(row * Columns) + column] != 0 ? 1UL : 0) << (column & 63);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public override void CopyMeans(int row, Span<float> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, Columns, nameof(destination));
        _values.AsSpan(row * Columns, Columns).CopyTo(destination);
    }

    /// <inheritdoc/>
    private protected override Dataset TakeCopy(int rows) =>
        new RealDataset(Name, rows, Columns, _values[..(rows * Columns)], Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset SelectCopy(ReadOnlySpan<int> rows) =>
        new RealDataset(Name, rows.Length, Columns, Gather(_values, Columns, rows), Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset Relabelled(ReadOnlySpan<byte> labels) =>
        new RealDataset(Name, Rows, Columns, _values, Shape, labels, Observed);

    /// <inheritdoc/>
    private protected override Dataset WithObserved(byte[] observed) =>
        new RealDataset(Name, Rows, Columns, [.. _values], Shape, Labels.Span, observed);
}
