using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// The pseudo-likelihood of data under a binary RBM: sum_i log p(v_i | all other visible units), which needs no partition function.
/// </summary>
/// <remarks>
/// <para>log p(v_i | rest) = -softplus(F(v) - F(v with unit i flipped)). Exactly, all units of a row are flipped: the inputs of the hidden
/// units change by plus or minus W_ij, and what that does to their softplus terms is the logarithm of one product, so that a flip costs a
/// multiply-add and a multiplication a hidden unit. Stochastically, one unit of each row is flipped and counts for all of them.</para>
/// <para>Double precision throughout; the same bits for any number of threads and any vector width. It isn't a bound on the likelihood, and
/// models are comparable by it only for the same data. Allocates a workspace a call: 16 bytes for each of 512 rows x hidden
/// units, 8 for each of 512 x visible units and 256 a hidden unit and thread. Thread-safe.</para>
/// <para>Source: Besag, "Statistical analysis of non-lattice data" (1975).</para>
/// </remarks>
public static class PseudoLikelihood
{
    /// <summary>The exact pseudo-likelihood.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share of the rows that is done; or null.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <returns>Mean and standard error over the rows.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, or the rows aren't binary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PseudoLikelihoodReport Exact(
        RbmParameters parameters, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Report(ExactRows(parameters, rows, threads, progress, cancellation), "exact");

    /// <summary>The exact pseudo-likelihood.</summary>
    /// <param name="rbm">The model; its float parameters are taken as exact.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share of the rows that is done; or null.</param>
    /// <param name="cancellation">Stops the evaluation.</param>
    /// <returns>Mean and standard error over the rows.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, or the rows aren't binary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PseudoLikelihoodReport Exact(
        Rbm rbm, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Exact(RbmParameters.From(rbm), rows, threads, progress, cancellation);

    /// <summary>The exact pseudo-likelihood of each row: sum_i log p(v_i | rest).</summary>
    /// <returns>A number of nats a row, at most 0.</returns>
    /// <inheritdoc cref="Exact(RbmParameters, IVisibleRows, int, IProgress{double}?, CancellationToken)"/>
    public static double[] ExactRows(
        RbmParameters parameters, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        ExactRows(SimdSelection.Current, parameters, rows, threads, progress, cancellation);

    /// <summary>
    /// An unbiased estimate of the pseudo-likelihood: of each row one unit, drawn uniformly, counts as many times as there are units.
    /// </summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="seed">Seed of the draws: the unit of a row is a function of seed and row.</param>
    /// <returns>Mean and standard error over the rows.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, or the rows aren't binary.</exception>
    public static PseudoLikelihoodReport Stochastic(RbmParameters parameters, IVisibleRows rows, ulong seed = 0) =>
        Report(StochasticRows(parameters, rows, seed), "stochastic");

    /// <summary>An unbiased estimate of the pseudo-likelihood, as for double-precision parameters.</summary>
    /// <param name="rbm">The model; its float parameters are taken as exact.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="seed">Seed of the draws: the unit of a row is a function of seed and row.</param>
    /// <returns>Mean and standard error over the rows.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, or the rows aren't binary.</exception>
    public static PseudoLikelihoodReport Stochastic(Rbm rbm, IVisibleRows rows, ulong seed = 0) => Stochastic(RbmParameters.From(rbm), rows, seed);

    /// <summary>The estimate of each row: visible units x log p(v_i | rest) for one unit i.</summary>
    /// <returns>A number of nats a row, at most 0.</returns>
    /// <inheritdoc cref="Stochastic(RbmParameters, IVisibleRows, ulong)"/>
    public static double[] StochasticRows(RbmParameters parameters, IVisibleRows rows, ulong seed = 0)
    {
        Check(parameters, rows);
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double[] inputs = new double[parameters.Hidden];
        double[] values = new double[rows.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            rows.CopyBits(row, states);
            VisibleFlips.HiddenInputs(parameters, states, inputs);
            int unit = new RandomStream(seed, StreamPurpose.PseudoLikelihoodUnit, 0, row).Below(0, parameters.Visible);
            values[row] = -parameters.Visible * DoubleMath.Softplus(VisibleFlips.Difference(parameters, states, inputs, unit));
        }

        return values;
    }

    /// <summary>The exact values at a vector width.</summary>
    internal static double[] ExactRows(
        SimdLevel level, RbmParameters parameters, IVisibleRows rows, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        Check(parameters, rows);
        Throw.IfLess(threads, 1);
        double[] values = new double[rows.Rows];
        using ThreadTeam team = new(threads);
        VisibleFlips flips = new(level, parameters, rows, values, team.Members);
        for (int first = 0; first < rows.Rows; first += VisibleFlips.RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            flips.Run(team, first);
            progress?.Report(Math.Min(1.0, (double)(first + VisibleFlips.RowsAtOnce) / rows.Rows));
        }

        return values;
    }

    private static PseudoLikelihoodReport Report(double[] values, string method)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        double mean = sum / values.Length;
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        double? error = values.Length < 2 ? null : Math.Sqrt(squares / (values.Length - 1) / values.Length);
        return new PseudoLikelihoodReport(values.Length, mean, error, method);
    }

    private static void Check(RbmParameters parameters, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        if (rows.Columns != parameters.Visible)
        {
            Throw.Argument(nameof(rows), $"rows of {parameters.Visible} values, the model's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
    }
}
