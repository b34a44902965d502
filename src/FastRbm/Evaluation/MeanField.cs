using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Mean-field estimates of log Z of a binary RBM: deterministic, and cheap enough for models far too large to enumerate.</summary>
/// <remarks>
/// <para>Naive mean field is the largest value of E_q[-E(v,h)] + S(q) over independent units q, hence a lower bound on log Z, and often a loose
/// one: q settles on one mode. The Thouless-Anderson-Palmer (TAP) equations add the next terms of the expansion in weak weights
/// (Plefka 1982): their value is closer for weak weights, but bounds nothing, and for strong weights it may be far off on either
/// side, or not come to rest; the estimate then says so.</para>
/// <para>An iteration costs 2 visible x hidden multiply-adds, three times that for TAP. Double precision, the same bits for any number of
/// threads, over which the starts are split. Allocates 8 bytes a weight and a thread's means. Thread-safe. Sources: Plefka, "Convergence
/// condition of the TAP equation" (1982); Georges and Yedidia, "How to expand around mean-field theory using high-temperature expansions"
/// (1991); Gabrie, Tramel and Krzakala, "Training restricted Boltzmann machines via the Thouless-Anderson-Palmer free energy" (2015).</para>
/// </remarks>
public static class MeanField
{
    /// <summary>Naive mean field: max over m, n of S(m) + S(n) + a.m + b.n + m'Wn, by ascent from several starts. A lower bound on log Z.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="options">Starts and stopping; null for the defaults.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Stops the iteration.</param>
    /// <returns>The largest bound that any start has reached; a bound also where not converged.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option or <paramref name="threads"/> is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PartitionFunctionEstimate LowerBound(
        RbmParameters parameters, MeanFieldOptions? options = null, int threads = 1, CancellationToken cancellation = default) =>
        Run(parameters, options, 1, threads, cancellation);

    /// <summary>The TAP value: the expansion to second or third order at means where it is stationary. An approximation.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="order">2, or 3 for the cubes of the weights as well.</param>
    /// <param name="options">Starts, damping and stopping; null for the defaults.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Stops the iteration.</param>
    /// <returns>The largest value of the starts that came to rest; if none did, the largest of all, marked as not converged. Always finite:
    /// means stay within [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The order, an option or <paramref name="threads"/> is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PartitionFunctionEstimate Tap(
        RbmParameters parameters, int order = 3, MeanFieldOptions? options = null, int threads = 1, CancellationToken cancellation = default)
    {
        if (order is not (2 or 3))
        {
            Throw.OutOfRange(nameof(order), "2 or 3", order);
        }

        return Run(parameters, options, order, threads, cancellation);
    }

    /// <summary>
    /// Independent units that bound log Z from above: sum_i softplus(a_i) + sum_j softplus(b_j + sum_i max(W_ij, 0)), or the same with
    /// the layers' parts exchanged, whichever is less.
    /// </summary>
    /// <remarks>No hidden unit can get more input than from all positive weights. One pass over the weights.</remarks>
    /// <param name="parameters">The model.</param>
    /// <returns>An upper bound.</returns>
    public static PartitionFunctionEstimate FactorisedUpperBound(RbmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new PartitionFunctionEstimate("factorised", FactorisedBound.Of(parameters), BoundKind.UpperBound, 0, true, 0);
    }

    private static PartitionFunctionEstimate Run(
        RbmParameters parameters, MeanFieldOptions? options, int order, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Throw.IfLess(threads, 1);
        options ??= new MeanFieldOptions();
        options.Validate();
        MeanFieldRun.Outcome best = MeanFieldRun.Best(parameters, options, order, threads, cancellation);
        return new PartitionFunctionEstimate(
            order == 1 ? "mean field" : order == 2 ? "TAP 2" : "TAP 3", best.Value, order == 1 ? BoundKind.LowerBound : BoundKind.Approximation,
            best.Iterations, best.Converged, best.Residual);
    }
}
