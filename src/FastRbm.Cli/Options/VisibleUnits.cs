using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Options;

/// <summary>The visible units of a run: of one kind, or by a schema; and what becomes of the data.</summary>
internal sealed class VisibleUnits
{
    private const string Binary = "binary";
    private const int MostNamed = 5;

    private readonly string _kind;
    private readonly TableSchema? _schema;
    private readonly string? _schemaPath;
    private UnitLayer? _layer;

    private VisibleUnits(string kind, TableSchema? schema, string? schemaPath)
    {
        _kind = kind;
        _schema = schema;
        _schemaPath = schemaPath;
    }

    /// <summary>Whether files may hold any numbers; binary units take those from 0 to 1.</summary>
    public bool AnyNumbers => _schema is not null || _kind != Binary;

    /// <summary>The name of the layer, once <see cref="Fit"/> has made it.</summary>
    public string Name => _layer!.Name;

    /// <summary>The number of units.</summary>
    public int Columns => _layer!.Count;

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">Both are given.</exception>
    public static VisibleUnits Read(string? kind, string? schema)
    {
        if (kind is not null && schema is not null)
        {
            throw new UsageException("--schema: expected no --visible-unit with it, since it says what each column is, found both.");
        }

        return new VisibleUnits(kind ?? Binary, schema is null ? null : TableSchema.Load(schema), schema);
    }

    /// <summary>Makes the layer for the data.</summary>
    /// <exception cref="UsageException">There is no such kind, or it doesn't fit the data's columns.</exception>
    public void Fit(Dataset data)
    {
        _schema?.Check(data, _schemaPath!);
        try
        {
            _layer = _schema?.CreateLayer() ?? UnitTable.LayerFor(_kind, data);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--visible-unit: {wrong.Message}");
        }
    }

    /// <summary>Says which real-valued columns hold one value only.</summary>
    public void NoteConstants(Dataset data, Terminal terminal)
    {
        if (!_layer!.IsUnbounded)
        {
            return;
        }

        float[] least = new float[data.Columns];
        float[] greatest = new float[data.Columns];
        float[] row = new float[data.Columns];
        for (int r = 0; r < data.Rows; r++)
        {
            data.CopyMeans(r, row);
            for (int column = 0; column < row.Length; column++)
            {
                least[column] = r == 0 ? row[column] : Math.Min(least[column], row[column]);
                greatest[column] = r == 0 ? row[column] : Math.Max(greatest[column], row[column]);
            }
        }

        int[] constant = [.. Enumerable.Range(0, row.Length).Where(column => least[column] == greatest[column])];
        if (constant.Length > 0)
        {
            string some = string.Join(", ", constant.Take(MostNamed).Select(static column => Numbers.Text(column)));
            string more = constant.Length > MostNamed ? $" and {Numbers.Text(constant.Length - MostNamed)} more" : string.Empty;
            terminal.Note($"columns {some}{more} hold one value only: they start with variance 1, and tell the model nothing.");
        }
    }

    /// <summary>Turns data into states; binary units' into bits where they are or become bits, so that they take a bit a value.</summary>
    public Dataset Prepare(Dataset data, TrainingOptions options)
    {
        if (_layer!.Kind == UnitKind.Spin && data is not RealDataset)
        {
            return DataSelection.ToBits(data);
        }

        if (_layer.Kind != UnitKind.Binary)
        {
            return UnitTable.Encode(_layer, data);
        }

        return data.IsBinary || options.Binarization == Binarization.Threshold ? DataSelection.ToBits(data) : data;
    }
}
