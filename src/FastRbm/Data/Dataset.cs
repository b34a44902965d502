using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Data;

/// <summary>Rows of numbers, from 0 to 1 or any (<see cref="RealDataset"/>), with a name and, where they have them, an image shape and class labels; values may be missing.</summary>
/// <remarks>
/// Immutable, safe to read from many threads. <see cref="BitDataset"/> keeps one bit a value, <see cref="GreyDataset"/> a byte or
/// a float; where values are missing, a bit a value more says which. What a row holds doesn't depend on how it is kept.
/// </remarks>
public abstract partial class Dataset : IPartialRows, ILabelledRows
{
    private readonly byte[] _labels;
    private readonly byte[]? _observed;
    private string? _fingerprint;

    /// <summary>Checks and keeps what all data sets have.</summary>
    private protected Dataset(string name, int rows, int columns, ImageShape? shape, ReadOnlySpan<byte> labels, byte[]? observed)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Throw.IfLess(rows, 1);
        Throw.IfLess(columns, 1);
        ImageShape image = shape ?? ImageShape.Line(columns);
        if (image.Height < 1 || image.Width < 1 || image.Pixels != columns)
        {
            Throw.Argument(nameof(shape), $"an image of {columns} pixels, as many as there are columns", image.ToString());
        }

        if (!labels.IsEmpty)
        {
            Throw.IfLengthDiffers(labels.Length, rows, nameof(labels));
        }

        if (observed is not null)
        {
            if (observed.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                Throw.Input(name, "at least 1 observed value", $"{rows} x {columns} missing ones");
            }

            long count = 0;
            foreach (byte some in observed)
            {
                count += BitOperations.PopCount(some);
            }

            MissingValues = ((long)rows * columns) - count;
            _observed = MissingValues == 0 ? null : observed;
        }

        Name = name;
        Rows = rows;
        Columns = columns;
        Shape = image;
        _labels = labels.ToArray();
    }

    /// <summary>What the rows are called in messages: a data set's name with its split, or a path.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public abstract bool IsBinary { get; }

    /// <summary>How a row lies as an image; 1 x Columns when rows aren't images.</summary>
    public ImageShape Shape { get; }

    /// <summary>The class of each row; empty when there are no classes.</summary>
    public ReadOnlyMemory<byte> Labels => _labels;

    /// <summary>How many values are missing.</summary>
    public long MissingValues { get; }

    /// <inheritdoc/>
    public bool HasMissing => _observed is not null;

    /// <summary>The bytes that values and labels take, and the bits of what is missing.</summary>
    public long MemoryBytes => ValueBytes + _labels.Length + (_observed?.LongLength ?? 0);

    /// <summary>A bit a value, 1 where it is observed, as <see cref="BitDataset"/> packs rows; null when no value is missing.</summary>
    private protected byte[]? Observed => _observed;

    /// <summary>The bytes that the values take.</summary>
    private protected abstract long ValueBytes { get; }

    /// <inheritdoc/>
    public abstract void CopyBits(int row, Span<ulong> destination);

    /// <inheritdoc/>
    public abstract void CopyMeans(int row, Span<float> destination);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than ceil(Columns / 64).</exception>
    public void CopyObserved(int row, Span<ulong> destination)
    {
        CheckRow(row);
        Throw.IfLengthDiffers(destination.Length, BitMatrix.WordsFor(Columns), nameof(destination));
        if (_observed is null)
        {
            destination.Fill(ulong.MaxValue);
            destination[^1] &= BitMatrix.LastWordMask(Columns);
            return;
        }

        int rowBytes = BitDataset.BytesFor(Columns);
        BitDataset.Unpack(_observed.AsSpan(row * rowBytes, rowBytes), destination);
    }

    /// <summary>The same rows with only some of the values: those that are observed here and by the mask.</summary>
    /// <param name="observed">A row for each row, or one for all: 1 where a value stays.</param>
    /// <returns>A copy, in which the other values are missing.</returns>
    /// <exception cref="ArgumentException">The mask has another shape.</exception>
    /// <exception cref="InvalidInputException">No value would be left.</exception>
    public Dataset Observe(BitMatrix observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (observed.Columns != Columns || (observed.Rows != Rows && observed.Rows != 1))
        {
            Throw.Argument(nameof(observed), $"a mask of {Rows} x {Columns} or 1 x {Columns}", $"{observed.Rows} x {observed.Columns}");
        }

        return Observe((row, words) => observed.Row(observed.Rows == 1 ? 0 : row).CopyTo(words));
    }

    /// <summary>The same rows with values hidden at random, each with the same probability: for experiments with missing values.</summary>
    /// <param name="share">The probability that a value is hidden: 0 to 1.</param>
    /// <param name="seed">The seed: what is hidden is a function of seed, row and column.</param>
    /// <returns>A copy, in which hidden values are missing.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> isn't from 0 to 1.</exception>
    /// <exception cref="InvalidInputException">No value would be left.</exception>
    public Dataset Hide(double share, ulong seed)
    {
        Throw.IfOutside(share, 0, 1);
        return Observe((row, words) =>
        {
            RandomStream stream = new(seed, StreamPurpose.HiddenValues, 0, row);
            words.Clear();
            for (int column = 0; column < Columns; column++)
            {
                words[column >> 6] |= (stream.Bits(column) * (1.0 / 4294967296.0) < share ? 0UL : 1) << (column & 63);
            }
        });
    }

    /// <summary>
    /// The same rows with each missing value replaced by the mean of its column over the observed ones: what is often done, and a baseline
    /// for what should be done.
    /// </summary>
    /// <returns>Rows without missing values; a value that is observed in no row becomes one half. These rows if no value is missing.</returns>
    public Dataset FillMeans()
    {
        if (!HasMissing)
        {
            return this;
        }

        float[] values = new float[Rows * Columns];
        ulong[] observed = new ulong[BitMatrix.WordsFor(Columns)];
        double[] sums = new double[Columns];
        int[] counts = new int[Columns];
        for (int row = 0; row < Rows; row++)
        {
            Span<float> means = values.AsSpan(row * Columns, Columns);
            CopyMeans(row, means);
            CopyObserved(row, observed);
            for (int column = 0; column < Columns; column++)
            {
                sums[column] += means[column];
                bool known = (observed[column >> 6] >> (column & 63) & 1) != 0;
                counts[column] += known ? 1 : 0;
                means[column] = known ? means[column] : float.NaN;
            }
        }

        for (int i = 0; i < values.Length; i++)
        {
            int column = i % Columns;
            double mean = counts[column] == 0 ? 0.5 : sums[column] / counts[column];
            values[i] = float.IsNaN(values[i]) ? (float)mean : values[i];
        }

        return this is RealDataset
            ? new RealDataset(Name, Rows, Columns, values, Shape, _labels)
            : new GreyDataset(Name, Rows, Columns, values, Shape, _labels);
    }

    /// <summary>
    /// A hash of the numbers: the same rows give the same fingerprint, whichever file format, compression or storage they came
    /// from. Name, shape and labels don't count; which values are missing does.
    /// </summary>
    /// <remarks>
    /// SHA-256 over rows, columns (32-bit little-endian), one byte for the form, and the values row by row: form 0, if all are 0 or
    /// 1, packed bits (first column in bit 0, ceil(columns / 8) bytes a row); else form 1, 32-bit little-endian floats. Where values
    /// are missing, they count as 0, the form is 2 more, and packed bits follow, 1 for observed. Computed at the first call (a
    /// pass over the values), then kept. Thread-safe.
    /// </remarks>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string Fingerprint() => _fingerprint ??= ComputeFingerprint();

    /// <summary>The first rows, with their labels, as a data set of its own.</summary>
    /// <param name="rows">How many rows, from 1 to Rows.</param>
    /// <returns>A copy; this data set itself when all rows are asked for.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is less than 1 or more than there are.</exception>
    public Dataset Take(int rows)
    {
        if (rows < 1 || rows > Rows)
        {
            Throw.OutOfRange(nameof(rows), $"1 to {Rows} rows of {Name}", rows);
        }

        return rows == Rows ? this : TakeCopy(rows);
    }

    /// <summary>A copy of the first rows.</summary>
    private protected abstract Dataset TakeCopy(int rows);

    /// <summary>A copy with other values missing, whose bits it takes over.</summary>
    private protected abstract Dataset WithObserved(byte[] observed);

    /// <summary>The bits of the first rows that say what is observed; null if no value is missing.</summary>
    private protected byte[]? ObservedOf(int rows) => _observed?[..(rows * BitDataset.BytesFor(Columns))];

    /// <summary>The labels of the first rows, none if there are none.</summary>
    private protected ReadOnlySpan<byte> LabelsOf(int rows) => _labels.Length == 0 ? [] : _labels.AsSpan(0, rows);

    /// <summary>Refuses a row that there isn't.</summary>
    private protected void CheckRow(int row)
    {
        if ((uint)row >= (uint)Rows)
        {
            Throw.OutOfRange(nameof(row), $"0 to {Rows - 1}", row);
        }
    }

    /// <summary>Refuses a column that there isn't.</summary>
    private protected void CheckColumn(int column)
    {
        if ((uint)column >= (uint)Columns)
        {
            Throw.OutOfRange(nameof(column), $"0 to {Columns - 1}", column);
        }
    }

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32LittleEndian(head, Rows);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Columns);
        head[8] = (byte)((IsBinary ? 0 : 1) + (HasMissing ? 2 : 0));
        hash.AppendData(head);
        if (IsBinary)
        {
            ulong[] words = new ulong[Memory.BitMatrix.WordsFor(Columns)];
            byte[] bytes = new byte[words.Length * sizeof(ulong)];
            for (int row = 0; row < Rows; row++)
            {
                CopyBits(row, words);
                for (int i = 0; i < words.Length; i++)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), words[i]);
                }

                hash.AppendData(bytes, 0, BitDataset.BytesFor(Columns));
            }
        }
        else
        {
            float[] values = new float[Columns];
            byte[] bytes = new byte[1024 * sizeof(float)];
            for (int row = 0; row < Rows; row++)
            {
                CopyMeans(row, values);
                int used = 0;
                foreach (float value in values)
                {
                    if (used == bytes.Length)
                    {
                        hash.AppendData(bytes);
                        used = 0;
                    }

                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(used), value);
                    used += sizeof(float);
                }

                hash.AppendData(bytes, 0, used);
            }
        }

        hash.AppendData(_observed ?? []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Dataset Observe(RowMask mask)
    {
        int rowBytes = BitDataset.BytesFor(Columns);
        byte[] observed = new byte[Rows * rowBytes];
        ulong[] words = new ulong[BitMatrix.WordsFor(Columns)];
        ulong[] before = new ulong[words.Length];
        for (int row = 0; row < Rows; row++)
        {
            mask(row, words);
            CopyObserved(row, before);
            for (int i = 0; i < rowBytes; i++)
            {
                observed[(row * rowBytes) + i] = (byte)((words[i >> 3] & before[i >> 3]) >> (8 * (i & 7)));
            }
        }

        return WithObserved(observed);
    }

    /// <summary>Writes which values of a row stay.</summary>
    private delegate void RowMask(int row, Span<ulong> words);
}
