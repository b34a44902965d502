using System.CommandLine;
using System.Security.Cryptography;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Networks;

/// <summary>rbm train --model jem.</summary>
internal sealed class JemTrainCommand
{
    private readonly Terminal _terminal;
    private readonly JemOptionSet _training = new();
    private readonly Option<string> _model = FamilyOptions.Kind(ModelKinds.EnergyNetwork);
    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<int?> _labelled = OptionFactory.OptionalInteger("--labelled", "Keep this many labels of each class, those of its first rows; the others count for the density alone", least: 1);
    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "Labelled rows to measure after every epoch: a name or a path as for --data", "name|path");
    private readonly Option<string?> _validationLabels = OptionFactory.Text("--validation-labels", "Their labels, where they have none with them", "file");
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _images = OptionFactory.Text("--images", "Save pictures here: samples of each class from noise, and kept chains, after every epoch", "directory");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private JemTrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        JemTrainCommand train = new(terminal);
        Command command = new("train", "Train an energy network that is a classifier (JEM); a line an epoch on standard output.")
        {
            train._model, train._data, train._labels, train._output, train._limit, train._labelled, train._validation, train._validationLabels,
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
        JemOptions options = _training.Read(parse);
        CheckFiles(parse);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = selection.OpenLabelled(parse.GetValue(_data) ?? selection.Default(), parse.GetValue(_labels), parse.GetValue(_limit), signals.Token);
            Dataset? validation = null;
            if (parse.GetValue(_validation) is { } name)
            {
                validation = selection.OpenLabelled(name, parse.GetValue(_validationLabels), null, signals.Token);
                DataSelection.RequireWidth(validation, data.Columns, data.Name);
            }

            int classes = ClassLabels.Count(data);
            data = parse.GetValue(_labelled) is { } kept ? data.KeepLabels(kept) : data;
            string fingerprint = $"{data.Fingerprint()}:{Convert.ToHexStringLower(SHA256.HashData(data.Labels.Span))}";
            using JemTrainer trainer = Trainer(parse, data, classes, options, validation, fingerprint);
            JemFiles files = new(parse.GetRequiredValue(_output), parse.GetValue(_checkpoint), parse.GetValue(_images));
            using JemSession session = new(_terminal, trainer, data, files, fingerprint, parse.GetValue(_json));
            return session.Run(signals);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What} before the first update; nothing to save.");
            return signals.ExitCode;
        }
    }

    private JemTrainer Trainer(ParseResult parse, Dataset data, int classes, JemOptions options, Dataset? validation, string fingerprint)
    {
        if (!parse.GetValue(_resume))
        {
            return new JemTrainer(_training.NewModel(parse, data.Columns, classes), data, options, validation);
        }

        string path = parse.GetValue(_checkpoint)!;
        JemTrainer trainer = EnergyNetworkFile.ResumeCheckpoint(path, data, fingerprint, options, validation);
        try
        {
            _training.RequireLayers(parse, trainer.Model, path);
            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
    }

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
                OutputPath.RequireWritable(path);
            }
        }

        OutputPath.RequireOther(_output.Name, output, _checkpoint.Name, checkpoint);
        if (parse.GetValue(_images) is { } images)
        {
            OutputPath.MakeDirectory(images);
        }
    }
}
