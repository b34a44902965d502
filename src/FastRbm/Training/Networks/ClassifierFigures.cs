namespace FastRbm.Training.Networks;

/// <summary>How well a classifier does on rows.</summary>
/// <param name="CrossEntropy">The mean of -ln p(y | x), in nats.</param>
/// <param name="ErrorRate">The share of rows whose most probable class isn't theirs: 0 to 1.</param>
public readonly record struct ClassifierFigures(double CrossEntropy, double ErrorRate);
