using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>
/// log Z of a binary RBM by annealed importance sampling, from the base rates to the model and back:
/// p_beta(v) ~ exp((1 - beta) a0.v + beta a.v) prod_j (1 + exp(beta I_j)), whose log Z_0 is known.
/// </summary>
/// <remarks>
/// <para>Forward runs give log Z or less, on average, reverse runs from samples of the model log Z or more; how far they are apart shows what
/// runs of one kind hide. Reverse runs of small models start at exact samples, those of others at rows of data that many Gibbs sweeps have
/// carried towards the model; where those don't arrive the upper bound is only as good as they are.</para>
/// <para>Weights are of the model with its fixed-point parameters, in double. The result is a function of model, options and seed: the same
/// bits for any number of threads and any SIMD level. Memory: 8 bytes a run and unit. Thread-safe.</para>
/// <para>Sources: Neal, "Annealed importance sampling" (2001); Salakhutdinov and Murray, "On the quantitative analysis of deep belief
/// networks" (2008), equations 12 to 18; Burda, Grosse and Salakhutdinov, "Accurate and conservative estimates of MRF
/// log-likelihood using reverse annealing" (2015); Grosse, Ghahramani and Adams, "Sandwiching the marginal likelihood using
/// bidirectional Monte Carlo" (2015).</para>
/// </remarks>
public static class AnnealedImportanceSampling
{
    internal const int ForwardNumber = 0;
    internal const int ReverseNumber = 1;
    internal const int PilotNumber = 2;
    internal const int RaiseNumber = 3;

    /// <summary>Estimates log Z.</summary>
    /// <param name="rbm">A binary model. It must not be edited meanwhile.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>Estimate, bounds and verdict.</returns>
    /// <exception cref="ArgumentException">A layer isn't binary, there are no runs, rows have another width than the model or aren't
    /// binary, a base bias isn't finite, or a weight isn't.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AnnealingEstimate Estimate(
        Rbm rbm, AnnealingOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        float[] baseBias = options.Validate(rbm);
        double baseLog = BaseLogPartitionFunction(baseBias, rbm.Hidden.Count);
        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, 1 + (options.BothWays ? 1 : 0));
        AnnealingWeights forward = Forward(rbm, baseBias, options, shares, cancellation);
        if (!options.BothWays)
        {
            return new AnnealingEstimate(
                baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, baseLog + forward.Lower, baseLog + forward.Upper, forward, null,
                AnnealingVerdict.Of(forward, null, 0));
        }

        shares?.Next();
        AnnealingWeights reverse = Reverse(rbm, baseBias, options, shares, cancellation);
        double lower = baseLog + forward.Lower;
        double upper = baseLog - reverse.Lower;
        AnnealingVerdict verdict = AnnealingVerdict.Of(forward, reverse, upper - lower);
        if (upper < lower)
        {
            // Reverse runs that don't start at samples of the model bound nothing.
            return new AnnealingEstimate(baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, lower, baseLog + forward.Upper, forward, reverse, verdict);
        }

        BennettEstimate both = BennettRatio.Estimate(forward.LogWeights, reverse.LogWeights);
        double logPartition = Math.Clamp(baseLog + both.LogRatio, lower, upper);
        return new AnnealingEstimate(baseLog, logPartition, both.StandardError, lower, upper, forward, reverse, verdict);
    }

    /// <summary>log Z_0 = sum_i softplus(a0_i) + H log 2.</summary>
    internal static double BaseLogPartitionFunction(ReadOnlySpan<float> baseBias, int hidden)
    {
        double sum = hidden * DoubleMath.Log(2);
        foreach (float bias in baseBias)
        {
            sum += DoubleMath.Softplus(bias);
        }

        return sum;
    }

    /// <summary>Has rows start at others, spread evenly over them.</summary>
    /// <param name="annealed">The rows.</param>
    /// <param name="starts">Where.</param>
    internal static void StartAt(AnnealedRows annealed, IVisibleRows starts)
    {
        int runs = annealed.Visible.Rows;
        for (int run = 0; run < runs; run++)
        {
            starts.CopyBits(runs <= starts.Rows ? (int)((long)run * starts.Rows / runs) : run % starts.Rows, annealed.Visible.Row(run));
        }

        annealed.Restart();
    }

    private static AnnealingWeights Forward(
        Rbm rbm, float[] baseBias, AnnealingOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        using AnnealedRows rows = new(rbm, baseBias, options.Runs, options.Seed, ForwardNumber, options.Threads);
        rows.StartAtBase();
        float[] ladder = options.Schedule.Ladder(reverse: false);
        rows.Anneal(ladder, 0, ladder.Length, progress, cancellation);
        return new AnnealingWeights(rows.LogWeights);
    }

    private static AnnealingWeights Reverse(
        Rbm rbm, float[] baseBias, AnnealingOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        using AnnealedRows rows = new(rbm, baseBias, options.Runs, options.Seed, ReverseNumber, options.Threads);
        if (options.Starts is null && ExactStarts.Pay(rbm))
        {
            ExactStarts.Fill(rbm, options.Seed, (long)ReverseNumber << AnnealedRows.StepBits, rows.Visible, cancellation);
            rows.Restart();
        }
        else
        {
            if ((options.Starts ?? options.Data) is { } starts)
            {
                StartAt(rows, starts);
            }
            else
            {
                rows.StartAtBase();
            }

            rows.Sweep(options.StartSweeps, null, cancellation);
        }

        float[] ladder = options.Schedule.Ladder(reverse: true);
        rows.Anneal(ladder, 0, ladder.Length, progress, cancellation);
        return new AnnealingWeights(rows.LogWeights);
    }
}
