namespace FastRbm.Reference;

/// <content>Block Gibbs sampling as matrices: row = state before, column = state after, both by mask.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>p(h|v), [mask of v, mask of h].</summary>
    public double[,] HiddenConditionals()
    {
        double[,] table = new double[BinaryStates.Count(Visible), BinaryStates.Count(Hidden)];
        for (int v = 0; v < table.GetLength(0); v++)
        {
            double[] inputs = HiddenInputs(BinaryStates.FromMask(v, Visible));
            for (int h = 0; h < table.GetLength(1); h++)
            {
                table[v, h] = ProbabilityOf(BinaryStates.FromMask(h, Hidden), inputs);
            }
        }

        return table;
    }

    /// <summary>p(v|h), [mask of h, mask of v].</summary>
    public double[,] VisibleConditionals()
    {
        double[,] table = new double[BinaryStates.Count(Hidden), BinaryStates.Count(Visible)];
        for (int h = 0; h < table.GetLength(0); h++)
        {
            double[] inputs = VisibleInputs(BinaryStates.FromMask(h, Hidden));
            for (int v = 0; v < table.GetLength(1); v++)
            {
                table[h, v] = ProbabilityOf(BinaryStates.FromMask(v, Visible), inputs);
            }
        }

        return table;
    }

    /// <summary>v -> h -> v': K(v,v') = sum_h p(h|v) p(v'|h).</summary>
    public double[,] VisibleTransitions() => Product(HiddenConditionals(), VisibleConditionals());

    /// <summary>h -> v -> h': K(h,h') = sum_v p(v|h) p(h'|v).</summary>
    public double[,] HiddenTransitions() => Product(VisibleConditionals(), HiddenConditionals());

    /// <summary>The number of the joint state (v,h): the visible units are the low bits.</summary>
    public int JointIndex(int visibleMask, int hiddenMask) => visibleMask | hiddenMask << Visible;

    /// <summary>
    /// (v,h) -> (v',h') by drawing h' given v, then v' given h': K = p(h'|v) p(v'|h'). Rows and columns by <see cref="JointIndex"/>.
    /// </summary>
    /// <remarks>Leaves p(v,h) in place, but isn't in detailed balance with it: only the two halves are.</remarks>
    public double[,] JointTransitions()
    {
        double[,] hiddenGivenVisible = HiddenConditionals();
        double[,] visibleGivenHidden = VisibleConditionals();
        int visibleStates = hiddenGivenVisible.GetLength(0);
        int hiddenStates = hiddenGivenVisible.GetLength(1);
        double[,] transitions = new double[visibleStates * hiddenStates, visibleStates * hiddenStates];
        for (int v = 0; v < visibleStates; v++)
        {
            for (int h = 0; h < hiddenStates; h++)
            {
                for (int nextV = 0; nextV < visibleStates; nextV++)
                {
                    for (int nextH = 0; nextH < hiddenStates; nextH++)
                    {
                        transitions[JointIndex(v, h), JointIndex(nextV, nextH)] = hiddenGivenVisible[v, nextH] * visibleGivenHidden[nextH, nextV];
                    }
                }
            }
        }

        return transitions;
    }

    /// <summary>The distribution of v after some Gibbs steps v -> h -> v: q K^steps.</summary>
    /// <param name="visibleDistribution">q: a probability for every mask of v.</param>
    /// <param name="steps">0 or more.</param>
    public double[] PropagateVisible(double[] visibleDistribution, int steps)
    {
        double[,] hiddenGivenVisible = HiddenConditionals();
        double[,] visibleGivenHidden = VisibleConditionals();
        double[] distribution = (double[])visibleDistribution.Clone();
        for (int step = 0; step < steps; step++)
        {
            distribution = Product(Product(distribution, hiddenGivenVisible), visibleGivenHidden);
        }

        return distribution;
    }

    /// <summary>prod_k p(unit k is as in the state), for units with the given inputs.</summary>
    private static double ProbabilityOf(bool[] state, double[] inputs)
    {
        double probability = 1;
        for (int k = 0; k < state.Length; k++)
        {
            probability *= ReferenceMath.Sigmoid(state[k] ? inputs[k] : -inputs[k]);
        }

        return probability;
    }

    private static double[] Product(double[] row, double[,] matrix)
    {
        RequireLength(row, matrix.GetLength(0), nameof(row));
        double[] product = new double[matrix.GetLength(1)];
        for (int i = 0; i < row.Length; i++)
        {
            for (int j = 0; j < product.Length; j++)
            {
                product[j] += row[i] * matrix[i, j];
            }
        }

        return product;
    }

    private static double[,] Product(double[,] left, double[,] right)
    {
        double[,] product = new double[left.GetLength(0), right.GetLength(1)];
        for (int i = 0; i < left.GetLength(0); i++)
        {
            for (int k = 0; k < left.GetLength(1); k++)
            {
                for (int j = 0; j < right.GetLength(1); j++)
                {
                    product[i, j] += left[i, k] * right[k, j];
                }
            }
        }

        return product;
    }
}
