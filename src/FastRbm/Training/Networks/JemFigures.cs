namespace FastRbm.Training.Networks;

/// <summary>Means over the updates of an epoch, as they came.</summary>
/// <param name="ClassifierLoss">L_clf, the mean of -ln p(y | x), in nats; NaN if no row has a label.</param>
/// <param name="GenerativeLoss">L_gen, the mean of E(data) - E(samples).</param>
/// <param name="DataEnergy">The mean of E(data).</param>
/// <param name="SampleEnergy">The mean of E(samples).</param>
/// <param name="ErrorRate">The share of rows whose most probable class isn't theirs.</param>
public readonly record struct JemFigures(double ClassifierLoss, double GenerativeLoss, double DataEnergy, double SampleEnergy, double ErrorRate);
