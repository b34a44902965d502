using System.CommandLine;
using System.Security.Cryptography;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Serialization;
using FastRbm.Training.Classification;

namespace FastRbm.Cli.Families.Classification;

/// <summary>rbm train --model classifier.</summary>
internal sealed class ClassificationTrainCommand
{
    private readonly Terminal _terminal;
    private readonly ClassificationOptionSet _training = new();
    private readonly Option<string> _model = FamilyOptions.Kind(ModelKinds.Classifier);
    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<int> _hidden = OptionFactory.RequiredInteger("--hidden", "Hidden units", least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<int?> _labelled = OptionFactory.OptionalInteger(
        "--labelled", "Keep this many labels of each class, those of its first rows; the other rows are without [default: all]", least: 1);

    private readonly Option<int> _labelledDraw = OptionFactory.Integer(
        "--labelled-draw", "Which rows of each class keep their labels: 0 for the first ones, 1 for the next, and so on", 0, least: 0);

    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "Labelled rows to measure after every epoch: a name or a path as for --data", "name|path");
    private readonly Option<string?> _validationLabels = OptionFactory.Text("--validation-labels", "Their labels, where they have none with them", "file");
    private readonly Option<int?> _validationRows = OptionFactory.OptionalInteger(
        "--validation-rows", "Take the last rows of --data out of training, to measure them after every epoch", least: 1);

    private readonly Option<string?> _start = OptionFactory.Text("--start", "Begin with the weights of a binary RBM: a model file, trained without labels", "file");
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private ClassificationTrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        ClassificationTrainCommand train = new(terminal);
        Command command = new("train", "Train a classification RBM; a line an epoch on standard output.")
        {
            train._model, train._data, train._labels, train._hidden, train._output, train._limit, train._labelled, train._labelledDraw, train._validation, train._validationLabels,
            train._validationRows, train._start,
        };
        train._training.AddTo(command);
        foreach (Option option in (ReadOnlySpan<Option>)[train._checkpoint, train._resume, train._dataDirectory, train._json])
        {
            command.Options.Add(option);
        }

        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        ClassificationOptions options = _training.Read(parse);
        CheckFiles(parse);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = selection.OpenLabelled(parse.GetValue(_data) ?? selection.Default(), parse.GetValue(_labels), parse.GetValue(_limit), signals.Token);
            (data, Dataset? validation) = Split(parse, selection, data, signals.Token);
            int classes = ClassLabels.Count(data);
            if (parse.GetValue(_labelled) is { } kept)
            {
                data = FewLabels.Keep(data, kept, parse.GetValue(_labelledDraw));
            }

            int labelled = data.Rows - data.Labels.Span.Count(ClassLabels.Unlabelled);
            options = _training.Fit(options, parse, options.Objective == ClassificationObjective.SemiSupervised ? Math.Max(1, data.Rows - labelled) : labelled);
            using ClassificationTrainer trainer = Trainer(parse, data, validation, classes, options);
            using ClassificationSession session = new(
                _terminal, trainer, data, parse.GetRequiredValue(_output), parse.GetValue(_checkpoint), Fingerprint(data), parse.GetValue(_json));
            _terminal.Note($"{Numbers.Text(labelled)} rows with labels of {Numbers.Text(classes)} classes, {Numbers.Text(data.Rows - labelled)} without.");
            return session.Run(signals);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What} before the first update; nothing to save.");
            return signals.ExitCode;
        }
    }

    private ClassificationTrainer Trainer(ParseResult parse, Dataset data, Dataset? validation, int classes, ClassificationOptions options)
    {
        int hidden = parse.GetValue(_hidden);
        double? deviation = _training.Deviation(parse);
        if (parse.GetValue(_resume))
        {
            string path = parse.GetValue(_checkpoint)!;
            ClassificationTrainer resumed = ClassificationFile.ResumeCheckpoint(path, data, Fingerprint(data), options, validation);
            if (resumed.Model.Hidden != hidden)
            {
                int saved = resumed.Model.Hidden;
                resumed.Dispose();
                throw new InvalidInputException(path, "the data and options of the saved run", $"--hidden {Numbers.Text(saved)} in the checkpoint, {Numbers.Text(hidden)} now");
            }

            return resumed;
        }

        ClassificationRbm model;
        if (parse.GetValue(_start) is { } start)
        {
            Rbm rbm = ModelFile.Load(start);
            DataSelection.RequireWidth(data, rbm.Visible.Count, start);
            if (rbm.Hidden.Count != hidden || rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
            {
                throw new InvalidInputException(start, $"binary units, {Numbers.Text(hidden)} hidden ones as --hidden says", $"{rbm.Visible.Name} and {Numbers.Text(rbm.Hidden.Count)} {rbm.Hidden.Name} units");
            }

            model = ClassificationInitializer.From(rbm, data, classes, options.Seed, deviation ?? 0.01);
        }
        else
        {
            model = ClassificationInitializer.Normal(data, classes, hidden, options.Seed, deviation);
        }

        return new ClassificationTrainer(model, data, options, validation);
    }

    private (Dataset Data, Dataset? Validation) Split(ParseResult parse, DataSelection selection, Dataset data, CancellationToken cancellation)
    {
        if (parse.GetValue(_validation) is { } name)
        {
            Dataset validation = selection.OpenLabelled(name, parse.GetValue(_validationLabels), null, cancellation);
            DataSelection.RequireWidth(validation, data.Columns, data.Name);
            return (data, validation);
        }

        if (parse.GetValue(_validationRows) is not { } rows)
        {
            return (data, null);
        }

        if (rows >= data.Rows)
        {
            throw new UsageException($"{_validationRows.Name}: expected less than the {Numbers.Text(data.Rows)} rows of {data.Name}, found {Numbers.Text(rows)}.");
        }

        int[] tail = [.. Enumerable.Range(data.Rows - rows, rows)];
        return (data.Take(data.Rows - rows), data.Select(tail));
    }

    private void CheckFiles(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string? checkpoint = parse.GetValue(_checkpoint);
        if (parse.GetValue(_resume) && checkpoint is null)
        {
            throw new UsageException("--resume: expected --checkpoint with it, found none.");
        }

        if (parse.GetValue(_validation) is not null && parse.GetValue(_validationRows) is not null)
        {
            throw new UsageException($"{_validationRows.Name}: expected no {_validation.Name} with it, found both.");
        }

        foreach ((string option, string? path) in (ReadOnlySpan<(string, string?)>)[(_output.Name, output), (_checkpoint.Name, checkpoint)])
        {
            if (path is not null)
            {
                OutputPath.RequireOther(option, path, _data.Name, parse.GetValue(_data));
                OutputPath.RequireOther(option, path, _labels.Name, parse.GetValue(_labels));
                OutputPath.RequireOther(option, path, _validation.Name, parse.GetValue(_validation));
                OutputPath.RequireOther(option, path, _start.Name, parse.GetValue(_start));
                OutputPath.RequireWritable(path);
            }
        }

        OutputPath.RequireOther(_output.Name, output, _checkpoint.Name, checkpoint);
    }

    /// <summary>What identifies rows with their labels.</summary>
    private static string Fingerprint(Dataset data) =>
        $"{data.Fingerprint()}:{Convert.ToHexStringLower(SHA256.HashData(data.Labels.Span))}";
}
