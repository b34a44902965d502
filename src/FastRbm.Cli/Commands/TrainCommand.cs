using System.CommandLine;
using FastRbm.Cli.Families;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Cli.Commands;

/// <summary>rbm train.</summary>
internal sealed class TrainCommand
{
    private const string BinaryUnit = "binary";
    private const string UnitHelp = "binary, spin, potts:K (K categories in every column), binomial:N, gaussian, relu, double-relu";

    private readonly Terminal _terminal;
    private readonly TrainingOptionSet _training = new();
    private readonly Option<string> _model = OptionFactory.Choice(
        FamilyOptions.ModelName, $"The kind of model: {FamilyList.Names(FamilyList.Create())}; all but {ModelKinds.Rbm} have options of their own: rbm train --model KIND --help", ModelKinds.Rbm, ModelKinds.Rbm);

    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<int> _hidden = OptionFactory.RequiredInteger("--hidden", "Hidden units", least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "Rows for free_energy_gap: a name or a path as for --data", "name|path");
    private readonly Option<string?> _visibleUnit = OptionFactory.Text("--visible-unit", $"The kind of visible units: {UnitHelp}, replicated-softmax [default: {BinaryUnit}]", "kind");
    private readonly Option<string?> _hiddenUnit = OptionFactory.Text("--hidden-unit", $"The kind of hidden units: {UnitHelp}, spike-and-slab [default: {BinaryUnit}]", "kind");
    private readonly Option<string?> _schema = OptionFactory.Text("--schema", "What the columns are, instead of --visible-unit: a text file with a name and a kind of units a line", "file");
    private readonly Option<bool> _fixedParameters = OptionFactory.Switch("--fixed-variance", "Leave variances and other parameters of units beyond the bias as they start, at those of the data");
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _images = OptionFactory.Text(
        "--images", "Save pictures here at the start and after every epoch: filters, samples (chains from data), data above reconstructions", "directory");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private TrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        TrainCommand train = new(terminal);
        Command command = new("train", "Train a model; a line an epoch on standard output. Without --data it needs no file.")
        {
            train._model, train._data, train._hidden, train._output, train._limit, train._validation, train._visibleUnit, train._hiddenUnit, train._schema, train._fixedParameters,
        };
        train._training.AddTo(command);
        foreach (Option option in (ReadOnlySpan<Option>)[train._checkpoint, train._resume, train._images, train._dataDirectory, train._json])
        {
            command.Options.Add(option);
        }

        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        TrainingOptions asked = _training.Read(parse) with { LearnUnitParameters = !parse.GetValue(_fixedParameters) };
        string hiddenUnit = HiddenUnit(parse);
        VisibleUnits units = VisibleUnits.Read(parse.GetValue(_visibleUnit), parse.GetValue(_schema));
        TrainingFiles files = CheckFiles(parse);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = selection.Open(parse.GetValue(_data) ?? selection.Default(), parse.GetValue(_limit), signals.Token, _training.Missing.Allows(parse), units.AnyNumbers);
            data = _training.Missing.Prepare(data, parse);
            units.Fit(data);
            units.NoteConstants(data, _terminal);
            TrainingOptions options = _training.Fit(asked, parse, data.Rows);
            Dataset? validation = null;
            if (parse.GetValue(_validation) is { } name)
            {
                validation = units.Prepare(selection.Open(name, null, signals.Token, anyNumbers: units.AnyNumbers), options);
                DataSelection.RequireWidth(validation, units.Columns, data.Name);
            }

            TrainingPlan plan = new(
                units.Prepare(data, options), validation, options, units.Name, hiddenUnit, parse.GetValue(_hidden), _training.InitialWeights(parse), files, parse.GetValue(_json));
            using TrainingSession session = TrainingSession.Start(plan, _terminal);
            if (files.Images is not null)
            {
                // Last, so that a run that is refused leaves no directory behind.
                OutputPath.MakeDirectory(files.Images);
            }

            return session.Run(signals);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What} before the first update; nothing to save.");
            return signals.ExitCode;
        }
    }

    private TrainingFiles CheckFiles(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string? checkpoint = parse.GetValue(_checkpoint);
        bool resume = parse.GetValue(_resume);
        if (resume && checkpoint is null)
        {
            throw new UsageException("--resume: expected --checkpoint with it, found none.");
        }

        foreach ((string option, string? path) in (ReadOnlySpan<(string, string?)>)[(_output.Name, output), (_checkpoint.Name, checkpoint)])
        {
            if (path is not null)
            {
                OutputPath.RequireOther(option, path, _data.Name, parse.GetValue(_data));
                OutputPath.RequireOther(option, path, _validation.Name, parse.GetValue(_validation));
            }
        }

        OutputPath.RequireOther(_output.Name, output, _checkpoint.Name, checkpoint);
        OutputPath.RequireWritable(output);
        if (checkpoint is not null)
        {
            OutputPath.RequireWritable(checkpoint);
        }

        return new TrainingFiles(output, checkpoint, resume, parse.GetValue(_images));
    }

    private string HiddenUnit(ParseResult parse)
    {
        string name = parse.GetValue(_hiddenUnit) ?? BinaryUnit;
        return UnitNames.Check(_hiddenUnit.Name, name, parse.GetValue(_hidden)).Name;
    }
}
