namespace FastRbm.Reference;

/// <summary>
/// A classification RBM in naive doubles: E(y,v,h) = -b.v - d_y - c.h - v'Wh - U_y.h, and everything else from that energy by enumeration.
/// </summary>
/// <remarks>
/// For a handful of units. States are masks: bit i is unit i. Values of v may be real, in [0, 1], where v is given. Parameters are one
/// array, W row by row [visible, hidden], then U [classes, hidden], b, d, c, so that a gradient is one array too. Source: Larochelle,
/// Mandel, Pascanu and Bengio (2012), "Learning algorithms for the classification restricted Boltzmann machine".
/// </remarks>
public sealed class ReferenceClassification
{
    private readonly double[] _parameters;

    /// <summary>Copies the parameters.</summary>
    public ReferenceClassification(int visible, int classes, int hidden, double[] parameters)
    {
        Visible = visible;
        Classes = classes;
        Hidden = hidden;
        if (parameters.Length != Length(visible, classes, hidden))
        {
            throw new ArgumentException($"expected {Length(visible, classes, hidden)} parameters, found {parameters.Length}", nameof(parameters));
        }

        _parameters = [.. parameters];
    }

    /// <summary>The number of visible units.</summary>
    public int Visible { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The number of hidden units.</summary>
    public int Hidden { get; }

    /// <summary>W, U, b, d, c.</summary>
    public IReadOnlyList<double> Parameters => _parameters;

    private int States => 1 << Visible;

    private int HiddenStates => 1 << Hidden;

    /// <summary>The number of parameters.</summary>
    public static int Length(int visible, int classes, int hidden) => ((visible + classes) * hidden) + visible + classes + hidden;

    /// <summary>A mask as numbers.</summary>
    public static double[] Values(int mask, int units) => [.. Enumerable.Range(0, units).Select(unit => (double)(mask >> unit & 1))];

    /// <summary>E(y,v,h).</summary>
    public double Energy(int y, double[] v, int h)
    {
        double energy = 0;
        for (int j = 0; j < Hidden; j++)
        {
            double input = _parameters[((Visible + Classes) * Hidden) + Visible + Classes + j] + _parameters[((Visible + y) * Hidden) + j];
            for (int i = 0; i < Visible; i++)
            {
                input += v[i] * _parameters[(i * Hidden) + j];
            }

            energy -= (h >> j & 1) * input;
        }

        for (int i = 0; i < Visible; i++)
        {
            energy -= _parameters[((Visible + Classes) * Hidden) + i] * v[i];
        }

        return energy - _parameters[((Visible + Classes) * Hidden) + Visible + y];
    }

    /// <summary>F(v,y) = -log sum over h of exp(-E(y,v,h)).</summary>
    public double FreeEnergy(double[] v, int y) =>
        -ReferenceMath.LogSumExp([.. Enumerable.Range(0, HiddenStates).Select(h => -Energy(y, v, h))]);

    /// <summary>F(v).</summary>
    public double FreeEnergy(double[] v) => -ReferenceMath.LogSumExp([.. Enumerable.Range(0, Classes).Select(y => -FreeEnergy(v, y))]);

    /// <summary>ln p(y | v).</summary>
    public double LogProbability(double[] v, int y) => FreeEnergy(v) - FreeEnergy(v, y);

    /// <summary>log Z over y, v, h.</summary>
    public double LogPartition() => ReferenceMath.LogSumExp([.. Enumerable.Range(0, States).Select(v => -FreeEnergy(Values(v, Visible)))]);

    /// <summary>p(h_j = 1 | v, y).</summary>
    public double[] MeanHidden(double[] v, int y) =>
        [.. Enumerable.Range(0, Hidden).Select(j => Enumerable.Range(0, HiddenStates).Where(h => (h >> j & 1) != 0).Sum(h => Math.Exp(FreeEnergy(v, y) - Energy(y, v, h))))];

    /// <summary>p(v,y | h) of all states, [v, y].</summary>
    public double[,] Given(int h)
    {
        double[,] table = new double[States, Classes];
        double sum = 0;
        for (int v = 0; v < States; v++)
        {
            for (int y = 0; y < Classes; y++)
            {
                table[v, y] = Math.Exp(-Energy(y, Values(v, Visible), h));
                sum += table[v, y];
            }
        }

        for (int v = 0; v < States; v++)
        {
            for (int y = 0; y < Classes; y++)
            {
                table[v, y] /= sum;
            }
        }

        return table;
    }

    /// <summary>p(v,y) of all states: state v * Classes + y.</summary>
    public double[] Joint()
    {
        double logPartition = LogPartition();
        return [.. Enumerable.Range(0, States * Classes).Select(state => Math.Exp(-FreeEnergy(Values(state / Classes, Visible), state % Classes) - logPartition))];
    }

    /// <summary>p(h | v, y) of all h.</summary>
    public double[] HiddenGiven(double[] v, int y) => [.. Enumerable.Range(0, HiddenStates).Select(h => Math.Exp(FreeEnergy(v, y) - Energy(y, v, h)))];

    /// <summary>One step of block Gibbs sampling, (v,y) to h to (v,y), as a matrix.</summary>
    /// <param name="labelHeld">Whether y stays: then v is drawn from p(v | h), y unchanged.</param>
    public double[,] Transitions(bool labelHeld)
    {
        int states = States * Classes;
        double[,] matrix = new double[states, states];
        double[][,] given = [.. Enumerable.Range(0, HiddenStates).Select(Given)];
        for (int from = 0; from < states; from++)
        {
            double[] hidden = HiddenGiven(Values(from / Classes, Visible), from % Classes);
            for (int h = 0; h < HiddenStates; h++)
            {
                for (int v = 0; v < States; v++)
                {
                    double any = Enumerable.Range(0, Classes).Sum(y => given[h][v, y]);
                    for (int y = 0; y < Classes; y++)
                    {
                        double p = !labelHeld ? given[h][v, y] : y == from % Classes ? any : 0;
                        matrix[from, (v * Classes) + y] += hidden[h] * p;
                    }
                }
            }
        }

        return matrix;
    }

    /// <summary>-ln p(y | v).</summary>
    public double Discriminative(double[] v, int y) => -LogProbability(v, y);

    /// <summary>-ln p(y,v).</summary>
    public double Generative(double[] v, int y) => FreeEnergy(v, y) + LogPartition();

    /// <summary>-ln p(v).</summary>
    public double Marginal(double[] v) => FreeEnergy(v) + LogPartition();

    /// <summary>The gradient of a number that depends on the parameters, by central differences.</summary>
    public double[] Gradient(Func<ReferenceClassification, double> number)
    {
        const double Step = 1e-5;
        double[] gradient = new double[_parameters.Length];
        for (int p = 0; p < gradient.Length; p++)
        {
            gradient[p] = (number(Moved(p, Step)) - number(Moved(p, -Step))) / (2 * Step);
        }

        return gradient;
    }

    /// <summary>The mean of -dF(v,y)/d(parameters) over a distribution of states.</summary>
    /// <param name="weights">A probability a state v * Classes + y.</param>
    public double[] Statistics(double[] weights)
    {
        double[] sums = new double[_parameters.Length];
        for (int state = 0; state < weights.Length; state++)
        {
            if (weights[state] != 0)
            {
                Add(weights[state], Values(state / Classes, Visible), state % Classes, sums);
            }
        }

        return sums;
    }

    /// <summary>sums += weight times -dF(v,y)/d(parameters).</summary>
    public void Add(double weight, double[] v, int y, double[] sums)
    {
        double[] mean = MeanHidden(v, y);
        for (int j = 0; j < Hidden; j++)
        {
            for (int i = 0; i < Visible; i++)
            {
                sums[(i * Hidden) + j] += weight * v[i] * mean[j];
            }

            sums[((Visible + y) * Hidden) + j] += weight * mean[j];
            sums[((Visible + Classes) * Hidden) + Visible + Classes + j] += weight * mean[j];
        }

        for (int i = 0; i < Visible; i++)
        {
            sums[((Visible + Classes) * Hidden) + i] += weight * v[i];
        }

        sums[((Visible + Classes) * Hidden) + Visible + y] += weight;
    }

    /// <summary>The distribution of (v,y) after so many free Gibbs steps from h ~ p(h | v,y).</summary>
    public double[] After(double[] v, int y, int steps)
    {
        double[] hidden = HiddenGiven(v, y);
        double[] states = new double[States * Classes];
        for (int h = 0; h < HiddenStates; h++)
        {
            double[,] given = Given(h);
            for (int state = 0; state < states.Length; state++)
            {
                states[state] += hidden[h] * given[state / Classes, state % Classes];
            }
        }

        double[,] transitions = Transitions(labelHeld: false);
        for (int step = 1; step < steps; step++)
        {
            double[] next = new double[states.Length];
            for (int from = 0; from < states.Length; from++)
            {
                for (int to = 0; to < states.Length; to++)
                {
                    next[to] += states[from] * transitions[from, to];
                }
            }

            states = next;
        }

        return states;
    }

    private ReferenceClassification Moved(int parameter, double by)
    {
        double[] moved = [.. _parameters];
        moved[parameter] += by;
        return new ReferenceClassification(Visible, Classes, Hidden, moved);
    }
}
