using FastRbm.Models;
using FastRbm.Models.Classification;

namespace FastRbm.Evaluation.Classification;

/// <summary>The exact likelihood of labelled rows under a classification RBM with few hidden units.</summary>
/// <remarks>log Z is summed over the 2^hidden states of h, with v and y summed out; in double, the same for any number of threads.</remarks>
public static class JointLikelihood
{
    /// <summary>Whether the model has few enough hidden units: at most 28.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Whether <see cref="Compute"/> works.</returns>
    public static bool IsFeasible(ClassificationRbm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return UnitPartitionFunction.IsFeasible(model.Joint);
    }

    /// <summary>Computes mean log-likelihoods.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Rows that all have labels; grey levels are taken as they are, or thresholded where the model says so.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">There are too many hidden units, widths differ, or a label is missing or no class.</exception>
    public static JointLikelihoodReport Compute(ClassificationRbm model, ILabelledRows rows, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ClassLabels.Check(rows, model.Classes);
        model.CheckWidth(rows, nameof(rows));
        double logPartition = UnitPartitionFunction.Compute(model.Joint, threads: threads, cancellation: cancellation);
        float[] values = new float[rows.Columns];
        double joint = 0;
        double marginal = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.CopyMeans(row, values);
            if (model.ThresholdsRows)
            {
                ClassScores.Threshold(values);
            }

            joint -= model.FreeEnergy(values, rows.Labels.Span[row]);
            marginal -= model.FreeEnergy(values);
        }

        return new JointLikelihoodReport((joint / rows.Rows) - logPartition, (marginal / rows.Rows) - logPartition, logPartition);
    }
}
