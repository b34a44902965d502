namespace FastRbm.Evaluation;

/// <summary>The largest singular values of the weights after an epoch.</summary>
/// <param name="Epoch">Completed epochs.</param>
/// <param name="SingularValues">Largest first.</param>
public sealed record SpectrumRecord(int Epoch, IReadOnlyList<double> SingularValues);
