using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Subspace;

namespace FastRbm.Training.Subspace;

/// <summary>Starting values of a subspace RBM.</summary>
public static class SubspaceInitializer
{
    /// <summary>
    /// Makes a model with W ~ N(0, deviation^2), visible biases from the data (<see cref="RbmInitializer.SetVisibleBias"/>), and the others 0: gates
    /// are then on half of the time, since K log 2 of the subspace units makes up for what a closed gate counts more.
    /// </summary>
    /// <param name="rows">The training data.</param>
    /// <param name="gates">M, at least 1.</param>
    /// <param name="subspaces">K, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="deviation">The standard deviation of the weights: above 0, since units of a gate that begin alike stay alike; at most 10.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static SubspaceRbm Normal(IVisibleRows rows, int gates, int subspaces, ulong seed, double deviation = RbmInitializer.DefaultDeviation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfOutside(deviation, 1e-9, 10);
        SubspaceRbm model = new(rows.Columns, gates, subspaces);
        model.Edit((weights, _, _, _) => RbmInitializer.FillNormal(weights, seed, deviation));
        RbmInitializer.SetVisibleBias(model.Joint, rows);
        return model;
    }
}
