using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>
/// RAISE: a cautious log-likelihood of every row, by annealing from the row back to the base rates. Needs no log Z, and errs to the
/// other side than forward annealing, which flatters.
/// </summary>
/// <remarks>
/// <code>
///   x_K = v;  for k = K..1: x_(k-1) ~ a Gibbs sweep at beta_k from x_k, weight *= f_(k-1)(x_(k-1)) / f_k(x_(k-1))
///   p(v) ~ f_K(v) / Z_0 * mean weight
/// </code>
/// <para>The expectation over runs, before the logarithm, is the probability with which forward annealing along the same ladder ends at v;
/// its logarithm is on average too small. That distribution tends to the model as the ladder grows; over rows drawn from the
/// model its mean log-likelihood is below the model's for every ladder, for a single row it need not be.</para>
/// <para>Source: Burda, Grosse and Salakhutdinov, "Accurate and conservative estimates of MRF log-likelihood using reverse annealing"
/// (2015), section 3. A function of model, rows, options and seed: not of threads or SIMD level. Thread-safe.</para>
/// </remarks>
public static class ReverseAnnealing
{
    /// <summary>Rows that are annealed at once.</summary>
    private const int RowsAtOnce = 1024;

    /// <summary>Estimates the log-likelihood of rows.</summary>
    /// <param name="rbm">A binary model. It must not be edited meanwhile.</param>
    /// <param name="rows">Binary rows, at least one.</param>
    /// <param name="options">Base rates, schedule, seed and threads; <see cref="AnnealingOptions.Runs"/> are those of each row.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>The estimates.</returns>
    /// <exception cref="ArgumentException">As for <see cref="AnnealedImportanceSampling.Estimate"/>, or the rows don't fit the model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RaiseEstimate Estimate(
        Rbm rbm, IVisibleRows rows, AnnealingOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rows);
        float[] baseBias = options.Validate(rbm);
        AnnealingOptions.CheckRows(rows, rbm, nameof(rows));
        double baseLog = AnnealedImportanceSampling.BaseLogPartitionFunction(baseBias, rbm.Hidden.Count);
        int block = Math.Clamp(RowsAtOnce / options.Runs, 1, rows.Rows);
        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, (rows.Rows + block - 1) / block);
        double[] logLikelihoods = new double[rows.Rows];
        using (Batch batch = new(rbm, baseBias, block, options))
        {
            int first = 0;
            for (; first + block <= rows.Rows; first += block)
            {
                batch.Run(rows, first, logLikelihoods.AsSpan(first, block), shares, cancellation);
                shares?.Next();
            }

            if (first < rows.Rows)
            {
                using Batch rest = new(rbm, baseBias, rows.Rows - first, options);
                rest.Run(rows, first, logLikelihoods.AsSpan(first), shares, cancellation);
            }
        }

        double sum = 0;
        for (int row = 0; row < logLikelihoods.Length; row++)
        {
            logLikelihoods[row] -= baseLog;
            sum += logLikelihoods[row];
        }

        double mean = sum / rows.Rows;
        double squares = 0;
        foreach (double value in logLikelihoods)
        {
            squares += (value - mean) * (value - mean);
        }

        double error = rows.Rows > 1 ? Math.Sqrt(squares / ((double)rows.Rows * (rows.Rows - 1))) : double.PositiveInfinity;
        return new RaiseEstimate(logLikelihoods, mean, error);
    }

    /// <summary>The runs of some rows at a time.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly Rbm _rbm;
        private readonly AnnealedRows _annealed;
        private readonly float[] _ladder;
        private readonly RbmWorkspace _workspace;
        private readonly BitMatrix _states;
        private readonly double[] _freeEnergies;
        private readonly int _runs;

        public Batch(Rbm rbm, float[] baseBias, int rows, AnnealingOptions options)
        {
            _rbm = rbm;
            _runs = options.Runs;
            _annealed = new AnnealedRows(rbm, baseBias, rows * options.Runs, options.Seed, AnnealedImportanceSampling.RaiseNumber, options.Threads);
            _ladder = options.Schedule.Ladder(reverse: true);
            _workspace = new RbmWorkspace(rbm);
            _states = new BitMatrix(rows, rbm.Visible.Count);
            _freeEnergies = new double[rows];
        }

        /// <summary>log f_1(v) + log mean weight of rows from first on.</summary>
        public void Run(IVisibleRows rows, int first, Span<double> results, IProgress<double>? progress, CancellationToken cancellation)
        {
            for (int row = 0; row < results.Length; row++)
            {
                rows.CopyBits(first + row, _states.Row(row));
                for (int run = 0; run < _runs; run++)
                {
                    _states.Row(row).CopyTo(_annealed.Visible.Row((row * _runs) + run));
                }
            }

            _annealed.FirstRow = (long)first * _runs;
            _annealed.Restart();
            _annealed.Sweep(1, null, cancellation);
            _annealed.Anneal(_ladder, 0, _ladder.Length, progress, cancellation);
            _rbm.FreeEnergy(_states, _workspace, _freeEnergies);
            for (int row = 0; row < results.Length; row++)
            {
                results[row] = new AnnealingWeights(_annealed.LogWeights.AsSpan(row * _runs, _runs)).LogMeanWeight - _freeEnergies[row];
            }
        }

        public void Dispose() => _annealed.Dispose();
    }
}
