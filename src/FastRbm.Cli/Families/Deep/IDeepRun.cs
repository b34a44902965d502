using FastRbm.Models;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>What training a deep model does, phase by phase, and how each of them is saved.</summary>
internal interface IDeepRun : IDisposable
{
    /// <summary>Trains without labels, to the end.</summary>
    /// <param name="report">Told where the training stands.</param>
    /// <param name="cancellation">Stops it.</param>
    void Train(Action<DeepStand> report, CancellationToken cancellation);

    /// <summary>Makes the trainer of a classifier from what was learned, or goes on with a saved one.</summary>
    /// <param name="options">How.</param>
    /// <param name="rows">Labelled rows as they are in the data.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="validation">Labelled rows to measure, or null.</param>
    /// <param name="cancellation">Stops the preparation.</param>
    ClassifierTrainer Tune(ClassifierOptions options, ILabelledRows rows, int classes, ILabelledRows? validation, CancellationToken cancellation);

    /// <summary>Saves the whole state, of whichever phase, if there is one that can be gone on from.</summary>
    /// <returns>Whether it was saved.</returns>
    bool SaveState(string path, IReadOnlyDictionary<string, string> extras);

    /// <summary>Saves the model.</summary>
    void Save(string path, IReadOnlyDictionary<string, string> extras);
}
