using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>One run of rbm train: trains, reports, and saves what there is to save however the run ends.</summary>
internal sealed class TrainingSession : IProgress<TrainingProgress>, IDisposable
{
    private readonly Terminal _terminal;
    private readonly TrainingPlan _plan;
    private readonly TrainedModel _model;
    private readonly Trainer _trainer;
    private readonly ProgressBar _bar;
    private readonly EpochTable _table;
    private readonly TrainingPictures? _pictures;
    private readonly double _firstShare;

    private TrainingSession(Terminal terminal, TrainingPlan plan, TrainedModel model)
    {
        Trainer trainer = model.Trainer;
        _terminal = terminal;
        _plan = plan;
        _model = model;
        _trainer = trainer;
        _bar = new ProgressBar(terminal);
        bool knowsPartition = plan.Options.Algorithm == TrainingAlgorithm.ParallelTrajectoryTempering;
        bool estimates = !knowsPartition && (plan.Options.Patience > 0 || plan.Options.Algorithm == TrainingAlgorithm.ExactGradient);
        _table = new EpochTable(terminal, plan.Json, plan.Validation is not null, knowsPartition || estimates);
        if (estimates)
        {
            trainer.LogPartitionEstimator = new EpochPartition(plan).Estimate;
        }

        _firstShare = (double)trainer.State.Update / trainer.TotalUpdates;
        _pictures = plan.Files.Images is null ? null : new TrainingPictures(plan.Files.Images, trainer, plan.Data, model.Filters);
    }

    /// <summary>Makes a new model, or goes on with a saved run.</summary>
    public static TrainingSession Start(TrainingPlan plan, Terminal terminal)
    {
        Trainer? trainer = null;
        try
        {
            trainer = plan.Files.Resume ? Resume(plan) : new Trainer(NewModel(plan), plan.Data, plan.Options, plan.Validation);
            Trainer owned = trainer;
            TrainingSession session = Start(plan, terminal, new TrainedModel(
                owned,
                (path, metadata) => ModelFile.Save(path, owned.Model, metadata),
                (path, data, metadata) => TrainingCheckpoint.Save(path, owned, data, metadata),
                Filters: null));
            trainer = null;
            return session;
        }
        finally
        {
            trainer?.Dispose();
        }
    }

    /// <summary>Runs what is trained as an RBM and saved as something else.</summary>
    public static TrainingSession Start(TrainingPlan plan, Terminal terminal, TrainedModel model) => new(terminal, plan, model);

    /// <summary>Trains to the end, or until a signal or the guard stops it.</summary>
    /// <param name="signals">Signals.</param>
    /// <returns>The exit code.</returns>
    public int Run(TerminationSignals signals)
    {
        try
        {
            _pictures?.Save(_trainer.State.Epoch);
            _trainer.Run(this, signals.Token);
            _bar.Clear();
        }
        catch (OperationCanceledException)
        {
            _bar.Clear();
            string path = _plan.Files.Checkpoint ?? OutputPath.Beside(_plan.Files.Output, "interrupted");
            SaveState(path);
            _terminal.Note(
                $"{signals.What} after update {Numbers.Text(_trainer.State.Update)} of {Numbers.Text(_trainer.TotalUpdates)}; the state is saved in {path}: "
                + $"the same command with --checkpoint {path} --resume goes on.");
            return signals.ExitCode;
        }
        catch (DivergenceException divergence)
        {
            // Not the checkpoint: the chains have gone on since, so that this is a model, not a state to resume.
            _bar.Clear();
            string path = OutputPath.Beside(_plan.Files.Output, "last-good");
            _model.Save(path, ModelDescription.Of(_plan, _trainer));
            _terminal.Note($"{divergence.Message} That model is saved in {path}; {_plan.Files.Output} isn't written.");
            return ExitCode.Failed;
        }

        if (_trainer.StoppedEarly)
        {
            _terminal.Note(
                $"stopped after epoch {Numbers.Text(_trainer.State.Epoch)} of {Numbers.Text(_plan.Options.Epochs)}: the validation log-likelihood "
                + $"had not risen for {Numbers.Text(_plan.Options.Patience)}; the model is that of the best epoch.");
        }

        _model.Save(_plan.Files.Output, ModelDescription.Of(_plan, _trainer));
        _pictures?.SaveLast(_trainer.State.Epoch);
        _terminal.Note($"the model is saved in {_plan.Files.Output}.");
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (!value.EpochCompleted)
        {
            _bar.Show(
                (double)value.Updates / value.TotalUpdates,
                _firstShare,
                () => $"epoch {Numbers.Text(value.Epoch)} of {Numbers.Text(_plan.Options.Epochs)}, {Numbers.Text(value.SamplesPerSecond, "F0")} samples/s");
            return;
        }

        _bar.Clear();
        _table.Write(value);
        if (_plan.Files.Checkpoint is { } path)
        {
            SaveState(path);
        }

        _pictures?.Save(value.Epoch);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _trainer.Dispose();

    private void SaveState(string path) =>
        _model.SaveState(path, _plan.Data.Fingerprint(), ModelDescription.Of(_plan, _trainer));

    private static Rbm NewModel(TrainingPlan plan) => plan.IsBinary ? NewBinaryModel(plan) : NewUnitModel(plan);

    private static Rbm NewUnitModel(TrainingPlan plan)
    {
        UnitLayer visible = UnitLayers.Parse(plan.VisibleUnit, plan.Data.Columns);
        UnitLayer hidden = UnitLayers.Parse(plan.HiddenUnit, plan.Hidden);
        double deviation = plan.InitialWeights == TrainingOptionSet.XavierWeights
            ? Math.Sqrt(2.0 / ((double)visible.Count + hidden.Count))
            : RbmInitializer.DefaultDeviation;
        return RbmInitializer.Normal(plan.Data, visible, hidden, plan.Options.Seed, deviation);
    }

    private static Rbm NewBinaryModel(TrainingPlan plan) => plan.InitialWeights == TrainingOptionSet.XavierWeights
        ? RbmInitializer.Xavier(plan.Data, plan.Hidden, plan.Options.Seed)
        : RbmInitializer.Normal(plan.Data, plan.Hidden, plan.Options.Seed);

    private static Trainer Resume(TrainingPlan plan)
    {
        string path = plan.Files.Checkpoint!;
        IReadOnlyDictionary<string, string> saved = ModelFile.LoadMetadata(path);
        Trainer trainer = TrainingCheckpoint.Resume(path, plan.Data, plan.Data.Fingerprint(), plan.Options, plan.Validation);
        try
        {
            RequireSame(path, "--visible-unit", trainer.Model.Visible.Name, plan.VisibleUnit);
            RequireSame(path, "--hidden-unit", trainer.Model.Hidden.Name, plan.HiddenUnit);
            RequireSame(path, "--hidden", Numbers.Text(trainer.Model.Hidden.Count), Numbers.Text(plan.Hidden));
            RequireSame(path, "--initial-weights", saved.GetValueOrDefault(ModelDescription.InitialWeightsKey, plan.InitialWeights), plan.InitialWeights);
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
    }

    private static void RequireSame(string path, string option, string saved, string now)
    {
        if (saved != now)
        {
            throw new InvalidInputException(path, "the data and options of the saved run", $"{option} {saved} in the checkpoint, {now} now");
        }
    }
}
