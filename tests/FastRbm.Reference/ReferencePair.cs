namespace FastRbm.Reference;

/// <summary>A small RBM between two groups of units of any kinds, by brute force over all pairs of states.</summary>
public sealed class ReferencePair
{
    private readonly ReferenceGroup _visible;
    private readonly ReferenceGroup _hidden;
    private readonly double[][] _joint;

    /// <summary>Sums everything.</summary>
    /// <param name="visible">The visible group.</param>
    /// <param name="hidden">The hidden group; under word counts made with biases times the total.</param>
    /// <param name="weights">[visible, hidden].</param>
    public ReferencePair(ReferenceGroup visible, ReferenceGroup hidden, double[,] weights)
    {
        _visible = visible;
        _hidden = hidden;
        double largest = double.NegativeInfinity;
        _joint = new double[visible.States.Length][];
        for (int x = 0; x < _joint.Length; x++)
        {
            double[] inputs = Inputs(visible.States[x], weights);
            _joint[x] = new double[hidden.States.Length];
            for (int y = 0; y < _joint[x].Length; y++)
            {
                double sum = visible.LogWeights[x] + hidden.LogWeights[y];
                for (int j = 0; j < inputs.Length; j++)
                {
                    sum += inputs[j] * hidden.States[y][j];
                }

                _joint[x][y] = sum;
                largest = Math.Max(largest, sum);
            }
        }

        double total = 0;
        foreach (double[] row in _joint)
        {
            for (int y = 0; y < row.Length; y++)
            {
                row[y] = Math.Exp(row[y] - largest);
                total += row[y];
            }
        }

        foreach (double[] row in _joint)
        {
            for (int y = 0; y < row.Length; y++)
            {
                row[y] /= total;
            }
        }

        LogPartitionFunction = largest + Math.Log(total);
    }

    /// <summary>log Z.</summary>
    public double LogPartitionFunction { get; }

    /// <summary>The probability of each visible state (of its cell of the grid).</summary>
    public double[] VisibleProbabilities() => [.. _joint.Select(static row => row.Sum())];

    /// <summary>-log of the sum over hidden states of exp(-E(v, h)), of a visible state: its free energy as a density.</summary>
    /// <param name="state">The number of the state.</param>
    /// <param name="spacing">The logarithm of its spacing on the grid.</param>
    public double FreeEnergy(int state, double spacing) => -(Math.Log(_joint[state].Sum()) + LogPartitionFunction - spacing);

    /// <summary>The probability of a visible bin and a hidden bin.</summary>
    public double[,] Joint(Func<double[], int> visibleBin, int visibleBins, Func<double[], int> hiddenBin, int hiddenBins)
    {
        double[,] result = new double[visibleBins, hiddenBins];
        for (int x = 0; x < _joint.Length; x++)
        {
            int row = visibleBin(_visible.States[x]);
            for (int y = 0; y < _joint[x].Length; y++)
            {
                result[row, hiddenBin(_hidden.States[y])] += _joint[x][y];
            }
        }

        return result;
    }

    /// <summary>The probability of two visible bins before and after a step v to h to v that starts at the model's distribution.</summary>
    public double[,] Step(Func<double[], int> bin, int bins)
    {
        double[,] perHidden = new double[bins, _hidden.States.Length];
        double[] marginal = new double[_hidden.States.Length];
        for (int x = 0; x < _joint.Length; x++)
        {
            int row = bin(_visible.States[x]);
            for (int y = 0; y < marginal.Length; y++)
            {
                perHidden[row, y] += _joint[x][y];
                marginal[y] += _joint[x][y];
            }
        }

        double[,] result = new double[bins, bins];
        for (int y = 0; y < marginal.Length; y++)
        {
            for (int a = 0; a < bins && marginal[y] > 0; a++)
            {
                for (int b = 0; b < bins; b++)
                {
                    result[a, b] += perHidden[a, y] * perHidden[b, y] / marginal[y];
                }
            }
        }

        return result;
    }

    private static double[] Inputs(double[] state, double[,] weights)
    {
        double[] inputs = new double[weights.GetLength(1)];
        for (int i = 0; i < state.Length; i++)
        {
            for (int j = 0; j < inputs.Length; j++)
            {
                inputs[j] += state[i] * weights[i, j];
            }
        }

        return inputs;
    }
}
