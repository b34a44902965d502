using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Mean F(validation) - mean F(training), in nats: log Z cancels, so a growing gap shows overfitting of any model.</summary>
/// <remarks>Source: Hinton (2010), "A practical guide to training restricted Boltzmann machines", section 6.</remarks>
/// <param name="Training">Mean free energy of the training rows.</param>
/// <param name="Validation">Mean free energy of the validation rows.</param>
public sealed record FreeEnergyGap(double Training, double Validation)
{
    /// <summary>The gap: above 0 when training rows are the likelier ones.</summary>
    public double Gap => Validation - Training;

    /// <summary>Measures the gap in double precision.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="training">Binary training rows, at least one; a part of them is enough.</param>
    /// <param name="validation">Binary rows that weren't trained on, at least one.</param>
    /// <returns>Both means. Allocates a row of inputs twice; thread-safe.</returns>
    /// <exception cref="ArgumentException">A width isn't the model's, or rows aren't binary.</exception>
    public static FreeEnergyGap Compute(RbmParameters parameters, IVisibleRows training, IVisibleRows validation) =>
        new(ExactLikelihood.MeanFreeEnergy(parameters, training), ExactLikelihood.MeanFreeEnergy(parameters, validation));
}
