using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>rbm inspect of a subspace RBM.</summary>
internal sealed class SubspaceInspectCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _data = OptionFactory.Text("--data", "Rows to measure how often gates are on: a name or a path", "name|path");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows of --data only", least: 1);
    private readonly Option<string?> _images = OptionFactory.Text(
        "--images", $"Save pictures here: filters.png (the units of a gate side by side, the first {Pictures.MostFilters} units) and visible-bias.png", "directory");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private SubspaceInspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SubspaceInspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in a subspace RBM: shapes, norms, how alike the units of a gate are, how often gates are on, metadata.")
        {
            inspect._model, inspect._data, inspect._limit, inspect._images, inspect._dataDirectory, inspect._json,
        };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        SubspaceRbm model = SubspaceFile.Load(path);
        IReadOnlyDictionary<string, string> metadata = SubspaceFile.LoadMetadata(path);
        using TerminationSignals signals = new();
        try
        {
            FigureTable table = new();
            table.Add("visible", model.Visible);
            table.Add("gates", model.Gates);
            table.Add("subspaces", model.Subspaces);
            table.Add("fixed_point_bits", model.FixedPointBits);
            table.Add("input_bound", model.InputBound);
            SubspaceFigures.Add(model, table);
            if (parse.GetValue(_data) is { } name)
            {
                Dataset rows = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenBits(name, parse.GetValue(_limit), signals.Token);
                DataSelection.RequireWidth(rows, model.Visible, path);
                SubspaceFigures.AddActivity(SubspaceTransformCommand.Means(model, rows, signals.Token), table);
            }

            if (parse.GetValue(_images) is { } images)
            {
                OutputPath.MakeDirectory(images);
                ImageShape shape = PictureShape.Of(metadata, model.Visible);
                Pictures.Filters(model, shape).SavePng(Path.Combine(images, "filters.png"));
                Matrix means = new(1, model.Visible);
                model.Joint.Visible.Mean(model.VisibleBias, means.Row(0));
                Pictures.Means(means, shape).SavePng(Path.Combine(images, "visible-bias.png"));
            }

            foreach ((string key, string value) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                table.Add($"metadata.{key}", value);
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
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }
}
