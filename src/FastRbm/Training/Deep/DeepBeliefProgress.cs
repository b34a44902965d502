namespace FastRbm.Training.Deep;

/// <summary>Where the greedy training of a deep belief network stands.</summary>
/// <param name="Machine">The machine that is trained, from 0, the lowest.</param>
/// <param name="Machines">The number of machines.</param>
/// <param name="Epoch">The epoch of that machine that the last update belongs to, counted from 1.</param>
/// <param name="Epochs">The epochs of that machine.</param>
/// <param name="Update">Updates of that machine.</param>
/// <param name="Updates">Updates that it takes in all.</param>
/// <param name="EpochCompleted">Whether an epoch has just ended: only then are there figures.</param>
/// <param name="Figures">The figures of that machine on its own rows.</param>
public readonly record struct DeepBeliefProgress(
    int Machine, int Machines, int Epoch, int Epochs, long Update, long Updates, bool EpochCompleted, TrainingFigures Figures);
