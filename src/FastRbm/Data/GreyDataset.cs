using System.Globalization;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Data;

/// <summary>Rows of numbers in [0, 1]: whole numbers with a common divisor, a byte each, or floats.</summary>
/// <remarks>Immutable, safe to read from many threads.</remarks>
public sealed class GreyDataset : Dataset
{
    private readonly byte[]? _bytes;
    private readonly float[]? _floats;

    // Value of each byte: byte / divisor, correctly rounded.
    private readonly float[]? _levels;
    private readonly int _divisor;

    /// <summary>Takes over bytes that stand for byte / divisor.</summary>
    internal GreyDataset(
        string name, int rows, int columns, byte[] bytes, int divisor, ImageShape? shape, ReadOnlySpan<byte> labels, byte[]? observed = null)
        : base(name, rows, columns, shape, labels, observed)
    {
        if (divisor is < 1 or > 255)
        {
            Throw.OutOfRange(nameof(divisor), "1 to 255", divisor);
        }

        CheckCount(bytes.Length);
        ClearMissing(bytes, observed);
        int wrong = divisor == 255 ? -1 : bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)divisor);
        if (wrong >= 0)
        {
            Throw.Input(name, $"a number from 0 to {divisor}", $"{bytes[wrong]}", Place(wrong));
        }

        _bytes = bytes;
        _divisor = divisor;
        _levels = new float[256];
        for (int i = 0; i <= divisor; i++)
        {
            _levels[i] = (float)i / divisor;
        }

        IsBinary = bytes.AsSpan().IndexOfAnyExcept((byte)0, (byte)divisor) < 0;
    }

    /// <summary>Takes over floats.</summary>
    internal GreyDataset(
        string name, int rows, int columns, float[] floats, ImageShape? shape, ReadOnlySpan<byte> labels, byte[]? observed = null)
        : base(name, rows, columns, shape, labels, observed)
    {
        CheckCount(floats.Length);
        ClearMissing(floats, observed);
        bool binary = true;
        for (int i = 0; i < floats.Length; i++)
        {
            float value = floats[i];
            if (!(value >= 0 && value <= 1))
            {
                Throw.Input(name, "a number from 0 to 1", value.ToString(CultureInfo.InvariantCulture), Place(i));
            }

            if (value == 0)
            {
                // A negative zero is the number 0 and must give the same fingerprint.
                floats[i] = 0;
            }
            else
            {
                binary &= value == 1;
            }
        }

        _floats = floats;
        IsBinary = binary;
    }

    /// <summary>Whether every value happens to be 0 or 1.</summary>
    public override bool IsBinary { get; }

    /// <inheritdoc/>
    private protected override long ValueBytes => _bytes?.LongLength ?? (_floats!.LongLength * sizeof(float));

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
            int index = (row * Columns) + column;
            return _bytes is null ? _floats![index] : _levels![_bytes[index]];
        }
    }

    /// <summary>Makes rows of byte / divisor.</summary>
    /// <param name="name">What to call the rows in messages.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="values">rows x columns bytes, row-major, each from 0 to <paramref name="divisor"/>; copied.</param>
    /// <param name="divisor">From 1 to 255.</param>
    /// <param name="shape">How a row lies as an image; 1 x columns if null.</param>
    /// <param name="labels">The class of each row, or nothing; copied.</param>
    /// <returns>The rows, a byte a value.</returns>
    /// <exception cref="InvalidInputException">A value is above the divisor.</exception>
    /// <exception cref="ArgumentException">Sizes don't fit each other.</exception>
    public static GreyDataset FromBytes(
        string name, int rows, int columns, ReadOnlySpan<byte> values, int divisor = 255, ImageShape? shape = null, ReadOnlySpan<byte> labels = default) =>
        new(name, rows, columns, values.ToArray(), divisor, shape, labels);

    /// <summary>Makes rows of floats.</summary>
    /// <param name="name">What to call the rows in messages.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="values">rows x columns numbers in [0, 1], row-major; copied.</param>
    /// <param name="shape">How a row lies as an image; 1 x columns if null.</param>
    /// <param name="labels">The class of each row, or nothing; copied.</param>
    /// <returns>The rows, a float a value.</returns>
    /// <exception cref="InvalidInputException">A value isn't a number in [0, 1].</exception>
    /// <exception cref="ArgumentException">Sizes don't fit each other.</exception>
    public static GreyDataset FromFloats(
        string name, int rows, int columns, ReadOnlySpan<float> values, ImageShape? shape = null, ReadOnlySpan<byte> labels = default) =>
        new(name, rows, columns, values.ToArray(), shape, labels);

    /// <summary>The rows as bits: on where the value is at least 0.5.</summary>
    /// <returns>Binary rows with the same name, shape and labels.</returns>
    public BitDataset Threshold()
    {
        int rowBytes = BitDataset.BytesFor(Columns);
        byte[] bits = new byte[Rows * rowBytes];
        byte[] on = new byte[Columns];
        for (int row = 0; row < Rows; row++)
        {
            int start = row * Columns;
            for (int column = 0; column < on.Length; column++)
            {
                bool isOn = _bytes is null ? _floats![start + column] >= 0.5f : 2 * _bytes[start + column] >= _divisor;
                on[column] = isOn ? (byte)1 : (byte)0;
            }

            BitDataset.Pack(on, bits.AsSpan(row * rowBytes, rowBytes));
        }

        return new BitDataset(Name, Rows, Columns, bits, Shape, Labels.Span, Observed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than ceil(Columns / 64).</exception>
    public override void CopyBits(int row, Span<ulong> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, BitMatrix.WordsFor(Columns), nameof(destination));
        if (!IsBinary)
        {
            throw new InvalidOperationException($"{Name}: expected rows of 0 and 1, found grey levels: call {nameof(Threshold)} or sample them.");
        }

        destination.Clear();
        int start = row * Columns;
        for (int column = 0; column < Columns; column++)
        {
            bool isOn = _bytes is null ? _floats![start + column] != 0 : _bytes[start + column] != 0;
            if (isOn)
            {
                destination[column >> 6] |= 1UL << (column & 63);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than Columns.</exception>
    public override void CopyMeans(int row, Span<float> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, Columns, nameof(destination));
        int start = row * Columns;
        if (_bytes is null)
        {
            _floats.AsSpan(start, Columns).CopyTo(destination);
            return;
        }

        // A quotient is rounded as the tabled level was.
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(start, Columns);
        ReadOnlySpan<float> levels = _levels;
        int done = 0;
        Vector256<float> divisor = Vector256.Create((float)_divisor);
        for (; done <= bytes.Length - Vector128<byte>.Count; done += Vector128<byte>.Count)
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Create(bytes.Slice(done, Vector128<byte>.Count)));
            (ToFloats(lower) / divisor).CopyTo(destination[done..]);
            (ToFloats(upper) / divisor).CopyTo(destination[(done + Vector256<float>.Count)..]);
        }

        for (; done < bytes.Length; done++)
        {
            destination[done] = levels[bytes[done]];
        }

        static Vector256<float> ToFloats(Vector128<ushort> values)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
            return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
        }
    }

    /// <inheritdoc/>
    private protected override Dataset TakeCopy(int rows) => _bytes is null
        ? new GreyDataset(Name, rows, Columns, _floats![..(rows * Columns)], Shape, LabelsOf(rows), ObservedOf(rows))
        : new GreyDataset(Name, rows, Columns, _bytes[..(rows * Columns)], _divisor, Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset SelectCopy(ReadOnlySpan<int> rows) => _bytes is null
        ? new GreyDataset(Name, rows.Length, Columns, Gather(_floats!, Columns, rows), Shape, LabelsOf(rows), ObservedOf(rows))
        : new GreyDataset(Name, rows.Length, Columns, Gather(_bytes, Columns, rows), _divisor, Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset Relabelled(ReadOnlySpan<byte> labels) => _bytes is null
        ? new GreyDataset(Name, Rows, Columns, _floats!, Shape, labels, Observed)
        : new GreyDataset(Name, Rows, Columns, _bytes, _divisor, Shape, labels, Observed);

    /// <inheritdoc/>
    private protected override Dataset WithObserved(byte[] observed) => _bytes is null
        ? new GreyDataset(Name, Rows, Columns, [.. _floats!], Shape, Labels.Span, observed)
        : new GreyDataset(Name, Rows, Columns, [.. _bytes], _divisor, Shape, Labels.Span, observed);

    private void ClearMissing<T>(T[] values, byte[]? observed)
        where T : struct
    {
        int rowBytes = BitDataset.BytesFor(Columns);
        for (int i = 0; observed is not null && i < values.Length; i++)
        {
            int column = i % Columns;
            if ((observed[(i / Columns * rowBytes) + (column >> 3)] >> (column & 7) & 1) == 0)
            {
                values[i] = default;
            }
        }
    }

    private void CheckCount(int found)
    {
        if (found != (long)Rows * Columns)
        {
            Throw.Length("values", (long)Rows * Columns, found);
        }
    }

    private string Place(int index) => $"row {index / Columns}, column {index % Columns}";
}
