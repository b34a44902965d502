using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Data;

/// <summary>Between tables as people have them and rows of units: a category is one number in a table, and a group of one-hot columns in a row.</summary>
/// <remarks>All other kinds of units take a column each, as it is; of spins, 0 also stands for -1. Stateless: thread-safe.</remarks>
public static class UnitTable
{
    /// <summary>The columns of a table whose rows are states of a layer.</summary>
    /// <param name="layer">The layer.</param>
    public static int Columns(UnitLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Spans(layer).Count;
    }

    /// <summary>Makes a layer for a table.</summary>
    /// <param name="name">A name as <see cref="UnitLayers"/> has them; potts:K stands for K categories in every column.</param>
    /// <param name="table">The table: categories as numbers from 0, or already one-hot.</param>
    /// <returns>A layer whose states the rows are, after <see cref="Encode"/>.</returns>
    /// <exception cref="ArgumentException">There is no such kind of units, or it doesn't fit the number of columns.</exception>
    public static UnitLayer LayerFor(string name, Dataset table)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(table);
        if (!name.StartsWith("potts:", StringComparison.Ordinal) && !name.StartsWith("mixed:", StringComparison.Ordinal))
        {
            return UnitLayers.Parse(name, table.Columns);
        }

        if (name.StartsWith("potts:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int categories))
        {
            // One-hot already, or a number a column.
            return table.IsBinary && table.Columns % categories == 0 && IsOneHot(table, categories)
                ? UnitLayers.Parse(name, table.Columns)
                : UnitLayers.Parse(name, checked(table.Columns * Math.Max(1, categories)));
        }

        return UnitLayers.Parse(name, ColumnsOf(name));
    }

    /// <summary>Turns a table into rows of states of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="table">A table of <see cref="Columns"/> columns, or rows of states already.</param>
    /// <returns>Rows with a column a unit; the table itself when nothing changes. A missing category is missing in all of its columns.</returns>
    /// <exception cref="InvalidInputException">The columns are neither, or a value isn't a state; the message names row and column.</exception>
    public static Dataset Encode(UnitLayer layer, Dataset table)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(table);
        List<(int First, int Categories)> spans = Spans(layer);
        bool spins = layer.Kind == UnitKind.Spin && table.IsBinary;
        if (table.Columns == layer.Count && (spans.Count == layer.Count || table.IsBinary) && !spins)
        {
            return table;
        }

        if (table.Columns != spans.Count)
        {
            string expected = spans.Count == layer.Count ? $"{layer.Count} columns" : $"{spans.Count} columns of numbers, or {layer.Count} one-hot ones,";
            Throw.Input(table.Name, $"{expected} for {layer.Name} units", $"{table.Columns}");
        }

        float[] values = new float[(long)table.Rows * layer.Count];
        float[] row = new float[table.Columns];
        ulong[] known = new ulong[BitMatrix.WordsFor(table.Columns)];
        BitMatrix observed = new(table.Rows, layer.Count);
        for (int r = 0; r < table.Rows; r++)
        {
            table.CopyMeans(r, row);
            table.CopyObserved(r, known);
            for (int column = 0; column < row.Length; column++)
            {
                (int first, int categories) = spans[column];
                if ((known[column >> 6] >> (column & 63) & 1) == 0)
                {
                    continue;
                }

                Span<float> target = values.AsSpan((r * layer.Count) + first, Math.Max(1, categories));
                EncodeValue(table.Name, row[column], categories, target, r, column, spins);
                for (int unit = first; unit < first + target.Length; unit++)
                {
                    observed[r, unit] = true;
                }
            }
        }

        ImageShape? shape = layer.Count == table.Columns ? table.Shape : null;
        RealDataset rows = new(table.Name, table.Rows, layer.Count, values, shape, table.Labels.Span);
        Dataset states = layer.StatesAreBits && !spins ? ToBits(rows) : rows;
        return table.HasMissing ? states.Observe(observed) : states;
    }

    /// <summary>From which columns of a table are known to which units are.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="known">A row for each row of the table, or one: 1 where a value is known.</param>
    /// <returns>The same for the units: a category's columns are known together.</returns>
    public static BitMatrix SpreadMask(UnitLayer layer, BitMatrix known)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(known);
        List<(int First, int Categories)> spans = Spans(layer);
        Throw.IfLengthDiffers(known.Columns, spans.Count, nameof(known));
        BitMatrix units = new(known.Rows, layer.Count);
        for (int row = 0; row < known.Rows; row++)
        {
            for (int column = 0; column < spans.Count; column++)
            {
                for (int k = 0; k < Math.Max(1, spans[column].Categories); k++)
                {
                    units[row, spans[column].First + k] = known[row, column];
                }
            }
        }

        return units;
    }

    /// <summary>The first unit of each column of a table.</summary>
    /// <param name="layer">The layer.</param>
    public static IReadOnlyList<int> FirstUnits(UnitLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return [.. Spans(layer).Select(static span => span.First)];
    }

    /// <summary>Whether each column of a table is a category, whose numbers can only be right or wrong.</summary>
    /// <param name="layer">The layer.</param>
    public static IReadOnlyList<bool> AreCategories(UnitLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return [.. Spans(layer).Select(static span => span.Categories > 0)];
    }

    /// <summary>Spins as bits, 1 for up.</summary>
    /// <param name="table">Rows of -1 and 1, or of 0 and 1.</param>
    /// <returns>Binary rows.</returns>
    /// <exception cref="InvalidInputException">A value is neither; the message names row and column.</exception>
    public static BitDataset SpinBits(Dataset table)
    {
        ArgumentNullException.ThrowIfNull(table);
        float[] values = new float[table.Rows * table.Columns];
        for (int row = 0; row < table.Rows; row++)
        {
            table.CopyMeans(row, values.AsSpan(row * table.Columns, table.Columns));
        }

        float down = table.IsBinary ? 0 : -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] != down && values[i] != 1)
            {
                Throw.Input(table.Name, "-1 or 1", values[i].ToString(CultureInfo.InvariantCulture), $"row {i / table.Columns}, column {i % table.Columns}");
            }

            values[i] = values[i] > 0 ? 1 : 0;
        }

        return ToBits(new RealDataset(table.Name, table.Rows, table.Columns, values, table.Shape, table.Labels.Span));
    }

    /// <summary>Turns a row of states into a row of a table: the number of the category for its one-hot columns.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="states">As many as there are units. Of means, the category with the largest is taken.</param>
    /// <param name="row">As many as the table has columns, written.</param>
    public static void Decode(UnitLayer layer, ReadOnlySpan<float> states, Span<float> row)
    {
        ArgumentNullException.ThrowIfNull(layer);
        List<(int First, int Categories)> spans = Spans(layer);
        Throw.IfLengthDiffers(states.Length, layer.Count, nameof(states));
        Throw.IfLengthDiffers(row.Length, spans.Count, nameof(row));
        for (int column = 0; column < row.Length; column++)
        {
            (int first, int categories) = spans[column];
            row[column] = states[first];
            if (categories > 0)
            {
                int largest = 0;
                for (int k = 1; k < categories; k++)
                {
                    largest = states[first + k] > states[first + largest] ? k : largest;
                }

                row[column] = largest;
            }
        }
    }

    /// <summary>The units of each column of a table: the first one, and the number of categories or 0.</summary>
    private static List<(int First, int Categories)> Spans(UnitLayer layer)
    {
        List<(int First, int Categories)> spans = [];
        Add(layer, 0, spans);
        return spans;
    }

    private static void Add(UnitLayer layer, int first, List<(int First, int Categories)> spans)
    {
        switch (layer)
        {
            case MixedLayer mixed:
                foreach (UnitLayer part in mixed.Parts)
                {
                    Add(part, first, spans);
                    first += part.Count;
                }

                break;
            case PottsLayer potts:
                foreach (int categories in potts.Categories)
                {
                    spans.Add((first, categories));
                    first += categories;
                }

                break;
            default:
                for (int unit = 0; unit < layer.Count; unit++)
                {
                    spans.Add((first + unit, 0));
                }

                break;
        }
    }

    private static void EncodeValue(string source, float value, int categories, Span<float> target, int row, int column, bool spins)
    {
        if (categories == 0)
        {
            target[0] = spins ? (2 * value) - 1 : value;
            return;
        }

        if (!(value >= 0 && value < categories && value == MathF.Floor(value)))
        {
            Throw.Input(source, $"a category, a whole number from 0 to {categories - 1}", value.ToString(CultureInfo.InvariantCulture), $"row {row}, column {column}");
        }

        target[(int)value] = 1;
    }

    private static BitDataset ToBits(RealDataset rows)
    {
        byte[] bits = new byte[rows.Rows * BitDataset.BytesFor(rows.Columns)];
        float[] row = new float[rows.Columns];
        byte[] on = new byte[rows.Columns];
        int rowBytes = BitDataset.BytesFor(rows.Columns);
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            for (int column = 0; column < row.Length; column++)
            {
                if (row[column] is not (0 or 1))
                {
                    Throw.Input(rows.Name, "0 or 1", row[column].ToString(CultureInfo.InvariantCulture), $"row {r}, column {column}");
                }

                on[column] = (byte)row[column];
            }

            BitDataset.Pack(on, bits.AsSpan(r * rowBytes, rowBytes));
        }

        return new BitDataset(rows.Name, rows.Rows, rows.Columns, bits, rows.Shape, rows.Labels.Span);
    }

    private static bool IsOneHot(Dataset table, int categories)
    {
        if (categories < 2)
        {
            return false;
        }

        float[] row = new float[table.Columns];
        for (int r = 0; r < table.Rows; r++)
        {
            table.CopyMeans(r, row);
            for (int first = 0; first < row.Length; first += categories)
            {
                if (row.AsSpan(first, categories).Count(1f) != 1)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>How many units a name with its own numbers speaks of.</summary>
    private static int ColumnsOf(string name)
    {
        if (name.StartsWith("mixed:", StringComparison.Ordinal))
        {
            int sum = 0;
            foreach (string part in name[6..].Split(';'))
            {
                int bracket = part.LastIndexOf('[');
                sum += bracket >= 0 && part.EndsWith(']') && int.TryParse(part.AsSpan(bracket + 1, part.Length - bracket - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 1;
            }

            return sum;
        }

        int columns = 0;
        foreach (string run in name[6..].Split(','))
        {
            string[] sides = run.Split('x');
            bool whole = int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int categories);
            int groups = 1;
            whole &= sides.Length == 1 || int.TryParse(sides[^1], NumberStyles.None, CultureInfo.InvariantCulture, out groups);
            columns += whole && (long)categories * groups < 1 << 24 ? categories * groups : 1;
        }

        return Math.Max(1, columns);
    }
}
