namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>Loops over floats, one number at a time.</summary>
internal sealed class PlainLoopRbm(float[] parameters, int visible, int hidden) : FloatRbm(parameters, visible, hidden)
{
    /// <inheritdoc/>
    public override void MeanHidden(float[] states, float[] means)
    {
        for (int j = 0; j < Hidden; j++)
        {
            means[j] = Parameters[HiddenBias + j];
        }

        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                means[j] += states[i] * Parameters[(i * Hidden) + j];
            }
        }

        for (int j = 0; j < Hidden; j++)
        {
            means[j] = 1f / (1f + MathF.Exp(-means[j]));
        }
    }

    /// <inheritdoc/>
    public override void MeanVisible(float[] states, float[] means)
    {
        for (int i = 0; i < Visible; i++)
        {
            float sum = Parameters[VisibleBias + i];
            for (int j = 0; j < Hidden; j++)
            {
                sum += states[j] * Parameters[(i * Hidden) + j];
            }

            means[i] = 1f / (1f + MathF.Exp(-sum));
        }
    }

    /// <inheritdoc/>
    public override void Update(float[][] data, float[][] dataMeans, float[][] chains, float[][] chainMeans, float rate)
    {
        for (int row = 0; row < data.Length; row++)
        {
            for (int i = 0; i < Visible; i++)
            {
                for (int j = 0; j < Hidden; j++)
                {
                    Parameters[(i * Hidden) + j] += rate * ((data[row][i] * dataMeans[row][j]) - (chains[row][i] * chainMeans[row][j]));
                }

                Parameters[VisibleBias + i] += rate * (data[row][i] - chains[row][i]);
            }

            for (int j = 0; j < Hidden; j++)
            {
                Parameters[HiddenBias + j] += rate * (dataMeans[row][j] - chainMeans[row][j]);
            }
        }
    }
}
