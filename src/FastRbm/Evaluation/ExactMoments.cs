using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// The exact moments of a binary RBM: log Z, E[v], E[h] and E[v h'] under p(v,h) = exp(-E(v,h)) / Z, by enumerating the states of
/// its smaller layer.
/// </summary>
/// <remarks>
/// <para>A state s of the smaller layer has p(s) = exp(c.s) prod_i (1 + exp(x_i(s))) / Z, and E[u_i | s] = sigmoid(x_i(s)) for unit i
/// of the larger one. Sums of p(s) sigmoid(x_i(s)) over the states with a bit on are partial sums of that over all states, so a state
/// and unit cost some ten operations, however many bits there are.</para>
/// <para>Double precision; the same bits for any number of threads and any vector width. Computing allocates nothing: the buffers
/// are made once, for models of one size. Before the first computation all is 0. Not thread-safe; disposing ends the threads.</para>
/// </remarks>
public sealed class ExactMoments : IDisposable
{
    private readonly ThreadTeam _team;
    private readonly MomentSums _sums;

    /// <summary>Allocates the buffers and starts the threads.</summary>
    /// <param name="visible">The number of visible units, at least 1.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <exception cref="ArgumentException">Both layers have more than <see cref="ExactPartitionFunction.MaxUnits"/> units.</exception>
    public ExactMoments(int visible, int hidden, int threads = 1)
    {
        Throw.IfLess(visible, 1);
        Throw.IfLess(hidden, 1);
        Throw.IfLess(threads, 1);
        ExactPartitionFunction.CheckSize(visible, hidden, threads, visible <= hidden ? nameof(visible) : nameof(hidden));
        _team = new ThreadTeam(threads);
        _sums = new MomentSums(visible, hidden, _team, SimdSelection.Current);
    }

    /// <summary>log Z in nats.</summary>
    public double LogPartitionFunction => _sums.LogPartitionFunction;

    /// <summary>E[v], a mean for each visible unit.</summary>
    public ReadOnlySpan<double> VisibleMeans => _sums.VisibleMeans;

    /// <summary>E[h], a mean for each hidden unit.</summary>
    public ReadOnlySpan<double> HiddenMeans => _sums.HiddenMeans;

    /// <summary>E[v h'] [visible, hidden].</summary>
    public ReadOnlySpan2D<double> Products => new(_sums.Products, VisibleMeans.Length, HiddenMeans.Length);

    /// <summary>Computes the moments of a model.</summary>
    /// <param name="parameters">A model of the size that this was made for.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration; the moments are then those of the model before.</param>
    /// <exception cref="ArgumentException">The model is of another size, or its absolute parameters sum to more than a double holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Compute(RbmParameters parameters, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        CheckModel(_sums.Tables, parameters.Visible, parameters.Hidden, nameof(parameters));
        _sums.Tables.Load(parameters.Weights, parameters.VisibleBias, parameters.HiddenBias);
        _sums.Compute(progress, cancellation);
    }

    /// <summary>Computes the moments of a model.</summary>
    /// <param name="rbm">A model of the size that this was made for; its float parameters are taken as exact.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration; the moments are then those of the model before.</param>
    /// <exception cref="ArgumentException">The model is of another size, or isn't binary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Compute(Rbm rbm, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        CheckModel(_sums.Tables, rbm, nameof(rbm));
        _sums.Tables.Load(rbm.WeightMatrix, rbm.Visible.Bias, rbm.Hidden.Bias);
        _sums.Compute(progress, cancellation);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    /// <summary>Refuses a model of another size or kind.</summary>
    internal static void CheckModel(EnumerationTables tables, Rbm rbm, string name)
    {
        if (rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
        {
            Throw.Argument(name, "binary units in both layers", $"{rbm.Visible.Name} visible and {rbm.Hidden.Name} hidden units");
        }

        CheckModel(tables, rbm.Visible.Count, rbm.Hidden.Count, name);
    }

    /// <summary>Refuses a model of another size.</summary>
    internal static void CheckModel(EnumerationTables tables, int visible, int hidden, string name)
    {
        if (visible != tables.Visible || hidden != tables.Hidden)
        {
            Throw.Argument(name, $"a model of {tables.Visible} visible and {tables.Hidden} hidden units", $"{visible} and {hidden}");
        }
    }
}
