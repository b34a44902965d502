namespace FastRbm.Reference;

/// <summary>A Boltzmann machine in plain doubles, by enumeration: E(x) = -(x'Wx + b'x). States are numbers, bit i is unit i.</summary>
public sealed class ReferenceBoltzmann(double[,] weights, double[] biases, bool spins)
{
    public int Units => biases.Length;

    public int States => 1 << Units;

    public double Value(int state, int unit) => (state >> unit & 1) != 0 ? 1 : spins ? -1 : 0;

    /// <summary>The double sum over ordered pairs, as it is written.</summary>
    public double Energy(int state)
    {
        double sum = 0;
        for (int i = 0; i < Units; i++)
        {
            for (int j = 0; j < Units; j++)
            {
                sum += Value(state, i) * weights[i, j] * Value(state, j);
            }

            sum += biases[i] * Value(state, i);
        }

        return -sum;
    }

    public double LogPartitionFunction()
    {
        double most = Enumerable.Range(0, States).Max(state => -Energy(state));
        return most + Math.Log(Enumerable.Range(0, States).Sum(state => Math.Exp(-Energy(state) - most)));
    }

    public double[] Probabilities()
    {
        double logPartition = LogPartitionFunction();
        return [.. Enumerable.Range(0, States).Select(state => Math.Exp(-Energy(state) - logPartition))];
    }

    /// <summary>p(x_unit = up | all others), from two energies.</summary>
    public double Conditional(int state, int unit) =>
        1 / (1 + Math.Exp(Energy(state | 1 << unit) - Energy(state & ~(1 << unit))));

    public double Mean(int unit)
    {
        double[] probabilities = Probabilities();
        return Enumerable.Range(0, States).Sum(state => probabilities[state] * Value(state, unit));
    }

    public double Pair(int i, int j)
    {
        double[] probabilities = Probabilities();
        return Enumerable.Range(0, States).Sum(state => probabilities[state] * Value(state, i) * Value(state, j));
    }

    public double LogLikelihood(IReadOnlyList<int> data)
    {
        double logPartition = LogPartitionFunction();
        return data.Average(state => -Energy(state) - logPartition);
    }

    public double LogPseudoLikelihood(IReadOnlyList<int> data) => data.Average(state =>
        Enumerable.Range(0, Units).Sum(unit => Math.Log((state >> unit & 1) != 0 ? Conditional(state, unit) : 1 - Conditional(state, unit))));

    /// <summary>Minimum probability flow: mean over data of sum over states one flip away of exp((E(x) - E(x')) / 2).</summary>
    public double ProbabilityFlow(IReadOnlyList<int> data) => data.Average(state =>
        Enumerable.Range(0, Units).Sum(unit => Math.Exp((Energy(state) - Energy(state ^ 1 << unit)) / 2)));

    /// <summary>The matrix of a sweep of steps, each of which draws some units from the state before the step.</summary>
    public double[,] Transition(IEnumerable<int[]> steps)
    {
        double[,] result = new double[States, States];
        for (int state = 0; state < States; state++)
        {
            result[state, state] = 1;
        }

        foreach (int[] units in steps)
        {
            double[,] next = new double[States, States];
            for (int from = 0; from < States; from++)
            {
                for (int to = 0; to < States; to++)
                {
                    double probability = 1;
                    for (int unit = 0; unit < Units; unit++)
                    {
                        bool up = (to >> unit & 1) != 0;
                        bool same = up == ((from >> unit & 1) != 0);
                        probability *= units.Contains(unit) ? up ? Conditional(from, unit) : 1 - Conditional(from, unit) : same ? 1 : 0;
                    }

                    for (int start = 0; probability > 0 && start < States; start++)
                    {
                        next[start, to] += result[start, from] * probability;
                    }
                }
            }

            result = next;
        }

        return result;
    }
}
