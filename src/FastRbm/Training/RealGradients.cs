using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>
/// The states of both phases in one matrix, data first, with hidden means whose signs and weights are those of the rows: so that the
/// gradient of the weights is one float product.
/// </summary>
internal sealed unsafe class RealGradients
{
    private readonly int _batch;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly GemmWorkspace[] _gemm;
    private readonly Matrix _gradient;
    private readonly Matrix _visibleSums;
    private readonly Matrix _hiddenSums;
    private readonly Matrix _hiddenOfData;

    /// <summary>Allocates.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="batch">The most rows of data.</param>
    /// <param name="chains">The most chains.</param>
    /// <param name="members">Threads.</param>
    public RealGradients(Rbm rbm, int batch, int chains, int members)
    {
        _batch = batch;
        VisibleStates = new Matrix(batch + chains, rbm.Visible.Count);
        HiddenMeans = new Matrix(batch + chains, rbm.Hidden.Count);
        _gradient = new Matrix(rbm.Visible.Count, rbm.Hidden.Count);
        _visibleSums = new Matrix(1, rbm.Visible.Count);
        _hiddenSums = new Matrix(1, rbm.Hidden.Count);
        _hiddenOfData = new Matrix(1, rbm.Hidden.Count);
        _gemm = [.. Enumerable.Range(0, members).Select(_ => new GemmWorkspace())];
    }

    /// <summary>Visible states: data from row 0, chains after the batch.</summary>
    public Matrix VisibleStates { get; }

    /// <summary>Hidden means of the same rows, times the rows' weights, negative for chains.</summary>
    public Matrix HiddenMeans { get; }

    /// <summary>Differences of the visible states' means, without a scale.</summary>
    public ReadOnlySpan<float> VisibleSums => _visibleSums.Row(0);

    /// <summary>What the parameter step takes.</summary>
    public PhaseSums Sums => new()
    {
        MeanScale = 1,
        DenseShare = 1,
        Weights = _gradient.DangerousGetPointer(),
        Visible = _visibleSums.DangerousGetPointer(),
        Hidden = _hiddenSums.DangerousGetPointer(),
        HiddenOfData = _hiddenOfData.DangerousGetPointer(),
    };

    /// <summary>Gradients of visible units first to end - 1.</summary>
    public void Visible(int first, int end, int member, RealRows rows, int chains)
    {
        if (first >= end)
        {
            return;
        }

        int used = _batch + chains;
        bool whole = rows.Count == _batch;
        Span<float> sums = _visibleSums.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < used; row++)
        {
            bool data = row < _batch;
            if (data && row >= rows.Count)
            {
                continue;
            }

            float weight = data ? rows.RelativeWeight(row) : (float)(-1.0 / chains);
            Add(VisibleStates.Row(row)[first..end], weight, sums);
        }

        if (whole)
        {
            Product(0, used, first, end, member, add: false);
        }
        else
        {
            Product(0, rows.Count, first, end, member, add: false);
            Product(_batch, used, first, end, member, add: true);
        }
    }

    private void Product(int firstRow, int endRow, int first, int end, int member, bool add)
    {
        var visible = VisibleStates.AsSpan2D()[firstRow..endRow, first..end];
        var hidden = HiddenMeans.AsSpan2D()[firstRow..endRow, ..];
        if (add)
        {
            FloatGemm.MultiplyAdd(_level, GemmLayout.TN, _gemm[member], visible, hidden, _gradient.AsSpan2D()[first..end, ..]);
        }
        else
        {
            FloatGemm.Multiply(_level, GemmLayout.TN, _gemm[member], visible, hidden, _gradient.AsSpan2D()[first..end, ..]);
        }
    }

    /// <summary>Gradients of hidden biases first to end - 1.</summary>
    public void Hidden(int first, int end, RealRows rows, int chains, double[]? dataTotals, double[]? chainTotals)
    {
        if (first >= end)
        {
            return;
        }

        Span<float> sums = _hiddenSums.Row(0)[first..end];
        Span<float> ofData = _hiddenOfData.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < rows.Count; row++)
        {
            Add(HiddenMeans.Row(row)[first..end], 1, sums);
        }

        sums.CopyTo(ofData);
        for (int row = 0; row < chains; row++)
        {
            Add(HiddenMeans.Row(_batch + row)[first..end], 1, sums);
        }

        if (dataTotals is not null)
        {
            // Under word counts a hidden bias counts once a word.
            sums.Clear();
            for (int row = 0; row < rows.Count; row++)
            {
                Add(HiddenMeans.Row(row)[first..end], (float)dataTotals[row], sums);
            }

            for (int row = 0; row < chains; row++)
            {
                Add(HiddenMeans.Row(_batch + row)[first..end], (float)chainTotals![row], sums);
            }
        }
    }

    private static void Add(ReadOnlySpan<float> values, float weight, Span<float> sums) => FloatRows.AddMultiple(values, weight, sums);
}
