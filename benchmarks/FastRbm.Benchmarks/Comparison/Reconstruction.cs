using System.Numerics.Tensors;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>Judges parameters, whoever learnt them: mean over rows and units of (v - sigmoid(a + W sigmoid(b + vW)))^2.</summary>
internal sealed class Reconstruction(IVisibleRows rows)
{
    /// <summary>The error.</summary>
    /// <param name="parameters">W [visible, hidden], visible bias, hidden bias.</param>
    public double Error(ReadOnlySpan<float> parameters)
    {
        int visible = rows.Columns;
        int hidden = (parameters.Length - visible) / (visible + 1);
        ReadOnlySpan<float> visibleBias = parameters.Slice(visible * hidden, visible);
        ReadOnlySpan<float> hiddenBias = parameters[^hidden..];
        float[] states = new float[visible];
        float[] means = new float[hidden];
        float[] again = new float[visible];
        double sum = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, states);
            hiddenBias.CopyTo(means);
            for (int i = 0; i < visible; i++)
            {
                if (states[i] != 0)
                {
                    TensorPrimitives.Add(means, parameters.Slice(i * hidden, hidden), means);
                }
            }

            TensorPrimitives.Sigmoid(means, means);
            for (int i = 0; i < visible; i++)
            {
                again[i] = visibleBias[i] + TensorPrimitives.Dot(means, parameters.Slice(i * hidden, hidden));
            }

            TensorPrimitives.Sigmoid(again, again);
            TensorPrimitives.Subtract(again, states, again);
            sum += TensorPrimitives.SumOfSquares(again);
        }

        return sum / rows.Rows / visible;
    }
}
