using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>rbm train --model subspace.</summary>
internal sealed class SubspaceTrainCommand
{
    private readonly Terminal _terminal;
    private readonly TrainingOptionSet _training = new();
    private readonly Option<string> _model = FamilyOptions.Kind(ModelKinds.Subspace);
    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<int> _gates = OptionFactory.RequiredInteger("--gates", "Gates: the hidden units that features are of", least: 1);
    private readonly Option<int> _subspace = OptionFactory.Integer("--subspace", "Subspace units of each gate", 4, least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _validation = OptionFactory.Text("--validation", "Rows for free_energy_gap: a name or a path as for --data", "name|path");
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _images = OptionFactory.Text(
        "--images", "Save pictures here at the start and after every epoch: filters (the units of a gate side by side), samples (chains from data), data above reconstructions", "directory");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private SubspaceTrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SubspaceTrainCommand train = new(terminal);
        Command command = new("train", "Train a subspace RBM by contrastive divergence (--algorithm cd or pcd); a line an epoch on standard output.")
        {
            train._model, train._data, train._gates, train._subspace, train._output, train._limit, train._validation,
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
        TrainingOptions asked = _training.Read(parse);
        if (asked.Algorithm is not (TrainingAlgorithm.ContrastiveDivergence or TrainingAlgorithm.PersistentContrastiveDivergence))
        {
            throw new UsageException($"--algorithm: expected cd or pcd with --model {ModelKinds.Subspace}, found {TrainingOptionSet.WordOf(asked.Algorithm)}.");
        }

        if (asked.Patience > 0)
        {
            throw new UsageException($"--patience: expected none with --model {ModelKinds.Subspace}, whose log Z isn't estimated during training, found {Numbers.Text(asked.Patience)}.");
        }

        TrainingFiles files = CheckFiles(parse);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = selection.Open(parse.GetValue(_data) ?? selection.Default(), parse.GetValue(_limit), signals.Token, _training.Missing.Allows(parse));
            data = Bits(_training.Missing.Prepare(data, parse), asked);
            TrainingOptions options = _training.Fit(asked, parse, data.Rows);
            Dataset? validation = null;
            if (parse.GetValue(_validation) is { } name)
            {
                validation = Bits(selection.Open(name, null, signals.Token), options);
                DataSelection.RequireWidth(validation, data.Columns, data.Name);
            }

            int gates = parse.GetValue(_gates);
            int subspace = parse.GetValue(_subspace);
            TrainingPlan plan = new(
                data, validation, options, "binary", $"subspace:{Numbers.Text(gates)}x{Numbers.Text(subspace)}", gates, _training.InitialWeights(parse), files, parse.GetValue(_json));
            using SubspaceTrainer trainer = files.Resume ? Resume(plan, subspace) : new SubspaceTrainer(NewModel(plan, subspace), data, options, validation);
            using TrainingSession session = TrainingSession.Start(plan, _terminal, new TrainedModel(
                trainer.Inner,
                (path, metadata) => SubspaceFile.Save(path, trainer.Model, metadata),
                (path, fingerprint, metadata) => SubspaceFile.SaveCheckpoint(path, trainer, fingerprint, metadata),
                shape => Pictures.Filters(trainer.Model, shape)));
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

    private static Dataset Bits(Dataset data, TrainingOptions options) =>
        data.IsBinary || options.Binarization == Binarization.Threshold ? DataSelection.ToBits(data) : data;

    private static SubspaceRbm NewModel(TrainingPlan plan, int subspace)
    {
        double deviation = plan.InitialWeights == TrainingOptionSet.XavierWeights
            ? Math.Sqrt(2.0 / ((double)plan.Data.Columns + ((double)plan.Hidden * subspace)))
            : RbmInitializer.DefaultDeviation;
        return SubspaceInitializer.Normal(plan.Data, plan.Hidden, subspace, plan.Options.Seed, deviation);
    }

    private static SubspaceTrainer Resume(TrainingPlan plan, int subspace)
    {
        string path = plan.Files.Checkpoint!;
        IReadOnlyDictionary<string, string> saved = SubspaceFile.LoadMetadata(path);
        SubspaceTrainer trainer = SubspaceFile.ResumeCheckpoint(path, plan.Data, plan.Data.Fingerprint(), plan.Options, plan.Validation);
        try
        {
            RequireSame("--gates", Numbers.Text(trainer.Model.Gates), Numbers.Text(plan.Hidden));
            RequireSame("--subspace", Numbers.Text(trainer.Model.Subspaces), Numbers.Text(subspace));
            RequireSame("--initial-weights", saved.GetValueOrDefault(ModelDescription.InitialWeightsKey, plan.InitialWeights), plan.InitialWeights);
            if (trainer.State.Epoch > plan.Options.Epochs || (trainer.State.Epoch == plan.Options.Epochs && trainer.State.FirstRow > 0))
            {
                throw new InvalidInputException(
                    path, $"a run of at most {plan.Options.Epochs} epochs, by --epochs", $"one that has done {trainer.State.Update} updates of {trainer.UpdatesPerEpoch} an epoch");
            }

            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }

        void RequireSame(string option, string before, string now)
        {
            if (before != now)
            {
                throw new InvalidInputException(path, "the data and options of the saved run", $"{option} {before} in the checkpoint, {now} now");
            }
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
}
