using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Data;

/// <summary>What the columns of a table are: a line of text for each, its name and its kind.</summary>
/// <remarks>
/// <code>
///   # name   kind
///   height   gaussian
///   colour   potts:3
///   smoker   binary
///   visits   binomial:12
/// </code>
/// Names have no spaces. Columns of one kind side by side become one part of a <see cref="MixedLayer"/>. Immutable, thread-safe.
/// </remarks>
public sealed class TableSchema
{
    private readonly (string Name, string Kind)[] _columns;

    private TableSchema((string Name, string Kind)[] columns) => _columns = columns;

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(_columns, static column => column.Name);

    /// <summary>Reads a schema.</summary>
    /// <param name="path">A text file in UTF-8.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="InvalidInputException">The file can't be read, has no columns, a line isn't a name and a kind, a name comes twice, or there
    /// is no such kind; the message names the line.</exception>
    public static TableSchema Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new InvalidInputException(path, "a readable text file in UTF-8", wrong.Message);
        }

        return Parse(path, lines);
    }

    /// <summary>Makes the visible layer.</summary>
    /// <returns>A layer of one kind, or a mixed one.</returns>
    public UnitLayer CreateLayer()
    {
        List<UnitLayer> parts = [];
        for (int first = 0; first < _columns.Length;)
        {
            string kind = _columns[first].Kind;
            bool potts = IsPotts(kind);
            int end = first + 1;
            while (end < _columns.Length && (potts ? IsPotts(_columns[end].Kind) : _columns[end].Kind == kind))
            {
                end++;
            }

            parts.Add(potts
                ? new PottsLayer([.. _columns[first..end].Select(static column => Categories(column.Kind))])
                : UnitLayers.Parse(kind, end - first));
            first = end;
        }

        return parts.Count == 1 ? parts[0] : new MixedLayer([.. parts]);
    }

    /// <summary>Refuses a table that isn't of this schema.</summary>
    /// <param name="table">The table.</param>
    /// <param name="source">The schema's file, for the message.</param>
    /// <exception cref="InvalidInputException">The number of columns differs.</exception>
    public void Check(Dataset table, string source)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Columns != _columns.Length)
        {
            Throw.Input(table.Name, $"{_columns.Length} columns, as many as {source} names", $"{table.Columns}");
        }
    }

    internal static TableSchema Parse(string source, IReadOnlyList<string> lines)
    {
        List<(string Name, string Kind)> columns = [];
        for (int line = 0; line < lines.Count; line++)
        {
            string[] words = lines[line].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            string place = $"line {line + 1}";
            if (words.Length != 2)
            {
                Throw.Input(source, "a name and a kind of units", $"{words.Length} words", place);
            }

            if (columns.Exists(column => column.Name == words[0]))
            {
                Throw.Input(source, "a name for each column", $"{words[0]} again", place);
            }

            CheckKind(source, words[1], place);
            columns.Add((words[0], words[1]));
        }

        if (columns.Count == 0)
        {
            Throw.Input(source, "at least one column", "none");
        }

        return new TableSchema([.. columns]);
    }

    private static void CheckKind(string source, string kind, string place)
    {
        if (IsPotts(kind))
        {
            if (Categories(kind) is < 2 or > 1 << 20)
            {
                Throw.Input(source, "potts:K with the number of categories, at least 2", kind, place);
            }

            return;
        }

        try
        {
            UnitLayer layer = UnitLayers.Parse(kind, 1);
            if (layer.KeepsTotal || layer.Kind == UnitKind.Mixed)
            {
                Throw.Input(source, "a kind of a single column", kind, place);
            }
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException(source, "a kind of units", $"{kind} ({wrong.Message})", place);
        }
    }

    private static bool IsPotts(string kind) => kind.StartsWith("potts:", StringComparison.Ordinal);

    private static int Categories(string kind) =>
        int.TryParse(kind.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int categories) ? categories : 0;
}
