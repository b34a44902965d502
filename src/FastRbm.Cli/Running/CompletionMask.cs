using System.Globalization;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Cli.Running;

/// <summary>Which values of rows are to be filled in, as --mask names them.</summary>
internal static class CompletionMask
{
    /// <summary>The values that are missing in the data.</summary>
    public const string Missing = "missing";

    private const string Random = "random:";
    private const ulong Seed = 0;

    /// <summary>The words that name a mask; or a file.</summary>
    public const string Help = "lower|upper|left|right|random:P|missing|FILE.npy";

    /// <summary>Which values are known: the others are to be filled in.</summary>
    /// <param name="text">What the option says, or null for a mask of nothing.</param>
    /// <param name="data">The rows.</param>
    /// <param name="shape">How a row lies as an image.</param>
    /// <returns>1 where a value is known: a row for each row, or one for all.</returns>
    /// <exception cref="UsageException">It names no mask.</exception>
    /// <exception cref="InvalidInputException">The file isn't a mask for these rows.</exception>
    public static BitMatrix Known(string? text, Dataset data, ImageShape shape)
    {
        switch (text)
        {
            case null:
                return Where(data.Columns, static _ => true);
            case "lower":
                return Where(data.Columns, i => i / shape.Width < shape.Height / 2);
            case "upper":
                return Where(data.Columns, i => i / shape.Width >= (shape.Height + 1) / 2);
            case "left":
                return Where(data.Columns, i => i % shape.Width >= (shape.Width + 1) / 2);
            case "right":
                return Where(data.Columns, i => i % shape.Width < shape.Width / 2);
            case Missing:
                return Observed(data);
            default:
                return text.StartsWith(Random, StringComparison.Ordinal) ? AtRandom(text, data) : FromFile(text, data);
        }
    }

    private static BitMatrix Where(int columns, Func<int, bool> known)
    {
        BitMatrix mask = new(1, columns);
        for (int column = 0; column < columns; column++)
        {
            mask[0, column] = known(column);
        }

        return mask;
    }

    private static BitMatrix Observed(Dataset data)
    {
        BitMatrix mask = new(data.Rows, data.Columns);
        for (int row = 0; row < data.Rows; row++)
        {
            data.CopyObserved(row, mask.Row(row));
        }

        return mask;
    }

    private static BitMatrix AtRandom(string text, Dataset data)
    {
        if (!double.TryParse(text.AsSpan(Random.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) || !(share >= 0 && share <= 1))
        {
            throw new UsageException($"--mask: expected {Random} with a number from 0 to 1, found {text}.");
        }

        BitMatrix mask = new(data.Rows, data.Columns);
        for (int row = 0; row < data.Rows; row++)
        {
            RandomStream stream = new(Seed, StreamPurpose.HiddenValues, 0, row);
            for (int column = 0; column < data.Columns; column++)
            {
                mask[row, column] = stream.Bits(column) * (1.0 / 4294967296.0) >= share;
            }
        }

        return mask;
    }

    private static BitMatrix FromFile(string path, Dataset data)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"--mask: expected {Help}, found {path}.");
        }

        Dataset file = NpyReader.Read(path);
        if (!file.IsBinary)
        {
            throw new InvalidInputException(path, "a mask of 0 and 1, 1 where a value is to be filled in", "values in between");
        }

        // A picture is a mask for all rows, and so is one row.
        bool picture = (long)file.Rows * file.Columns == data.Columns;
        bool rows = file.Columns == data.Columns && (file.Rows == 1 || file.Rows == data.Rows);
        if (!picture && !rows)
        {
            throw new InvalidInputException(
                path,
                $"a mask of 1 x {Numbers.Text(data.Columns)}, of {Numbers.Text(data.Rows)} x {Numbers.Text(data.Columns)}, or of the shape of an image",
                $"{Numbers.Text(file.Rows)} x {Numbers.Text(file.Columns)}");
        }

        BitMatrix mask = new(rows ? file.Rows : 1, data.Columns);
        float[] values = new float[file.Columns];
        for (int row = 0; row < file.Rows; row++)
        {
            file.CopyMeans(row, values);
            for (int column = 0; column < values.Length; column++)
            {
                mask[rows ? row : 0, rows ? column : (row * values.Length) + column] = values[column] == 0;
            }
        }

        return mask;
    }
}
