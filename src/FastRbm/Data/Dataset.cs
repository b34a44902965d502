using System.Buffers.Binary;
using System.Security.Cryptography;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Data;

/// <summary>Rows of numbers in [0, 1] with a name and, where they have them, an image shape and class labels.</summary>
/// <remarks>
/// Immutable, safe to read from many threads. <see cref="BitDataset"/> keeps one bit a value, <see cref="GreyDataset"/> a byte or
/// a float. What a row holds doesn't depend on how it is kept.
/// </remarks>
public abstract class Dataset : IVisibleRows
{
    private readonly byte[] _labels;
    private string? _fingerprint;

    /// <summary>Checks and keeps what all data sets have.</summary>
    private protected Dataset(string name, int rows, int columns, ImageShape? shape, ReadOnlySpan<byte> labels)
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

    /// <summary>The bytes that values and labels take.</summary>
    public long MemoryBytes => ValueBytes + _labels.Length;

    /// <summary>The bytes that the values take.</summary>
    private protected abstract long ValueBytes { get; }

    /// <inheritdoc/>
    public abstract void CopyBits(int row, Span<ulong> destination);

    /// <inheritdoc/>
    public abstract void CopyMeans(int row, Span<float> destination);

    /// <summary>
    /// A hash of the numbers: the same rows give the same fingerprint, whichever file format, compression or storage they came
    /// from. Name, shape and labels don't count.
    /// </summary>
    /// <remarks>
    /// SHA-256 over rows, columns (32-bit little-endian), one byte for the form, and the values row by row: form 0, if all are 0 or
    /// 1, packed bits (first column in bit 0, ceil(columns / 8) bytes a row); else form 1, 32-bit little-endian floats. Computed at
    /// the first call (a pass over the values), then kept. Thread-safe.
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
        head[8] = IsBinary ? (byte)0 : (byte)1;
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

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
