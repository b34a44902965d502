using System.Numerics.Tensors;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>TensorPrimitives over rows of W, skipping units that are off, and Parallel.For over rows.</summary>
internal sealed class TensorRbm(float[] parameters, int visible, int hidden, int threads) : FloatRbm(parameters, visible, hidden)
{
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads };

    /// <inheritdoc/>
    public override void MeanHidden(float[] states, float[] means)
    {
        Parameters.AsSpan(HiddenBias, Hidden).CopyTo(means);
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i] != 0)
            {
                TensorPrimitives.Add(means, Row(i), means);
            }
        }

        TensorPrimitives.Sigmoid(means, means);
    }

    /// <inheritdoc/>
    public override void MeanVisible(float[] states, float[] means)
    {
        for (int i = 0; i < means.Length; i++)
        {
            means[i] = Parameters[VisibleBias + i] + TensorPrimitives.Dot(states, Row(i));
        }

        TensorPrimitives.Sigmoid(means, means);
    }

    /// <inheritdoc/>
    public override void Update(float[][] data, float[][] dataMeans, float[][] chains, float[][] chainMeans, float rate)
    {
        ForEachRow(Visible, i =>
        {
            for (int row = 0; row < data.Length; row++)
            {
                Add(i, data[row][i], dataMeans[row], rate);
                Add(i, chains[row][i], chainMeans[row], -rate);
            }
        });
        Span<float> bias = Parameters.AsSpan(HiddenBias, Hidden);
        for (int row = 0; row < data.Length; row++)
        {
            TensorPrimitives.MultiplyAdd(dataMeans[row], rate, bias, bias);
            TensorPrimitives.MultiplyAdd(chainMeans[row], -rate, bias, bias);
        }
    }

    /// <inheritdoc/>
    public override void ForEachRow(int rows, Action<int> work)
    {
        if (_parallel.MaxDegreeOfParallelism == 1)
        {
            base.ForEachRow(rows, work);
        }
        else
        {
            Parallel.For(0, rows, _parallel, work);
        }
    }

    private void Add(int unit, float state, float[] means, float rate)
    {
        if (state != 0)
        {
            TensorPrimitives.MultiplyAdd(means, rate, Row(unit), Row(unit));
            Parameters[VisibleBias + unit] += rate;
        }
    }

    private Span<float> Row(int unit) => Parameters.AsSpan(unit * Hidden, Hidden);
}
