using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Classification;

/// <summary>rbm inspect of a classification RBM.</summary>
internal sealed class ClassificationInspectCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _images = OptionFactory.Text("--images", $"Save pictures here: filters.png, the first {Pictures.MostFilters} hidden units", "directory");
    private readonly Option<bool> _json = CommonOptions.Json();

    private ClassificationInspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        ClassificationInspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in a classification RBM: shapes, norms, histograms, metadata.")
        {
            inspect._model, inspect._images, inspect._json,
        };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        string? images = parse.GetValue(_images);
        ClassificationRbm model = ClassificationFile.Load(path);
        IReadOnlyDictionary<string, string> metadata = ClassificationFile.LoadMetadata(path);
        if (images is not null)
        {
            OutputPath.MakeDirectory(images);
            Pictures.Filters(model.Joint, PictureShape.Of(metadata, model.Columns)).SavePng(Path.Combine(images, "filters.png"));
        }

        FigureTable table = new();
        table.Add("kind", ModelKinds.Classifier);
        table.Add("columns", model.Columns);
        table.Add("classes", model.Classes);
        table.Add("hidden", model.Hidden);
        table.Add("fixed_point_bits", model.Joint.FixedPointBits);
        table.Add("input_bound", model.Joint.InputBound);
        Add(table, "weights", Values(model.Joint, 0, model.Columns));
        Add(table, "class_weights", Values(model.Joint, model.Columns, model.Classes));
        Add(table, "visible_bias", Doubles(model.VisibleBias));
        Add(table, "class_bias", Doubles(model.ClassBias));
        Add(table, "hidden_bias", Doubles(model.HiddenBias));
        foreach ((string key, string value) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add($"metadata.{Printable(key)}", Printable(value));
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, table.WriteJson);
        }
        else
        {
            table.WriteText(_terminal.Output);
        }

        return ExitCode.Done;
    }

    private static void Add(FigureTable table, string name, double[] values)
    {
        Statistics statistics = Statistics.Of(values);
        table.Add($"{name}_mean", statistics.Mean);
        table.Add($"{name}_deviation", statistics.Deviation);
        table.Add($"{name}_smallest", statistics.Smallest);
        table.Add($"{name}_largest", statistics.Largest);
    }

    private static double[] Values(Rbm joint, int first, int count)
    {
        double[] values = new double[count * joint.Hidden.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = joint.Weights[first + (i / joint.Hidden.Count), i % joint.Hidden.Count];
        }

        return values;
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), static value => (double)value);

    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
