using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Serialization;
using FastRbm.Training;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>Training a deep belief network.</summary>
internal sealed class BeliefRun : IDeepRun
{
    private readonly Dataset _data;
    private readonly string _fingerprint;
    private readonly string? _tuningCheckpoint;
    private readonly DeepBeliefTrainer? _greedy;
    private DeepBeliefNetwork _network;
    private ClassifierTrainer? _tuning;

    /// <summary>Begins a run, or goes on with a saved one.</summary>
    /// <param name="data">The data.</param>
    /// <param name="fingerprint">What identifies them with their labels.</param>
    /// <param name="hidden">Units of the hidden layers.</param>
    /// <param name="options">How the machines are trained.</param>
    /// <param name="checkpoint">A saved run, or null for a new one.</param>
    public BeliefRun(Dataset data, string fingerprint, int[] hidden, IReadOnlyList<TrainingOptions> options, string? checkpoint)
    {
        _data = data;
        _fingerprint = fingerprint;
        int[] layers = [data.Columns, .. hidden];
        if (checkpoint is null)
        {
            _network = new DeepBeliefNetwork(layers);
            _greedy = new DeepBeliefTrainer(_network, data, options);
            return;
        }

        DeepFiles.RequireLayers(checkpoint, layers, DeepBeliefFile.Load(checkpoint).Layers);
        if (DeepFiles.IsTuning(DeepBeliefFile.LoadMetadata(checkpoint)))
        {
            _tuningCheckpoint = checkpoint;
            _network = DeepBeliefFile.Load(checkpoint);
            return;
        }

        _greedy = DeepBeliefFile.ResumeCheckpoint(checkpoint, data, fingerprint, options);
        _network = _greedy.Network;
    }

    /// <inheritdoc/>
    public void Train(Action<DeepStand> report, CancellationToken cancellation) =>
        _greedy?.Run(new DeepReport<DeepBeliefProgress>(progress => report(Stand(progress))), cancellation);

    /// <inheritdoc/>
    public ClassifierTrainer Tune(ClassifierOptions options, ILabelledRows rows, int classes, ILabelledRows? validation, CancellationToken cancellation)
    {
        if (_tuningCheckpoint is not null)
        {
            _tuning = DeepBeliefFile.ResumeTuning(_tuningCheckpoint, rows, _fingerprint, options, out _network);
            return _tuning;
        }

        _network.Classifier = _network.ToNetwork(classes);
        _tuning = new ClassifierTrainer(_network.Classifier, rows, options, validation);
        return _tuning;
    }

    /// <inheritdoc/>
    public bool SaveState(string path, IReadOnlyDictionary<string, string> extras)
    {
        if (_tuning is not null)
        {
            DeepBeliefFile.SaveTuning(path, _network, _tuning, _fingerprint, extras);
        }
        else
        {
            DeepBeliefFile.SaveCheckpoint(path, _greedy!, _fingerprint, extras);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Save(string path, IReadOnlyDictionary<string, string> extras) => DeepBeliefFile.Save(path, _network, extras);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _greedy?.Dispose();
        _tuning?.Dispose();
    }

    private static DeepStand Stand(DeepBeliefProgress progress) => new(
        $"layer {progress.Machine + 1}", progress.Epoch, progress.Epochs, (progress.Machine + ((double)progress.Update / progress.Updates)) / progress.Machines,
        progress.EpochCompleted, progress.Figures.ReconstructionError);
}
