using System.Buffers.Binary;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Reads IDX files, the format of MNIST: plain or gzip-compressed, told apart by content.</summary>
/// <remarks>
/// <code>
///   0 0 type rank | size of each dimension, 32-bit big-endian | values, row-major
/// </code>
/// Only type 0x08 (unsigned bytes). If all values are 0 or 1 the rows are binary; else values are divided by 255. Source: the
/// format note of the MNIST database (LeCun, Cortes and Burges). Stateless: thread-safe.
/// </remarks>
public static class IdxReader
{
    private const int GreyDivisor = 255;

    /// <summary>Reads rows: rank 2 (rows x columns) or rank 3 (rows x height x width).</summary>
    /// <param name="path">The file.</param>
    /// <param name="labelsPath">A rank 1 file with the class of each row; null for no labels.</param>
    /// <param name="name">What to call the rows in messages; the path if null.</param>
    /// <returns>A <see cref="BitDataset"/> if all values are 0 or 1 (or 0 or 255), else a <see cref="GreyDataset"/>.</returns>
    /// <exception cref="InvalidInputException">A file can't be read, isn't such a file, or is truncated or damaged.</exception>
    public static Dataset Read(string path, string? labelsPath = null, string? name = null)
    {
        using var input = InputFile.Open(path);
        return Read(input, labelsPath, name ?? path);
    }

    /// <summary>Reads labels: a rank 1 file of unsigned bytes.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A new array, one byte a row.</returns>
    /// <exception cref="InvalidInputException">The file can't be read, isn't such a file, or is truncated or damaged.</exception>
    public static byte[] ReadLabels(string path)
    {
        using var input = InputFile.Open(path);
        return ReadLabels(input);
    }

    /// <summary>Reads labels from an opened file.</summary>
    internal static byte[] ReadLabels(InputFile input)
    {
        int[] sizes = ReadHeader(input, 1, 1, "labels, rank 1");

        byte[] labels = input.ReadGrowing(sizes[0], "labels");
        input.ExpectEnd();
        return labels;
    }

    /// <summary>Whether a content starts like an IDX file: two zero bytes, a known type, a rank.</summary>
    internal static bool Recognises(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && head[0] == 0 && head[1] == 0 && head[2] is >= 0x08 and <= 0x0E && head[3] is >= 1 and <= 8;

    /// <summary>Reads rows from an opened file.</summary>
    internal static Dataset Read(InputFile input, string? labelsPath, string name)
    {
        int[] sizes = ReadHeader(input, 2, 3, "rows, rank 2 or 3");
        int rows = sizes[0];
        long columns = sizes.Length == 3 ? (long)sizes[1] * sizes[2] : sizes[1];
        if (columns > Array.MaxLength)
        {
            Throw.Input(input.Path, $"at most {Array.MaxLength} values a row", $"{columns}", "byte 8");
        }

        byte[] row = input.ReadGrowing((int)columns, $"row 0 of {rows}");
        var builder = new RowsBuilder(input.Path, row.Length, rows, GreyDivisor, 1);
        builder.Append(row);
        while (builder.Rows < rows)
        {
            input.ReadExactly(row, $"row {builder.Rows} of {rows}");
            builder.Append(row);
        }

        input.ExpectEnd();
        byte[] labels = labelsPath is null ? [] : ReadLabels(labelsPath);
        if (labelsPath is not null && labels.Length != rows)
        {
            Throw.Input(labelsPath, $"{rows} labels, as many as there are rows in {input.Path}", $"{labels.Length}");
        }

        return builder.Build(name, sizes.Length == 3 ? new ImageShape(sizes[1], sizes[2]) : null, labels);
    }

    private static int[] ReadHeader(InputFile input, int minimumRank, int maximumRank, string content)
    {
        Span<byte> four = stackalloc byte[4];
        input.ReadExactly(four, "IDX magic number");
        if (four[0] != 0 || four[1] != 0)
        {
            Throw.Input(input.Path, "an IDX file, which starts with two zero bytes", $"0x{four[0]:X2} 0x{four[1]:X2}", "byte 0");
        }

        if (four[2] != 0x08)
        {
            Throw.Input(input.Path, "IDX type 0x08 (unsigned bytes)", $"type 0x{four[2]:X2}", "byte 2");
        }

        if (four[3] < minimumRank || four[3] > maximumRank)
        {
            Throw.Input(input.Path, $"an IDX file of {content}", $"rank {four[3]}", "byte 3");
        }

        int[] sizes = new int[four[3]];
        UInt128 total = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            input.ReadExactly(four, $"size of dimension {i}");
            uint size = BinaryPrimitives.ReadUInt32BigEndian(four);
            if (size is < 1 or > int.MaxValue)
            {
                Throw.Input(input.Path, $"a size of dimension {i} from 1 to {int.MaxValue}", $"{size}", $"byte {4 + (4 * i)}");
            }

            sizes[i] = (int)size;
            total *= size;
        }

        input.RequireLength(total + (UInt128)input.Position, $"a header of {input.Position} and {string.Join(" x ", sizes)} values");
        return sizes;
    }
}
