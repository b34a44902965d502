using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Deep;

namespace FastRbm.Evaluation.Deep;

/// <summary>What can be said about the likelihood of a deep Boltzmann machine: a variational bound on each row, and log Z by annealing both ways.</summary>
/// <remarks>
/// <para>log p(v) is at least E_q[-E(v,h)] + entropy(q) - log Z for every q; q is factorised here, with all odd layers at their best, so the
/// figure is cautious by what q misses. log Z is that of <see cref="DeepBoltzmannMachine.Joined"/>, all odd layers summed out exactly,
/// annealed from base rates that the even layers have under the data.</para>
/// <para>A function of machine, rows, options and seed: the same bits for any number of threads and any SIMD level. Thread-safe.</para>
/// <para>Source: Salakhutdinov and Hinton, "Deep Boltzmann machines" (2009), sections 3.3 and 3.4.</para>
/// </remarks>
public static class DeepLikelihood
{
    /// <summary>Mean-field sweeps: the bound of MNIST's digits moves by less than 0.001 nats after them.</summary>
    public const int DefaultSweeps = 30;

    private const int RowsAtOnce = 256;
    private const int MostStarts = 2000;

    /// <summary>The bound on log p(v) + log Z of each row.</summary>
    /// <param name="machine">The machine. It must not be edited meanwhile.</param>
    /// <param name="rows">Binary rows, at least one.</param>
    /// <param name="sweeps">Mean-field sweeps, at least 0.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Asked between blocks of rows.</param>
    /// <returns>A number of nats a row.</returns>
    /// <exception cref="ArgumentException">The width isn't the machine's, values aren't 0 or 1, or are missing.</exception>
    public static double[] Bounds(
        DeepBoltzmannMachine machine, IVisibleRows rows, int sweeps = DefaultSweeps, int threads = 1, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        Check(machine, rows);
        Throw.IfLess(sweeps, 0);
        Throw.IfLess(threads, 1);
        double[] bounds = new double[rows.Rows];
        using DeepMeanField field = new(machine, Math.Min(RowsAtOnce, rows.Rows), threads);
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int some = Math.Min(RowsAtOnce, rows.Rows - first);
            field.Start(rows, first, some);
            field.Run(sweeps);
            field.Bounds(bounds.AsSpan(first, some));
            progress?.Report((double)(first + some) / rows.Rows);
        }

        return bounds;
    }

    /// <summary>Estimates log Z.</summary>
    /// <param name="machine">The machine. It must not be edited meanwhile.</param>
    /// <param name="options">
    /// How. <see cref="AnnealingOptions.Data"/>, if given, are rows of the visible layer: they are completed to states of all even layers by
    /// mean field, for the base rates and as starts of the reverse runs. Other starts and base biases are of all even layers.
    /// </param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>Estimate, bounds and verdict.</returns>
    /// <exception cref="ArgumentException">As for <see cref="AnnealedImportanceSampling.Estimate"/>.</exception>
    public static AnnealingEstimate Partition(
        DeepBoltzmannMachine machine, AnnealingOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        AnnealingOptions joined = options;
        if (options.Data is not null)
        {
            Check(machine, options.Data);
            joined = options with { Data = new JoinedRows(machine, options.Data, MostStarts, DefaultSweeps, options.Seed, options.Threads) };
        }

        return AnnealedImportanceSampling.Estimate(machine.Joined, joined, progress, cancellation);
    }

    /// <summary>Bounds the mean log-likelihood of rows.</summary>
    /// <param name="machine">The machine. It must not be edited meanwhile.</param>
    /// <param name="rows">Binary rows, at least one.</param>
    /// <param name="options">How log Z is estimated, as for <see cref="Partition"/>.</param>
    /// <param name="sweeps">Mean-field sweeps, at least 0.</param>
    /// <param name="progress">Told the share of the annealing that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Bounds"/> and <see cref="Partition"/>.</exception>
    public static DeepLikelihoodReport Estimate(
        DeepBoltzmannMachine machine, IVisibleRows rows, AnnealingOptions options, int sweeps = DefaultSweeps, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        double[] bounds = Bounds(machine, rows, sweeps, options.Threads, null, cancellation);
        AnnealingEstimate partition = Partition(machine, options, progress, cancellation);
        double mean = bounds.Sum() / bounds.Length;
        double squares = bounds.Sum(bound => (bound - mean) * (bound - mean));
        double error = bounds.Length > 1 ? Math.Sqrt(squares / ((double)bounds.Length * (bounds.Length - 1))) : double.PositiveInfinity;
        return new DeepLikelihoodReport(bounds.Length, mean, error, partition);
    }

    private static void Check(DeepBoltzmannMachine machine, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        if (rows.Columns != machine.Visible)
        {
            Throw.Argument(nameof(rows), $"rows of {machine.Visible} values, the machine's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
    }
}
