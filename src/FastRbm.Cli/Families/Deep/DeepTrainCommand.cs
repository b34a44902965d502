using System.CommandLine;
using FastRbm.Cli.Families.Classification;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>rbm train --model dbn and --model dbm.</summary>
internal sealed class DeepTrainCommand
{
    private readonly Terminal _terminal;
    private readonly bool _boltzmann;
    private readonly DeepOptionSet _training;
    private readonly Option<string> _model;
    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<int?> _labelled = OptionFactory.OptionalInteger(
        "--labelled", "Tune with this many labels of each class, those of its first rows [default: all]; the other rows train the layers only", least: 1);

    private readonly Option<int> _labelledDraw = OptionFactory.Integer(
        "--labelled-draw", "Which rows of each class keep their labels: 0 for the first ones, 1 for the next, and so on", 0, least: 0);

    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "Labelled rows to measure after every epoch of tuning: a name or a path as for --data", "name|path");
    private readonly Option<string?> _start = OptionFactory.Text("--start", "Begin with a binary RBM as the lowest layers, in the place of a layer-wise start: a model file", "file");
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private DeepTrainCommand(Terminal terminal, bool boltzmann)
    {
        _terminal = terminal;
        _boltzmann = boltzmann;
        _training = new DeepOptionSet(boltzmann);
        _model = FamilyOptions.Kind(boltzmann ? ModelKinds.DeepBoltzmann : ModelKinds.DeepBelief);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, bool boltzmann)
    {
        DeepTrainCommand train = new(terminal, boltzmann);
        Command command = new("train", $"Train a deep {(boltzmann ? "Boltzmann machine" : "belief network")}; a line an epoch on standard output.")
        {
            train._model, train._data, train._labels, train._output, train._limit, train._labelled, train._labelledDraw, train._validation,
        };
        train._training.AddTo(command);
        if (boltzmann)
        {
            command.Options.Add(train._start);
        }

        foreach (Option option in (ReadOnlySpan<Option>)[train._checkpoint, train._resume, train._dataDirectory, train._json])
        {
            command.Options.Add(option);
        }

        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        int[] layers = _training.Layers(parse);
        CheckFiles(parse);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            string name = parse.GetValue(_data) ?? selection.Default();
            bool tunes = _training.Tunes(parse);
            Dataset data = tunes ? selection.OpenLabelled(name, parse.GetValue(_labels), parse.GetValue(_limit), signals.Token) : selection.Open(name, parse.GetValue(_limit), signals.Token);
            Dataset? labelled = tunes ? Labelled(parse, data) : null;
            Dataset? validation = parse.GetValue(_validation) is { } other ? selection.OpenLabelled(other, null, null, signals.Token) : null;
            if (validation is not null)
            {
                DataSelection.RequireWidth(validation, data.Columns, data.Name);
            }

            string? from = parse.GetValue(_resume) ? parse.GetValue(_checkpoint) : null;
            ClassifierOptions? tuning = labelled is null ? null : _training.Tuning(parse, labelled.Rows);
            int classes = labelled is null ? 0 : ClassLabels.Count(labelled);
            string fingerprint = DeepFiles.Fingerprint(labelled ?? data);
            using IDeepRun run = _boltzmann
                ? new BoltzmannMachineRun(data, fingerprint, layers, _training.StartsByLayers(parse) ? _training.Greedy(parse, layers.Length, data.Rows) : null, _training.Joint(parse, data.Rows), from, Lowest(parse, data, layers))
                : new BeliefRun(data, fingerprint, layers, _training.Greedy(parse, layers.Length, data.Rows), from);
            DeepSession session = new(_terminal, run, data, parse.GetRequiredValue(_output), parse.GetValue(_checkpoint), parse.GetValue(_json), _boltzmann ? _training.Sweeps(parse) : null);
            return session.Run(tuning, labelled, classes, validation, signals);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What} before the first update; nothing to save.");
            return signals.ExitCode;
        }
    }

    private Rbm? Lowest(ParseResult parse, Dataset data, int[] layers)
    {
        if (parse.GetValue(_start) is not { } path)
        {
            return null;
        }

        Rbm rbm = ModelFile.Load(path);
        DataSelection.RequireWidth(data, rbm.Visible.Count, path);
        if (rbm.Hidden.Count != layers[0] || rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
        {
            throw new InvalidInputException(path, $"binary units, {layers[0]} hidden ones as --layers says", $"{rbm.Visible.Name} and {rbm.Hidden.Count} {rbm.Hidden.Name} units");
        }

        return rbm;
    }

    /// <summary>The rows that a classifier is tuned with: those with a label, or some of them.</summary>
    private Dataset Labelled(ParseResult parse, Dataset data) =>
        (parse.GetValue(_labelled) is { } kept ? FewLabels.Keep(data, kept, parse.GetValue(_labelledDraw)) : data).Labelled();

    private void CheckFiles(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string? checkpoint = parse.GetValue(_checkpoint);
        if (parse.GetValue(_resume) && checkpoint is null)
        {
            throw new UsageException("--resume: expected --checkpoint with it, found none.");
        }

        foreach ((string option, string? path) in (ReadOnlySpan<(string, string?)>)[(_output.Name, output), (_checkpoint.Name, checkpoint)])
        {
            if (path is not null)
            {
                OutputPath.RequireOther(option, path, _data.Name, parse.GetValue(_data));
                OutputPath.RequireOther(option, path, _labels.Name, parse.GetValue(_labels));
                OutputPath.RequireOther(option, path, _validation.Name, parse.GetValue(_validation));
                OutputPath.RequireOther(option, path, _start.Name, _boltzmann ? parse.GetValue(_start) : null);
                OutputPath.RequireWritable(path);
            }
        }

        OutputPath.RequireOther(_output.Name, output, _checkpoint.Name, checkpoint);
    }
}
