using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>The exact mean log-likelihood of data under a binary RBM: -F(v) - log Z, in double precision.</summary>
public static class ExactLikelihood
{
    /// <summary>Evaluates a model on rows.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Visible rows; values between 0 and 1 are refused, because p(v) is defined on 0 and 1.</param>
    /// <param name="threads">Threads for the enumeration, at least 1.</param>
    /// <param name="progress">Told the share of the enumeration that is done; or null.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, the rows aren't binary, or the model is too large to enumerate.</exception>
    public static LikelihoodReport Evaluate(
        RbmParameters parameters, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double free = MeanFreeEnergy(parameters, rows);
        double logPartition = ExactPartitionFunction.LogPartitionFunction(parameters, threads, progress, cancellation);
        return new LikelihoodReport(rows.Rows, free, logPartition, -free - logPartition, "exact");
    }

    /// <summary>Evaluates a model on rows.</summary>
    /// <param name="rbm">The model; its float parameters are taken as exact.</param>
    /// <param name="rows">Visible rows; values between 0 and 1 are refused, because p(v) is defined on 0 and 1.</param>
    /// <param name="threads">Threads for the enumeration, at least 1.</param>
    /// <param name="progress">Told the share of the enumeration that is done; or null.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, the rows aren't binary, or the model is too large to enumerate.</exception>
    public static LikelihoodReport Evaluate(
        Rbm rbm, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Evaluate(RbmParameters.From(rbm), rows, threads, progress, cancellation);

    /// <summary>The mean of F(v) = -a.v - sum_j softplus(b_j + (vW)_j) over rows, in nats.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <returns>The mean free energy.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, or the rows aren't binary.</exception>
    public static double MeanFreeEnergy(RbmParameters parameters, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        CheckRows(rows, parameters.Visible);
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double[] inputs = new double[parameters.Hidden];
        double sum = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, states);
            parameters.HiddenInputs(states, inputs);
            sum -= parameters.VisibleField(states);
            foreach (double input in inputs)
            {
                sum -= DoubleMath.Softplus(input);
            }
        }

        if (!double.IsFinite(sum))
        {
            Throw.Argument(nameof(parameters), "parameters whose free energies sum to less than 1.8e308", "a sum beyond the range of doubles");
        }

        return sum / rows.Rows;
    }

    /// <summary>Refuses rows that aren't binary, of another width, or none.</summary>
    internal static void CheckRows(IVisibleRows rows, int visible)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        if (rows.Columns != visible)
        {
            Throw.Argument(nameof(rows), $"rows of {visible} values, the model's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
    }
}
