namespace FastRbm.Training;

/// <summary>Measures the figures of an epoch on rows from all over the data.</summary>
internal interface IEpochMonitor
{
    /// <summary>Measures after an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="logPartition">log Z, or NaN.</param>
    /// <param name="filled">Values in the place of missing ones, or null where they are left out.</param>
    TrainingFigures Measure(int epoch, double logPartition, FilledRows? filled);
}
