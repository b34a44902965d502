using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>Owns the buffers of one phase's statistics.</summary>
internal sealed unsafe class PhaseMoments
{
    private readonly AlignedBuffer<int> _lists;
    private readonly AlignedBuffer<int> _listCounts;
    private readonly AlignedBuffer<int> _visibleCounts;
    private readonly AlignedBuffer<int> _means;
    private readonly AlignedBuffer<int> _meanTotals;

    /// <summary>What the update sums from.</summary>
    public BinaryMoments Moments;

    /// <summary>Allocates for a number of rows.</summary>
    public PhaseMoments(int rows, Rbm rbm)
    {
        int groups = (rows + 3) / 4;
        int padded = Tile.Count(rbm.Visible.Count) * Tile.Width;

        // One more, because sums look one number ahead.
        _lists = new AlignedBuffer<int>(((long)padded * groups) + 1);
        _listCounts = new AlignedBuffer<int>(padded);
        _visibleCounts = new AlignedBuffer<int>(padded);
        _means = new AlignedBuffer<int>((long)Tile.Count(rbm.Hidden.Count) * groups * 4 * Tile.Width);
        _meanTotals = new AlignedBuffer<int>((long)Tile.Count(rbm.Hidden.Count) * Tile.Width);
        Moments = new BinaryMoments
        {
            Lists = _lists.DangerousGetPointer(),
            ListStride = groups,
            ListCounts = _listCounts.DangerousGetPointer(),
            VisibleCounts = _visibleCounts.DangerousGetPointer(),
            Means = _means.DangerousGetPointer(),
            MeanRows = groups * 4,
            MeanTotals = _meanTotals.DangerousGetPointer(),
        };
    }

    /// <summary>Asks a half step for the means that these statistics need.</summary>
    public void WantMeans(ref HalfStepArguments arguments, float scale)
    {
        arguments.FixedMeans = Moments.Means;
        arguments.FixedMeanRows = Moments.MeanRows;
        arguments.FixedMeanScale = scale;
    }
}
