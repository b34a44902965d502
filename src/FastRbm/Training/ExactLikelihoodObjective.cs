using FastRbm.Errors;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>The exact mean log-likelihood of a binary RBM as an objective: every gradient enumerates the states of the smaller layer.</summary>
/// <remarks>
/// In double precision, rounded to floats at the end; the same bits for any number of threads and any vector width. Gradients
/// allocate nothing. Not thread-safe; owns a team.
/// </remarks>
internal sealed class ExactLikelihoodObjective : IMinibatchObjective
{
    /// <summary>The largest smaller layer: 2^30 states an update are hours already.</summary>
    private const int MaxUnits = 30;

    private readonly Rbm _rbm;
    private readonly int _mostRows;
    private readonly LikelihoodGradientSums _sums;

    /// <summary>Allocates buffers and starts threads.</summary>
    /// <param name="rbm">The model; each gradient takes its parameters as they then are.</param>
    /// <param name="mostRows">The most rows of a minibatch.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <exception cref="ArgumentException">The model isn't binary, or both layers have more than 30 units.</exception>
    public ExactLikelihoodObjective(Rbm rbm, int mostRows, int threads)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        if (rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
        {
            Throw.Argument(nameof(rbm), "binary units in both layers", $"{rbm.Visible.Name} visible and {rbm.Hidden.Name} hidden units");
        }

        if (Math.Min(rbm.Visible.Count, rbm.Hidden.Count) > MaxUnits)
        {
            Throw.Argument(
                nameof(rbm), $"at most {MaxUnits} units in the smaller layer for the exact likelihood (chains train larger models: PCD or tempering)",
                $"{rbm.Visible.Count} visible and {rbm.Hidden.Count} hidden units");
        }

        _rbm = rbm;
        _mostRows = mostRows;
        _sums = new LikelihoodGradientSums(rbm.Visible.Count, rbm.Hidden.Count, mostRows, threads, SimdSelection.Current);
    }

    /// <inheritdoc/>
    public double Gradient(BitMatrix rows, int count, ReadOnlySpan<float> rowWeights, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(visibleBias);
        ArgumentNullException.ThrowIfNull(hiddenBias);
        Throw.IfOutside(count, 1, Math.Min(_mostRows, rows.Rows));
        Throw.IfLengthDiffers(rows.Columns, _rbm.Visible.Count, nameof(rows));
        if (!rowWeights.IsEmpty && rowWeights.Length < count)
        {
            Throw.Length(nameof(rowWeights), count, rowWeights.Length);
        }

        _sums.Load(_rbm.WeightMatrix, _rbm.Visible.Bias, _rbm.Hidden.Bias);
        _sums.Add(rows, count, rowWeights);
        double likelihood = _sums.Finish(null, CancellationToken.None);
        int hidden = _rbm.Hidden.Count;
        for (int i = 0; i < _rbm.Visible.Count; i++)
        {
            Narrow(_sums.WeightGradient.AsSpan(i * hidden, hidden), weights.Row(i));
        }

        Narrow(_sums.VisibleGradient, visibleBias.Row(0));
        Narrow(_sums.HiddenGradient, hiddenBias.Row(0));
        return likelihood;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _sums.Dispose();

    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = (float)from[i];
        }
    }
}
