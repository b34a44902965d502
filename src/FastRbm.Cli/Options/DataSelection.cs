using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Cli.Options;

/// <summary>Opens the data that options name.</summary>
/// <param name="terminal">Told about downloads.</param>
/// <param name="directory">Where named sets are looked for first, or null.</param>
internal sealed class DataSelection(Terminal terminal, string? directory)
{
    /// <summary>The name of the data to train on when none is given: digits if they are on this machine, else the built-in strokes.</summary>
    public string Default()
    {
        string name = DatasetSource.IsLocal("mnist", new DatasetSourceOptions { DataDirectory = directory }) ? "mnist" : "strokes";
        terminal.Note($"no --data is given: training on {name}.");
        return name;
    }

    /// <summary>Opens a set and takes its first rows.</summary>
    /// <param name="nameOrPath">A name or a path.</param>
    /// <param name="limit">How many rows; null for all.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <param name="allowMissing">Whether NaN is a missing value.</param>
    /// <param name="anyNumbers">Whether a file may hold any numbers, taken as they are.</param>
    /// <returns>The rows.</returns>
    public Dataset Open(string nameOrPath, int? limit, CancellationToken cancellation, bool allowMissing = false, bool anyNumbers = false)
    {
        DatasetSourceOptions options = new() { DataDirectory = directory, Report = terminal.Note, AllowMissing = allowMissing, AnyNumbers = anyNumbers };
        Dataset data = DatasetSource.Open(nameOrPath, options, cancellation);
        if (limit is not { } rows)
        {
            return data;
        }

        return rows <= data.Rows ? data.Take(rows) : throw new UsageException($"--limit: expected at most the {data.Rows} rows of {data.Name}, found {rows}.");
    }

    /// <summary>Opens binary rows: grey levels of at least one half are on, which the user is told.</summary>
    /// <param name="nameOrPath">A name or a path.</param>
    /// <param name="limit">How many rows; null for all.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <param name="allowMissing">Whether NaN is a missing value.</param>
    /// <returns>The rows.</returns>
    public Dataset OpenBits(string nameOrPath, int? limit, CancellationToken cancellation, bool allowMissing = false)
    {
        Dataset data = Open(nameOrPath, limit, cancellation, allowMissing);
        if (!data.IsBinary)
        {
            terminal.Note($"{data.Name} has grey levels: those of at least one half count as 1.");
        }

        return ToBits(data);
    }

    /// <summary>Opens rows of states of a layer, from whatever table they are in; grey levels of at least one half are on where units are two-valued.</summary>
    /// <param name="layer">The visible layer.</param>
    /// <param name="nameOrPath">A name or a path.</param>
    /// <param name="limit">How many rows; null for all.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <param name="allowMissing">Whether NaN is a missing value.</param>
    /// <returns>The rows, a column a unit.</returns>
    public Dataset OpenStates(UnitLayer layer, string nameOrPath, int? limit, CancellationToken cancellation, bool allowMissing = false)
    {
        if (layer.Kind == UnitKind.Binary)
        {
            return OpenBits(nameOrPath, limit, cancellation, allowMissing);
        }

        Dataset table = Open(nameOrPath, limit, cancellation, allowMissing, anyNumbers: true);
        return UnitTable.Encode(layer, layer.Kind == UnitKind.Spin ? ToBits(table) : table);
    }

    /// <summary>Opens rows with a class each.</summary>
    /// <param name="nameOrPath">A name or a path.</param>
    /// <param name="labels">A file with the class of each row, an IDX file or text with one a line; null if the data have them with them.</param>
    /// <param name="limit">How many rows; null for all.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <returns>The rows with labels, of which some may be unknown.</returns>
    /// <exception cref="InvalidInputException">There are no labels, or not as many as rows, or one isn't a class.</exception>
    public Dataset OpenLabelled(string nameOrPath, string? labels, int? limit, CancellationToken cancellation)
    {
        Dataset data = Open(nameOrPath, null, cancellation);
        if (labels is not null)
        {
            byte[] classes = LabelReader.Read(labels);
            data = classes.Length == data.Rows ? data.WithLabels(classes)
                : throw new InvalidInputException(labels, $"{Numbers.Text(data.Rows)} labels, as many as {data.Name} has rows", Numbers.Text(classes.Length));
        }

        if (data.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) < 0)
        {
            throw new InvalidInputException(data.Name, "rows with classes, or --labels with a file of them", "rows without");
        }

        if (limit is not { } rows)
        {
            return data;
        }

        return rows <= data.Rows ? data.Take(rows) : throw new UsageException($"--limit: expected at most the {data.Rows} rows of {data.Name}, found {rows}.");
    }

    /// <summary>The rows as bits, on from one half.</summary>
    public static Dataset ToBits(Dataset data) => data is GreyDataset grey ? grey.Threshold() : data;

    /// <summary>Refuses rows of another width than the model's.</summary>
    /// <exception cref="InvalidInputException">The width differs.</exception>
    public static void RequireWidth(Dataset data, int visible, string of)
    {
        if (data.Columns != visible)
        {
            throw new InvalidInputException(
                data.Name, $"rows of {Numbers.Text(visible)} values, as many as {of} has", $"rows of {Numbers.Text(data.Columns)} values");
        }
    }
}
