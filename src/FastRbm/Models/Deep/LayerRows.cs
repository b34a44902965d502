using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Models.Deep;

/// <summary>The hidden means of rows under a binary RBM, as rows of data for the machine above it.</summary>
/// <remarks>
/// E[h_j | v] = sigmoid(b_j + sum_i v_i W_ij), with the values of the rows as they are, kept as bytes to the nearest 1/255. Trained on
/// with <c>Binarization.Sample</c>, every epoch sees fresh hidden states. Immutable, safe to read from many threads.
/// </remarks>
public sealed class LayerRows : ILabelledRows
{
    private const int RowsAtOnce = 480;

    private readonly byte[] _means;

    /// <summary>Computes the means of all rows.</summary>
    /// <param name="rbm">The machine; what it becomes later has no effect.</param>
    /// <param name="rows">The rows, values from 0 to 1.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Asked between blocks of rows.</param>
    /// <exception cref="ArgumentException">The width isn't the machine's, there are no rows, or units aren't binary.</exception>
    public LayerRows(Rbm rbm, IVisibleRows rows, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        Throw.IfLess(threads, 1);
        rbm.RequireBinary(nameof(rbm));
        Throw.IfLengthDiffers(rows.Columns, rbm.Visible.Count, nameof(rows));
        Rows = rows.Rows;
        Columns = rbm.Hidden.Count;
        Labels = (rows as ILabelledRows)?.Labels ?? default;
        _means = new byte[(long)Rows * Columns];
        int most = Math.Min(RowsAtOnce, Rows);
        using ThreadTeam team = new((long)most * rbm.Visible.Count * Columns < GemmWorkspace.LeastWorkForTeam ? 1 : threads);
        GemmWorkspace gemm = new(team);
        Matrix visible = new(most, rbm.Visible.Count);
        Matrix hidden = new(most, Columns);
        for (int first = 0; first < Rows; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            int some = Math.Min(most, Rows - first);
            for (int row = 0; row < some; row++)
            {
                rows.CopyMeans(first + row, visible.Row(row));
            }

            FloatGemm.MultiplyBias<Epilogues.Sigmoid>(
                SimdSelection.Current, GemmLayout.NN, gemm, visible.AsSpan2D()[..some, ..], rbm.WeightMatrix.AsSpan2D(), rbm.Hidden.Bias, hidden.AsSpan2D()[..some, ..]);
            for (int row = 0; row < some; row++)
            {
                PosteriorRows.Round(hidden.Row(row), _means.AsSpan((first + row) * Columns, Columns));
            }
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Labels { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <summary>False: means lie in between.</summary>
    public bool IsBinary => false;

    /// <inheritdoc/>
    public void CopyBits(int row, Span<ulong> destination) => throw new InvalidOperationException("bits: expected rows of bits, found means.");

    /// <inheritdoc/>
    public void CopyMeans(int row, Span<float> destination) => PosteriorRows.Spread(_means.AsSpan(row * Columns, Columns), destination);
}
