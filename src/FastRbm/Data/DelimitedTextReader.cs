using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Reads rows of numbers from text, plain or gzip-compressed: one row a line.</summary>
/// <remarks>
/// Numbers are separated by commas, by semicolons, or by spaces and tabs; the first row decides which, for the whole file.
/// Numbers are written as in C# and JSON (decimal point), whatever the computer's language. Blank lines and lines that start
/// with # are skipped. Stateless: thread-safe.
/// </remarks>
public static class DelimitedTextReader
{
    /// <summary>Reads rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the numbers mean; divisor 1 and no labels if null.</param>
    /// <param name="name">What to call the rows in messages; the path if null.</param>
    /// <returns>
    /// A <see cref="BitDataset"/> if all values are 0 or 1 after division, else a <see cref="GreyDataset"/>; a <see cref="RealDataset"/> where any
    /// numbers are allowed.
    /// </returns>
    /// <exception cref="InvalidInputException">
    /// The file can't be read; a row has another width than the first; something isn't a number; a value divided isn't in [0, 1].
    /// </exception>
    /// <exception cref="ArgumentException">The divisor isn't positive and finite.</exception>
    public static Dataset Read(string path, DelimitedTextOptions? options = null, string? name = null)
    {
        using var input = InputFile.Open(path);
        return Read(input, options ?? new DelimitedTextOptions(), name ?? path);
    }

    /// <summary>Reads rows from an opened file.</summary>
    internal static Dataset Read(InputFile input, DelimitedTextOptions options, string name)
    {
        if (!(options.Divisor > 0 && double.IsFinite(options.Divisor)))
        {
            Throw.OutOfRange(nameof(options.Divisor), "a positive finite number", options.Divisor);
        }

        var lines = new LineReader(input);
        List<double> numbers = [];
        List<byte> labels = [];
        double[] row = [];
        RowsBuilder? builder = null;
        byte separator = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty || line[0] == (byte)'#')
            {
                continue;
            }

            int index = builder?.Rows ?? 0;
            separator = builder is null ? FindSeparator(line) : separator;
            ReadNumbers(input.Path, line, separator, numbers, index, lines.Number, options.AllowMissing);
            int width = numbers.Count - (options.LabelColumn == LabelColumn.Last ? 1 : 0);
            if (builder is null)
            {
                row = new double[CheckWidth(input.Path, width, numbers.Count, options, lines.Number)];
                builder = new RowsBuilder(input.Path, width, int.MaxValue, options.Divisor, options.Divisor) { AllowMissing = options.AllowMissing, AnyNumbers = options.AnyNumbers };
            }
            else if (width != row.Length)
            {
                int wanted = row.Length + numbers.Count - width;
                Throw.Input(input.Path, $"{wanted} numbers, as in the first row", $"{numbers.Count}", $"row {index} (line {lines.Number})");
            }

            if (options.LabelColumn == LabelColumn.Last)
            {
                labels.Add(ReadLabel(input.Path, numbers[width], index, width, lines.Number));
            }

            numbers.CopyTo(0, row, 0, width);
            builder.Append(row, lines.Number);
        }

        if (builder is null)
        {
            Throw.Input(input.Path, "at least 1 row of numbers", "none");
        }

        return builder.Build(name, options.Shape, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(labels));
    }

    private static int CheckWidth(string path, int width, int numbers, DelimitedTextOptions options, long line)
    {
        if (width < 1)
        {
            Throw.Input(path, "values and a label", $"{numbers} number", $"row 0 (line {line})");
        }

        if (options.Shape is { } shape && shape.Pixels != width)
        {
            Throw.Input(path, $"{shape.Pixels} values, an image of {shape}", $"{width}", $"row 0 (line {line})");
        }

        return width;
    }

    private static byte FindSeparator(ReadOnlySpan<byte> line) =>
        line.Contains((byte)';') ? (byte)';' : line.Contains((byte)',') ? (byte)',' : (byte)' ';

    private static void ReadNumbers(string path, ReadOnlySpan<byte> line, byte separator, List<double> numbers, int row, long lineNumber, bool allowMissing)
    {
        numbers.Clear();
        bool more = true;
        while (more)
        {
            int end = separator == (byte)' ' ? line.IndexOfAny((byte)' ', (byte)'\t') : line.IndexOf(separator);
            more = end >= 0;
            ReadOnlySpan<byte> field = (more ? line[..end] : line).Trim(" \t"u8);
            double value = double.NaN;
            if (!(allowMissing && field.IsEmpty) && !TryParse(field, out value))
            {
                string found = field.IsEmpty ? "nothing" : $"'{FoundText.Show(field)}'";
                Throw.Input(path, "a number", found, $"row {row}, column {numbers.Count} (line {lineNumber})");
            }

            numbers.Add(value);
            if (more)
            {
                line = line[(end + 1)..];
                line = separator == (byte)' ' ? line.TrimStart(" \t"u8) : line;
            }
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> field, out double value)
    {
        // Most files hold small whole numbers, which the general parser reads ten times slower.
        if (field.Length == 1 && (uint)(field[0] - '0') <= 9)
        {
            value = field[0] - '0';
            return true;
        }

        return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static byte ReadLabel(string path, double label, int row, int column, long line)
    {
        if (!(label is >= 0 and <= 255 && label == Math.Floor(label)))
        {
            string found = label.ToString(CultureInfo.InvariantCulture);
            Throw.Input(path, "a label, a whole number from 0 to 255", found, $"row {row}, column {column} (line {line})");
        }

        return (byte)label;
    }
}
