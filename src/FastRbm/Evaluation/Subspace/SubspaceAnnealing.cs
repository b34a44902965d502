using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Models.Subspace;

namespace FastRbm.Evaluation.Subspace;

/// <summary>
/// log Z of a subspace RBM by annealed importance sampling, from the base rates to the model and back:
/// p_beta(x) ~ exp((1 - beta) a0.x + beta b.x) prod_j (2^K + exp(beta c_j) prod_k (1 + exp(beta I_jk))), whose log Z_0 = sum_i softplus(a0_i) +
/// M (K + 1) log 2 is known.
/// </summary>
/// <remarks>
/// Bounds and verdict are as in <see cref="AnnealedImportanceSampling"/>. Weights are in double, of inputs that are exact integer sums. The
/// result is a function of model, options and seed: the same bits for any number of threads and any SIMD level. Thread-safe.
/// Sources: Neal (2001); Salakhutdinov and Murray (2008); Grosse, Ghahramani and Adams (2015).
/// </remarks>
public static class SubspaceAnnealing
{
    /// <summary>Estimates log Z.</summary>
    /// <param name="model">The model. It must not be edited meanwhile.</param>
    /// <param name="options">How. Reverse runs start at <see cref="AnnealingOptions.Starts"/>, else at <see cref="AnnealingOptions.Data"/>, else at the base rates.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>Estimate, bounds and verdict.</returns>
    /// <exception cref="ArgumentException">There are no runs, rows have another width than the model or aren't binary, or a base bias isn't finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AnnealingEstimate Estimate(
        SubspaceRbm model, AnnealingOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        float[] baseBias = Validate(model, options);
        double baseLog = model.Gates * (model.Subspaces + 1) * DoubleMath.Log(2);
        foreach (float bias in baseBias)
        {
            baseLog += DoubleMath.Softplus(bias);
        }

        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, 1 + (options.BothWays ? 1 : 0));
        using SubspaceAnnealedRows rows = new(model, baseBias, options);
        rows.StartAtBase(AnnealedImportanceSampling.ForwardNumber);
        AnnealingWeights forward = new(rows.Anneal(options.Schedule.Ladder(reverse: false), shares, cancellation));
        if (!options.BothWays)
        {
            return new AnnealingEstimate(
                baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, baseLog + forward.Lower, baseLog + forward.Upper, forward, null,
                AnnealingVerdict.Of(forward, null, 0));
        }

        shares?.Next();
        rows.StartAtBase(AnnealedImportanceSampling.ReverseNumber);
        if ((options.Starts ?? options.Data) is { } starts)
        {
            rows.StartAt(starts);
        }

        rows.Sweep(options.StartSweeps, cancellation);
        AnnealingWeights reverse = new(rows.Anneal(options.Schedule.Ladder(reverse: true), shares, cancellation));
        double lower = baseLog + forward.Lower;
        double upper = baseLog - reverse.Lower;
        AnnealingVerdict verdict = AnnealingVerdict.Of(forward, reverse, upper - lower);
        if (upper < lower)
        {
            return new AnnealingEstimate(baseLog, baseLog + forward.LogMeanWeight, forward.StandardError, lower, baseLog + forward.Upper, forward, reverse, verdict);
        }

        BennettEstimate both = BennettRatio.Estimate(forward.LogWeights, reverse.LogWeights);
        return new AnnealingEstimate(
            baseLog, Math.Clamp(baseLog + both.LogRatio, lower, upper), both.StandardError, lower, upper, forward, reverse, verdict);
    }

    private static float[] Validate(SubspaceRbm model, AnnealingOptions options)
    {
        Throw.IfLess(options.Runs, 1, nameof(options.Runs));
        Throw.IfLess(options.Threads, 1, nameof(options.Threads));
        Throw.IfLess(options.StartSweeps, 0, nameof(options.StartSweeps));
        ArgumentNullException.ThrowIfNull(options.Schedule);
        AnnealingOptions.CheckRows(options.Data, model.Joint, nameof(options.Data));
        AnnealingOptions.CheckRows(options.Starts, model.Joint, nameof(options.Starts));
        double[] bias = options.BaseBias?.ToArray() ?? (options.Data is null ? new double[model.Visible] : BaseRates.LogOdds(options.Data));
        Throw.IfLengthDiffers(bias.Length, model.Visible, nameof(options.BaseBias));
        float[] narrowed = new float[bias.Length];
        for (int unit = 0; unit < bias.Length; unit++)
        {
            narrowed[unit] = (float)bias[unit];
            if (!float.IsFinite(narrowed[unit]))
            {
                Throw.Argument(nameof(options.BaseBias), "finite values", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bias[unit]} at unit {unit}"));
            }
        }

        return narrowed;
    }
}
