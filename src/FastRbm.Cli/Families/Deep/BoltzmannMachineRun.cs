using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Serialization;
using FastRbm.Training;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>Training a deep Boltzmann machine.</summary>
internal sealed class BoltzmannMachineRun : IDeepRun
{
    private readonly Dataset _data;
    private readonly string _fingerprint;
    private readonly int[] _hidden;
    private readonly IReadOnlyList<TrainingOptions>? _start;
    private readonly DeepBoltzmannOptions _options;
    private readonly string? _tuningCheckpoint;
    private DeepBoltzmannMachine? _machine;
    private DeepBoltzmannTrainer? _joint;
    private ClassifierTrainer? _tuning;

    /// <summary>Begins a run, or goes on with a saved one.</summary>
    /// <param name="data">The data.</param>
    /// <param name="fingerprint">What identifies them with their labels.</param>
    /// <param name="hidden">Units of the hidden layers.</param>
    /// <param name="start">How machines of a layer-wise start are trained; null for a random one.</param>
    /// <param name="options">How all layers are trained together.</param>
    /// <param name="checkpoint">A saved run, or null for a new one.</param>
    /// <param name="lowest">A trained RBM to begin with, or null.</param>
    public BoltzmannMachineRun(
        Dataset data, string fingerprint, int[] hidden, IReadOnlyList<TrainingOptions>? start, DeepBoltzmannOptions options, string? checkpoint, Rbm? lowest)
    {
        _data = data;
        _fingerprint = fingerprint;
        _hidden = hidden;
        _start = start;
        _options = options;
        options.Validate(data.Rows);
        if (checkpoint is null)
        {
            _machine = lowest is null ? null : DeepInitializer.From(lowest, hidden, options.Seed);
            return;
        }

        DeepBoltzmannMachine saved = DeepBoltzmannFile.Load(checkpoint);
        DeepFiles.RequireLayers(checkpoint, [data.Columns, .. hidden], saved.Layers);
        if (DeepFiles.IsTuning(DeepBoltzmannFile.LoadMetadata(checkpoint)))
        {
            _tuningCheckpoint = checkpoint;
            _machine = saved;
            return;
        }

        _joint = DeepBoltzmannFile.ResumeCheckpoint(checkpoint, data, fingerprint, options);
        _machine = _joint.Machine;
    }

    /// <inheritdoc/>
    public void Train(Action<DeepStand> report, CancellationToken cancellation)
    {
        if (_tuningCheckpoint is not null)
        {
            return;
        }

        _machine ??= _start is null
            ? DeepInitializer.Normal(_data, _hidden, _options.Seed)
            : DeepBoltzmannStart.Train(_data, _hidden, _start, new DeepReport<DeepBeliefProgress>(progress => report(Stand(progress))), cancellation);
        _joint ??= new DeepBoltzmannTrainer(_machine, _data, _options);
        _joint.Run(
            new DeepReport<DeepProgress>(progress => report(new DeepStand(
                "all", progress.Epoch, _options.Epochs, (double)progress.Updates / progress.TotalUpdates, progress.EpochCompleted, progress.ReconstructionError))),
            cancellation);
    }

    /// <inheritdoc/>
    public ClassifierTrainer Tune(ClassifierOptions options, ILabelledRows rows, int classes, ILabelledRows? validation, CancellationToken cancellation)
    {
        if (_tuningCheckpoint is not null)
        {
            _tuning = DeepBoltzmannFile.ResumeTuning(_tuningCheckpoint, machine => Features(machine, rows, cancellation), _fingerprint, options, out _machine);
            return _tuning;
        }

        _machine!.Classifier = _machine.ToNetwork(classes);
        _tuning = new ClassifierTrainer(
            _machine.Classifier, Features(_machine, rows, cancellation), options, validation is null ? null : Features(_machine, validation, cancellation));
        return _tuning;
    }

    /// <inheritdoc/>
    public bool SaveState(string path, IReadOnlyDictionary<string, string> extras)
    {
        if (_tuning is not null)
        {
            DeepBoltzmannFile.SaveTuning(path, _machine!, _tuning, _fingerprint, extras);
        }
        else if (_joint is not null)
        {
            DeepBoltzmannFile.SaveCheckpoint(path, _joint, _fingerprint, extras);
        }

        return _tuning is not null || _joint is not null;
    }

    /// <inheritdoc/>
    public void Save(string path, IReadOnlyDictionary<string, string> extras) => DeepBoltzmannFile.Save(path, _machine!, extras);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _joint?.Dispose();
        _tuning?.Dispose();
    }

    private PosteriorRows Features(DeepBoltzmannMachine machine, ILabelledRows rows, CancellationToken cancellation) =>
        new(machine, rows, _options.MeanFieldSweeps, _options.Threads, null, cancellation);

    private static DeepStand Stand(DeepBeliefProgress progress) => new(
        $"start {progress.Machine + 1}", progress.Epoch, progress.Epochs, (progress.Machine + ((double)progress.Update / progress.Updates)) / progress.Machines,
        progress.EpochCompleted, progress.Figures.ReconstructionError);
}
