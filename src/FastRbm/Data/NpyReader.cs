using System.Buffers.Binary;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Reads NumPy's .npy files, versions 1 to 3, plain or gzip-compressed.</summary>
/// <remarks>
/// Row-major arrays of two dimensions (rows x columns) or three (rows x height x width). Types: |u1 (as in IDX: binary if all
/// values are 0 or 1, else divided by 255), |b1, and &lt;f4, &gt;f4, &lt;f8, &gt;f8 with values in [0, 1] (8-byte floats are
/// rounded to 4). Objects and structured types are refused. Source: NumPy Enhancement Proposal 1. Stateless: thread-safe.
/// </remarks>
public static class NpyReader
{
    private const int MaximumHeaderBytes = 10_000;
    private const int GreyDivisor = 255;

    /// <summary>The first six bytes of every .npy file.</summary>
    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call the rows in messages; the path if null.</param>
    /// <param name="allowMissing">Whether NaN is a missing value; else it is an error.</param>
    /// <param name="anyNumbers">Whether values may be any finite numbers, taken as they are; bytes too.</param>
    /// <returns>A <see cref="RealDataset"/> for any numbers, else a <see cref="BitDataset"/> if all values are 0 or 1, else a <see cref="GreyDataset"/>.</returns>
    /// <exception cref="InvalidInputException">The file can't be read, isn't such a file, or is truncated or damaged.</exception>
    public static Dataset Read(string path, string? name = null, bool allowMissing = false, bool anyNumbers = false)
    {
        using var input = InputFile.Open(path);
        return Read(input, name ?? path, allowMissing, anyNumbers);
    }

    /// <summary>Reads rows from an opened file.</summary>
    internal static Dataset Read(InputFile input, string name, bool allowMissing, bool anyNumbers)
    {
        NpyHeader header = ReadHeader(input);
        int rows = header.Shape[0];
        long columns = header.Shape.Count == 3 ? (long)header.Shape[1] * header.Shape[2] : header.Shape[1];
        int size = header.Element.Bytes;
        input.RequireLength(
            ((UInt128)rows * (UInt128)columns * (UInt128)size) + (UInt128)input.Position,
            $"a header of {input.Position} and {string.Join(" x ", header.Shape)} values of {size} bytes");
        if (columns > Array.MaxLength / size)
        {
            Throw.Input(input.Path, $"at most {Array.MaxLength / size} values a row", $"{columns}");
        }

        byte[] row = input.ReadGrowing((int)columns * size, $"row 0 of {rows}");
        double[] values = header.Element.Kind == 'f' || anyNumbers ? new double[columns] : [];
        var builder = new RowsBuilder(input.Path, (int)columns, rows, header.Element.Kind == 'u' ? GreyDivisor : 1, 1) { AllowMissing = allowMissing, AnyNumbers = anyNumbers };
        Append(builder, row, header.Element, values, input.Path);
        while (builder.Rows < rows)
        {
            input.ReadExactly(row, $"row {builder.Rows} of {rows}");
            Append(builder, row, header.Element, values, input.Path);
        }

        input.ExpectEnd();
        return builder.Build(name, header.Shape.Count == 3 ? new ImageShape(header.Shape[1], header.Shape[2]) : null, []);
    }

    private static NpyHeader ReadHeader(InputFile input)
    {
        Span<byte> start = stackalloc byte[8];
        input.ReadExactly(start, ".npy magic and version");
        if (!start.StartsWith(Magic))
        {
            Throw.Input(input.Path, "a .npy file, which starts with 0x93 NUMPY", $"'{FoundText.Show(start)}'", "byte 0");
        }

        if (start[6] is < 1 or > 3 || start[7] != 0)
        {
            Throw.Input(input.Path, ".npy version 1.0, 2.0 or 3.0", $"{start[6]}.{start[7]}", "byte 6");
        }

        Span<byte> lengthBytes = stackalloc byte[start[6] == 1 ? 2 : 4];
        input.ReadExactly(lengthBytes, "length of the .npy header");
        uint length = lengthBytes.Length == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes)
            : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaximumHeaderBytes)
        {
            Throw.Input(input.Path, $"a .npy header of at most {MaximumHeaderBytes} bytes", $"{length}", "byte 8");
        }

        byte[] text = new byte[length];
        int origin = (int)input.Position;
        input.ReadExactly(text, ".npy header");
        return NpyHeader.Parse(input.Path, text, origin);
    }

    private static void Append(RowsBuilder builder, byte[] row, NpyElement element, double[] values, string path)
    {
        if (element.Kind == 'f')
        {
            Decode(row, element, values);
            builder.Append(values);
            return;
        }

        if (builder.AnyNumbers)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = row[i];
            }

            builder.Append(values);
            return;
        }

        int wrong = element.Kind == 'b' ? row.AsSpan().IndexOfAnyExcept((byte)0, (byte)1) : -1;
        if (wrong >= 0)
        {
            Throw.Input(path, "a boolean, 0 or 1", $"{row[wrong]}", $"row {builder.Rows}, column {wrong}");
        }

        builder.Append(row);
    }

    private static void Decode(ReadOnlySpan<byte> bytes, NpyElement element, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.Slice(i * element.Bytes, element.Bytes);
            values[i] = element switch
            {
                { Bytes: 4, BigEndian: false } => BinaryPrimitives.ReadSingleLittleEndian(value),
                { Bytes: 4 } => BinaryPrimitives.ReadSingleBigEndian(value),
                { BigEndian: false } => BinaryPrimitives.ReadDoubleLittleEndian(value),
                _ => BinaryPrimitives.ReadDoubleBigEndian(value),
            };
        }
    }
}
