namespace FastRbm.Reference;

/// <content>The distribution, by writing down every state.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>log Z by the smaller side: log sum_v exp(-F(v)), or the same over h.</summary>
    public double LogPartitionFunction()
    {
        double[] terms = Visible <= Hidden
            ? Array.ConvertAll(BinaryStates.All(Visible), visible => -FreeEnergy(visible))
            : Array.ConvertAll(BinaryStates.All(Hidden), hidden => -FreeEnergyOfHidden(hidden));
        return ReferenceMath.LogSumExp(terms);
    }

    /// <summary>log Z by both sides at once: log sum_v sum_h exp(-E(v,h)). Shares no formula with <see cref="LogPartitionFunction"/>.</summary>
    public double LogPartitionFunctionOverJointStates()
    {
        List<double> terms = new(BinaryStates.Count(Visible + Hidden));
        foreach (bool[] visible in BinaryStates.All(Visible))
        {
            foreach (bool[] hidden in BinaryStates.All(Hidden))
            {
                terms.Add(-Energy(visible, hidden));
            }
        }

        return ReferenceMath.LogSumExp(terms.ToArray());
    }

    /// <summary>p(v,h) = exp(-E(v,h)) / Z, [mask of v, mask of h].</summary>
    public double[,] JointProbabilities()
    {
        double logZ = LogPartitionFunctionOverJointStates();
        double[,] table = new double[BinaryStates.Count(Visible), BinaryStates.Count(Hidden)];
        for (int v = 0; v < table.GetLength(0); v++)
        {
            for (int h = 0; h < table.GetLength(1); h++)
            {
                double energy = Energy(BinaryStates.FromMask(v, Visible), BinaryStates.FromMask(h, Hidden));
                table[v, h] = Math.Exp(-energy - logZ);
            }
        }

        return table;
    }

    /// <summary>p(v) = exp(-F(v)) / Z for every mask of v.</summary>
    public double[] VisibleProbabilities()
    {
        double logZ = LogPartitionFunction();
        return Array.ConvertAll(BinaryStates.All(Visible), visible => Math.Exp(-FreeEnergy(visible) - logZ));
    }

    /// <summary>p(h) for every mask of h.</summary>
    public double[] HiddenProbabilities()
    {
        double logZ = LogPartitionFunction();
        return Array.ConvertAll(BinaryStates.All(Hidden), hidden => Math.Exp(-FreeEnergyOfHidden(hidden) - logZ));
    }

    /// <summary>Mean of log p(v) = -F(v) - log Z over the rows, in nats a row.</summary>
    /// <param name="rows">Visible states, at least one.</param>
    /// <param name="rowWeights">How much each row counts; equally when null.</param>
    public double LogLikelihood(IReadOnlyList<bool[]> rows, IReadOnlyList<double>? rowWeights = null)
    {
        double logZ = LogPartitionFunction();
        return WeightedMean(rows, rowWeights, row => -FreeEnergy(row) - logZ);
    }

    /// <summary>Mean over the rows of sum_i log p(v_i | all other visible units), in nats a row. Needs no enumeration.</summary>
    /// <remarks>p(v_i | rest) = p(v) / (p(v) + p(v with unit i flipped)), so its log is -softplus(F(v) - F(flipped)).</remarks>
    /// <param name="rows">Visible states, at least one.</param>
    public double LogPseudoLikelihood(IReadOnlyList<bool[]> rows)
    {
        return WeightedMean(rows, null, row =>
        {
            double sum = 0;
            for (int i = 0; i < Visible; i++)
            {
                bool[] flipped = (bool[])row.Clone();
                flipped[i] = !flipped[i];
                sum -= ReferenceMath.Softplus(FreeEnergy(row) - FreeEnergy(flipped));
            }

            return sum;
        });
    }

    private static double WeightedMean<T>(IReadOnlyList<T> rows, IReadOnlyList<double>? rowWeights, Func<T, double> value)
    {
        double[] shares = NormalizedWeights(rows.Count, rowWeights);
        double mean = 0;
        for (int r = 0; r < rows.Count; r++)
        {
            mean += shares[r] * value(rows[r]);
        }

        return mean;
    }

    private static double[] NormalizedWeights(int rows, IReadOnlyList<double>? rowWeights)
    {
        if (rows == 0 || (rowWeights is not null && rowWeights.Count != rows))
        {
            throw new ArgumentException($"Expected at least one row and a weight for each, found {rows} rows and {rowWeights?.Count} weights.");
        }

        double[] weights = rowWeights?.ToArray() ?? Enumerable.Repeat(1.0, rows).ToArray();
        double total = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / total);
    }
}
