namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>A binary RBM as .NET developers write one: states are floats, a row an array. Others fill in the arithmetic.</summary>
/// <param name="parameters">W [visible, hidden], visible bias, hidden bias; changed by updates.</param>
/// <param name="visible">Visible units.</param>
/// <param name="hidden">Hidden units.</param>
internal abstract class FloatRbm(float[] parameters, int visible, int hidden)
{
    /// <summary>W, then the visible, then the hidden biases.</summary>
    public float[] Parameters { get; } = parameters;

    /// <summary>Visible units.</summary>
    public int Visible { get; } = visible;

    /// <summary>Hidden units.</summary>
    public int Hidden { get; } = hidden;

    /// <summary>Where the visible biases start.</summary>
    protected int VisibleBias => Visible * Hidden;

    /// <summary>Where the hidden biases start.</summary>
    protected int HiddenBias => VisibleBias + Visible;

    /// <summary>E[h | v].</summary>
    public abstract void MeanHidden(float[] states, float[] means);

    /// <summary>E[v | h].</summary>
    public abstract void MeanVisible(float[] states, float[] means);

    /// <summary>Adds to the parameters: rate times the sum over rows of v h of the data minus that of the chains.</summary>
    public abstract void Update(float[][] data, float[][] dataMeans, float[][] chains, float[][] chainMeans, float rate);

    /// <summary>Does something for every row.</summary>
    public virtual void ForEachRow(int rows, Action<int> work)
    {
        for (int row = 0; row < rows; row++)
        {
            work(row);
        }
    }

    /// <summary>Draws states from their means.</summary>
    public static void Draw(float[] means, Xoshiro random, float[] states)
    {
        for (int unit = 0; unit < means.Length; unit++)
        {
            states[unit] = random.Uniform() < means[unit] ? 1f : 0f;
        }
    }

    /// <summary>Rows of a matrix.</summary>
    public static float[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new float[columns])];
}
