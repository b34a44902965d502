namespace FastRbm.Reference;

/// <summary>One number for each parameter of a model: expected statistics (v h', v, h), or the difference of two, a gradient.</summary>
public sealed class ReferenceMoments
{
    /// <summary>Zeros.</summary>
    public ReferenceMoments(int visible, int hidden)
    {
        Weights = new double[visible, hidden];
        VisibleBias = new double[visible];
        HiddenBias = new double[hidden];
    }

    /// <summary>E[v_i h_j], [visible, hidden].</summary>
    public double[,] Weights { get; }

    /// <summary>E[v_i].</summary>
    public double[] VisibleBias { get; }

    /// <summary>E[h_j].</summary>
    public double[] HiddenBias { get; }

    /// <summary>Adds share * (v h', v, h).</summary>
    public void Add(double share, double[] visible, double[] hidden)
    {
        for (int i = 0; i < visible.Length; i++)
        {
            VisibleBias[i] += share * visible[i];
            for (int j = 0; j < hidden.Length; j++)
            {
                Weights[i, j] += share * visible[i] * hidden[j];
            }
        }

        for (int j = 0; j < hidden.Length; j++)
        {
            HiddenBias[j] += share * hidden[j];
        }
    }

    /// <summary>This minus the other, number by number.</summary>
    public ReferenceMoments Minus(ReferenceMoments other)
    {
        ReferenceMoments difference = new(VisibleBias.Length, HiddenBias.Length);
        for (int i = 0; i < VisibleBias.Length; i++)
        {
            difference.VisibleBias[i] = VisibleBias[i] - other.VisibleBias[i];
            for (int j = 0; j < HiddenBias.Length; j++)
            {
                difference.Weights[i, j] = Weights[i, j] - other.Weights[i, j];
            }
        }

        for (int j = 0; j < HiddenBias.Length; j++)
        {
            difference.HiddenBias[j] = HiddenBias[j] - other.HiddenBias[j];
        }

        return difference;
    }

    /// <summary>All numbers in a row: weights (row by row), visible biases, hidden biases.</summary>
    public double[] ToArray() => [.. Weights.Cast<double>(), .. VisibleBias, .. HiddenBias];
}
