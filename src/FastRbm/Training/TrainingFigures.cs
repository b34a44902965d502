namespace FastRbm.Training;

/// <summary>What is measured at the end of an epoch, on rows from all over the data.</summary>
/// <remarks>
/// Where values are missing, the reconstruction error is that of the observed ones, and the other figures of the training rows are NaN:
/// free energies of rows whose missing values are guessed aren't those of data.
/// </remarks>
/// <param name="ReconstructionError">Mean over rows and visible units of (v - E[v | h])^2 with h drawn from p(h | v). A diagnostic,
/// never an objective: it falls also when the chains stop mixing.</param>
/// <param name="LogPseudoLikelihood">Stochastic log pseudo-likelihood in nats a row: visible units times the mean of
/// log p(v_i | the rest) for one random unit i of each row.</param>
/// <param name="FreeEnergyGap">Mean free energy of the validation rows minus that of the training rows: it grows when the model
/// overfits. NaN without validation rows.</param>
/// <param name="LogLikelihood">Mean log-likelihood of the training rows in nats: minus their mean free energy minus log Z. NaN where log Z
/// isn't known.</param>
/// <param name="ValidationLogLikelihood">The same of the validation rows.</param>
/// <param name="LogPartitionFunction">log Z in nats, or NaN.</param>
public readonly record struct TrainingFigures(
    double ReconstructionError, double LogPseudoLikelihood, double FreeEnergyGap, double LogLikelihood, double ValidationLogLikelihood,
    double LogPartitionFunction);
