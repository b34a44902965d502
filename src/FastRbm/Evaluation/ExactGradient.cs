using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>
/// The exact mean log-likelihood of rows under a binary RBM and its gradient: for W the mean of v E[h | v]' over the rows minus
/// E[v h'] under the model, and so for the biases.
/// </summary>
/// <remarks>
/// <para>Moments under the model are those of <see cref="ExactMoments"/>. Double precision; the same bits for any number of threads
/// and any vector width. Computing allocates nothing: the buffers are made once, for models of one size. Before the first computation
/// all is 0. Not thread-safe; disposing ends the threads.</para>
/// <para>Source: Ackley, Hinton and Sejnowski, "A learning algorithm for Boltzmann machines" (1985), equation 8.</para>
/// </remarks>
public sealed class ExactGradient : IDisposable
{
    private const int RowsAtOnce = 256;

    private readonly LikelihoodGradientSums _sums;
    private readonly BitMatrix _rows;

    /// <summary>Allocates the buffers and starts the threads.</summary>
    /// <param name="visible">The number of visible units, at least 1.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <exception cref="ArgumentException">Both layers have more than <see cref="ExactPartitionFunction.MaxUnits"/> units.</exception>
    public ExactGradient(int visible, int hidden, int threads = 1)
    {
        Throw.IfLess(visible, 1);
        Throw.IfLess(hidden, 1);
        Throw.IfLess(threads, 1);
        ExactPartitionFunction.CheckSize(visible, hidden, threads, visible <= hidden ? nameof(visible) : nameof(hidden));
        _sums = new LikelihoodGradientSums(visible, hidden, RowsAtOnce, threads, SimdSelection.Current);
        _rows = new BitMatrix(RowsAtOnce, visible);
    }

    /// <summary>log Z of the model in nats.</summary>
    public double LogPartitionFunction => _sums.Model.LogPartitionFunction;

    /// <summary>The gradient with respect to W [visible, hidden].</summary>
    public ReadOnlySpan2D<double> Weights => new(_sums.WeightGradient, _sums.VisibleGradient.Length, _sums.HiddenGradient.Length);

    /// <summary>The gradient with respect to the visible biases.</summary>
    public ReadOnlySpan<double> VisibleBias => _sums.VisibleGradient;

    /// <summary>The gradient with respect to the hidden biases.</summary>
    public ReadOnlySpan<double> HiddenBias => _sums.HiddenGradient;

    /// <summary>Computes the log-likelihood of rows and its gradient.</summary>
    /// <param name="parameters">A model of the size that this was made for.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="rowWeights">A weight a row, 0 or more, with a sum above 0; or empty for equal ones.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops; the gradient is then as before.</param>
    /// <returns>The weighted mean of log p(v), in nats a row.</returns>
    /// <exception cref="ArgumentException">The model or the rows are of another size, the rows aren't binary, the weights of the rows are
    /// negative, sum to 0 or aren't as many as the rows, or the model's absolute parameters sum to more than a double holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double Compute(
        RbmParameters parameters, IVisibleRows rows, ReadOnlySpan<float> rowWeights = default, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ExactMoments.CheckModel(_sums.Model.Tables, parameters.Visible, parameters.Hidden, nameof(parameters));
        _sums.Load(parameters.Weights, parameters.VisibleBias, parameters.HiddenBias);
        return Compute(rows, rowWeights, progress, cancellation);
    }

    /// <summary>Computes the log-likelihood of rows and its gradient.</summary>
    /// <param name="rbm">A model of the size that this was made for; its float parameters are taken as exact.</param>
    /// <param name="rows">Binary visible rows, at least one.</param>
    /// <param name="rowWeights">A weight a row, 0 or more, with a sum above 0; or empty for equal ones.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops; the gradient is then as before.</param>
    /// <returns>The weighted mean of log p(v), in nats a row.</returns>
    /// <exception cref="ArgumentException">The model or the rows are of another size, the model or the rows aren't binary, or the weights
    /// of the rows are negative, sum to 0 or aren't as many as the rows.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double Compute(
        Rbm rbm, IVisibleRows rows, ReadOnlySpan<float> rowWeights = default, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ExactMoments.CheckModel(_sums.Model.Tables, rbm, nameof(rbm));
        _sums.Load(rbm.WeightMatrix, rbm.Visible.Bias, rbm.Hidden.Bias);
        return Compute(rows, rowWeights, progress, cancellation);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _sums.Dispose();

    private double Compute(IVisibleRows rows, ReadOnlySpan<float> rowWeights, IProgress<double>? progress, CancellationToken cancellation)
    {
        ExactLikelihood.CheckRows(rows, _rows.Columns);
        if (!rowWeights.IsEmpty)
        {
            Throw.IfLengthDiffers(rowWeights.Length, rows.Rows, nameof(rowWeights));
        }

        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(RowsAtOnce, rows.Rows - first);
            for (int row = 0; row < count; row++)
            {
                rows.CopyBits(first + row, _rows.Row(row));
            }

            _sums.Add(_rows, count, rowWeights.IsEmpty ? default : rowWeights.Slice(first, count));
        }

        return _sums.Finish(progress, cancellation);
    }
}
