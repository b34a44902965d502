using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Threading;

namespace FastRbm.Training.Classification;

/// <content>Sums over rows, each by one thread, and the step.</content>
internal sealed unsafe partial class ClassificationUpdate
{
    /// <summary>Gradients of visible units first to end - 1 over both phases.</summary>
    private void SumVisible(int first, int end, int member)
    {
        int rows = _batch.Rows + ChainCount;
        int columns = _model.Columns;
        int pixels = Math.Min(end, columns);
        if (first < pixels)
        {
            FloatGemm.Multiply(
                _level, GemmLayout.TN, _gemm[member], _visible.AsSpan2D()[..rows, first..pixels], _hidden.AsSpan2D()[..rows, ..], _gradient.AsSpan2D()[first..pixels, ..]);
            Span<float> sums = _visibleSums.Row(0)[first..pixels];
            sums.Clear();
            for (int row = 0; row < rows && _options.HasChains; row++)
            {
                FloatRows.AddMultiple(_visible.Row(row)[first..pixels], _visibleWeights[row], sums);
            }
        }

        for (int unit = Math.Max(first, columns); unit < end; unit++)
        {
            int y = unit - columns;
            Span<float> sums = _gradient.Row(unit);
            sums.Clear();
            for (int block = 0; block < Blocks(_batch.Rows); block++)
            {
                FloatRows.Add(BlockSum(block, y), sums);
            }

            for (int block = 0; block < Blocks(ChainCount); block++)
            {
                FloatRows.Add(BlockSum(Blocks(_mostRows) + block, y), sums);
            }

            double sum = 0;
            for (int row = 0; row < rows; row++)
            {
                sum += _coefficients[row, y];
            }

            _visibleSums[0, unit] = (float)sum;
        }
    }

    private void SumHidden(int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        Span<float> sums = _hiddenSums.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < _batch.Rows + ChainCount; row++)
        {
            FloatRows.Add(_hidden.Row(row)[first..end], sums);
        }

        if (_options.Centring != Centring.None)
        {
            Span<float> means = _hiddenMeans.Row(0)[first..end];
            means.Clear();
            for (int block = 0; block < Blocks(_batch.Rows); block++)
            {
                FloatRows.Add(BlockSum(block, _model.Classes)[first..end], means);
            }

            FloatRows.Multiply(means, 1f / _batch.Rows);
        }
    }

    private sealed class UnitPass(ClassificationUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._joint.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles, member, members);
            owner.SumVisible(first * Tile.Width, Math.Min(end * Tile.Width, copy.Visible), member);
            owner.Step.Visible(first, end);
            (first, end) = ThreadTeam.Share(copy.HiddenTiles, member, members);
            owner.SumHidden(first * Tile.Width, Math.Min(end * Tile.Width, copy.Hidden));
            owner.Step.Hidden(first, end);
        }
    }

    private sealed class WeightPass(ClassificationUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._joint.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
