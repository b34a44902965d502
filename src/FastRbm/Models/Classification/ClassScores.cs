using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Classification;

/// <summary>ln p(y | v) of many rows: one float product for the inputs of all hidden units, one pass over them a class.</summary>
/// <remarks>A row's bits depend on nothing but the row. One thread at a time; the weights may change between runs. A run allocates nothing.</remarks>
internal sealed class ClassScores
{
    /// <summary>Rows of a product.</summary>
    private const int BatchRows = 64;

    private readonly ClassificationRbm _model;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly GemmWorkspace _gemm = new();
    private readonly Matrix _values;
    private readonly Matrix _inputs;
    private readonly float[] _means;
    private readonly double[] _scores;

    /// <summary>Allocates for a model.</summary>
    /// <param name="model">The model.</param>
    public ClassScores(ClassificationRbm model)
    {
        _model = model;
        _values = new Matrix(BatchRows, model.Columns);
        _inputs = new Matrix(BatchRows, model.Hidden);
        _means = new float[model.Hidden];
        _scores = new double[model.Classes];
    }

    /// <summary>Writes some lines of ln p(y | v).</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="firstRow">The row of line 0.</param>
    /// <param name="destination">A line a row, a column a class.</param>
    /// <param name="first">The first line.</param>
    /// <param name="end">One past the last line.</param>
    public void Run(IVisibleRows rows, int firstRow, Matrix destination, int first, int end)
    {
        for (int start = first; start < end; start += BatchRows)
        {
            int count = Math.Min(BatchRows, end - start);
            for (int row = 0; row < count; row++)
            {
                rows.CopyMeans(firstRow + start + row, _values.Row(row));
                if (_model.ThresholdsRows)
                {
                    Threshold(_values.Row(row));
                }
            }

            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, GemmLayout.NN, _gemm, _values.AsSpan2D()[..count, ..], _model.Weights, _model.HiddenBias, _inputs.AsSpan2D()[..count, ..]);
            for (int row = 0; row < count; row++)
            {
                Finish(_inputs.Row(row), destination.Row(start + row));
            }
        }
    }

    /// <summary>values[i] = 1 from one half on, else 0.</summary>
    internal static void Threshold(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = values[i] >= 0.5f ? 1 : 0;
        }
    }

    private void Finish(ReadOnlySpan<float> inputs, Span<float> logProbabilities)
    {
        for (int y = 0; y < _scores.Length; y++)
        {
            _scores[y] = _model.ClassBias[y] + ClassSum.Run(_level, inputs, _model.Joint.WeightMatrix.Row(_model.Columns + y), _means);
        }

        double sum = DoubleMath.LogSumExp(_scores);
        for (int y = 0; y < _scores.Length; y++)
        {
            logProbabilities[y] = (float)(_scores[y] - sum);
        }
    }
}
