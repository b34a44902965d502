using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Data;

/// <summary>Binary rows, one bit a value.</summary>
/// <remarks>
/// <code>
///   row r: byte 0            byte 1           ...  byte ceil(Columns / 8) - 1
///          column 0 = bit 0  column 8 = bit 0      columns past the last are zero bits
/// </code>
/// Rows end at a byte, not at a 64-bit word as in <see cref="BitMatrix"/>: 60,000 x 784 values take 5.88 MB. Immutable, safe to
/// read from many threads.
/// </remarks>
public sealed class BitDataset : Dataset
{
    private readonly byte[] _bits;
    private readonly int _rowBytes;

    /// <summary>Takes over packed rows, whose pad bits must be zero.</summary>
    internal BitDataset(string name, int rows, int columns, byte[] bits, ImageShape? shape, ReadOnlySpan<byte> labels, byte[]? observed = null)
        : base(name, rows, columns, shape, labels, observed)
    {
        _rowBytes = BytesFor(columns);
        if (bits.Length != (long)rows * _rowBytes)
        {
            Throw.Length(nameof(bits), (long)rows * _rowBytes, bits.Length);
        }

        for (int i = 0; observed is not null && i < bits.Length; i++)
        {
            bits[i] &= observed[i];
        }

        _bits = bits;
    }

    /// <inheritdoc/>
    public override bool IsBinary => true;

    /// <inheritdoc/>
    private protected override long ValueBytes => _bits.Length;

    /// <summary>One value.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="column">From 0 to Columns - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public bool this[int row, int column]
    {
        get
        {
            CheckRow(row);
            CheckColumn(column);
            return ((_bits[(row * _rowBytes) + (column >> 3)] >> (column & 7)) & 1) != 0;
        }
    }

    /// <summary>Packs rows that are given a byte a value.</summary>
    /// <param name="name">What to call the rows in messages.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="values">rows x columns bytes, row-major, each 0 or 1; copied.</param>
    /// <param name="shape">How a row lies as an image; 1 x columns if null.</param>
    /// <param name="labels">The class of each row, or nothing; copied.</param>
    /// <returns>The rows as bits.</returns>
    /// <exception cref="InvalidInputException">A value is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException">Sizes don't fit each other.</exception>
    public static BitDataset FromBytes(
        string name, int rows, int columns, ReadOnlySpan<byte> values, ImageShape? shape = null, ReadOnlySpan<byte> labels = default)
    {
        Throw.IfLess(rows, 1);
        Throw.IfLess(columns, 1);
        if (values.Length != (long)rows * columns)
        {
            Throw.Length(nameof(values), (long)rows * columns, values.Length);
        }

        int wrong = values.IndexOfAnyExcept((byte)0, (byte)1);
        if (wrong >= 0)
        {
            Throw.Input(name, "0 or 1", $"{values[wrong]}", $"row {wrong / columns}, column {wrong % columns}");
        }

        int rowBytes = BytesFor(columns);
        byte[] bits = new byte[rows * rowBytes];
        for (int row = 0; row < rows; row++)
        {
            Pack(values.Slice(row * columns, columns), bits.AsSpan(row * rowBytes, rowBytes));
        }

        return new BitDataset(name, rows, columns, bits, shape, labels);
    }

    /// <summary>The same rows with values flipped at random, each with the same probability: for experiments with noise.</summary>
    /// <param name="rate">The probability that a value is flipped: 0 to 1.</param>
    /// <param name="seed">The seed: what is flipped is a function of seed, row and column.</param>
    /// <returns>A copy; missing values stay missing.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> isn't from 0 to 1.</exception>
    public BitDataset Flip(double rate, ulong seed)
    {
        Throw.IfOutside(rate, 0, 1);
        byte[] bits = [.. _bits];
        for (int row = 0; row < Rows; row++)
        {
            RandomStream stream = new(seed, StreamPurpose.FlippedValues, 0, row);
            for (int column = 0; column < Columns; column++)
            {
                int flip = stream.Bits(column) * (1.0 / 4294967296.0) < rate ? 1 : 0;
                bits[(row * _rowBytes) + (column >> 3)] ^= (byte)(flip << (column & 7));
            }
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
        Unpack(_bits.AsSpan(row * _rowBytes, _rowBytes), destination);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than Columns.</exception>
    public override void CopyMeans(int row, Span<float> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, Columns, nameof(destination));
        ReadOnlySpan<byte> bytes = _bits.AsSpan(row * _rowBytes, _rowBytes);
        Vector256<int> places = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        Vector256<int> one = Vector256.Create(1f).AsInt32();
        int whole = destination.Length >> 3;
        for (int i = 0; i < whole; i++)
        {
            Vector256<int> on = Vector256.Equals(Vector256.Create((int)bytes[i]) & places, places);
            (on & one).AsSingle().CopyTo(destination.Slice(8 * i, 8));
        }

        for (int column = 8 * whole; column < destination.Length; column++)
        {
            destination[column] = (bytes[column >> 3] >> (column & 7)) & 1;
        }
    }

    /// <summary>The bytes of one packed row, ceil(columns / 8).</summary>
    internal static int BytesFor(int columns) => (int)(((long)columns + 7) >> 3);

    /// <summary>Packs one row: a bit is on where the byte isn't 0. The destination must be zero.</summary>
    internal static void Pack(ReadOnlySpan<byte> values, Span<byte> destination)
    {
        for (int column = 0; column < values.Length; column++)
        {
            if (values[column] != 0)
            {
                destination[column >> 3] |= (byte)(1 << (column & 7));
            }
        }
    }

    /// <summary>Copies the bytes of a packed row to words.</summary>
    internal static void Unpack(ReadOnlySpan<byte> bytes, Span<ulong> destination)
    {
        int word = 0;
        while (bytes.Length >= sizeof(ulong))
        {
            destination[word++] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            bytes = bytes[sizeof(ulong)..];
        }

        if (!bytes.IsEmpty)
        {
            ulong last = 0;
            for (int i = 0; i < bytes.Length; i++)
            {
                last |= (ulong)bytes[i] << (8 * i);
            }

            destination[word] = last;
        }
    }

    /// <inheritdoc/>
    private protected override Dataset TakeCopy(int rows) =>
        new BitDataset(Name, rows, Columns, _bits[..(rows * _rowBytes)], Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset SelectCopy(ReadOnlySpan<int> rows) =>
        new BitDataset(Name, rows.Length, Columns, Gather(_bits, _rowBytes, rows), Shape, LabelsOf(rows), ObservedOf(rows));

    /// <inheritdoc/>
    private protected override Dataset Relabelled(ReadOnlySpan<byte> labels) =>
        new BitDataset(Name, Rows, Columns, _bits, Shape, labels, Observed);

    /// <inheritdoc/>
    private protected override Dataset WithObserved(byte[] observed) =>
        new BitDataset(Name, Rows, Columns, [.. _bits], Shape, Labels.Span, observed);
}
