using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>The tree-reweighted upper bound on log Z of a binary RBM.</summary>
/// <remarks>
/// <para>log Z is convex in the parameters, so if parameters theta(T) of spanning trees T average to the model's, sum_T rho(T) theta(T) =
/// theta, then log Z(theta) is at most sum_T rho(T) log Z(theta(T)), and each log Z of a tree is exact. Messages only choose among
/// such decompositions: whatever they are, what is printed is a bound, converged or not, up to rounding.</para>
/// <para>The trees are the double stars of the complete bipartite graph, one for each pair (i, j): unit i is joined to all hidden units and
/// unit j to all visible ones. Mixed uniformly they use every edge with probability (V + H - 1) / (V H), and the average over all V H of
/// them costs no more than a pass over the weights. Spanning trees with the largest mutual information are mixed in where that lowers
/// the bound.</para>
/// <para>Tight for weak weights and small models, exact where a layer has one unit. In a large model each edge is in few trees, so that its
/// weight counts many times over: the bound is then loose by a multiple of log Z, though finite. An iteration costs six softplus and
/// five exponentials a weight; memory is 56 bytes a weight. Double precision, the same bits for any number of threads. Thread-safe.</para>
/// <para>Source: Wainwright, Jaakkola and Willsky, "A new class of upper bounds on the log partition function" (2005).</para>
/// </remarks>
public static class TreeReweighted
{
    /// <summary>The most weights of a model: about 4 million, a quarter of a gigabyte of messages.</summary>
    public const int MaxWeights = 1 << 22;

    /// <summary>Below this many weights meeting at barriers costs more than threads save.</summary>
    private const int LeastWeightsForThreads = 4096;

    /// <summary>Computes the bound.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="options">Iterations and tree steps; null for the defaults.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share of the tree steps that is done; or null.</param>
    /// <param name="cancellation">Stops the iteration.</param>
    /// <returns>The least bound that was found; at most that of <see cref="MeanField.FactorisedUpperBound"/>.</returns>
    /// <exception cref="ArgumentException">The model has more than <see cref="MaxWeights"/> weights.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option or <paramref name="threads"/> is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PartitionFunctionEstimate UpperBound(
        RbmParameters parameters, TreeReweightedOptions? options = null, int threads = 1, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Throw.IfLess(threads, 1);
        options ??= new TreeReweightedOptions();
        options.Validate();
        if (parameters.Weights.LongLength > MaxWeights)
        {
            Throw.Argument(
                nameof(parameters), $"at most {MaxWeights} weights for the tree-reweighted bound",
                $"{parameters.Visible} x {parameters.Hidden}");
        }

        using ThreadTeam team = new(parameters.Weights.Length < LeastWeightsForThreads ? 1 : threads);
        TreeReweightedDual dual = new(parameters, team);
        TreeReweightedSearch search = new(dual, options, cancellation);
        search.Run(progress);
        double bound = Math.Min(search.Bound, FactorisedBound.Of(parameters));
        return new PartitionFunctionEstimate("tree-reweighted", bound, BoundKind.UpperBound, search.Iterations, search.Converged, search.Residual);
    }
}
