using FastRbm.Evaluation;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Cli.Demos;

/// <summary>A machine so small that everything about its Gibbs chains can be worked out: p(v) and the matrix of one step v to h to v.</summary>
internal sealed class SmallMachine
{
    private readonly double[] _step;

    /// <summary>Works out p(v) by enumeration and the step's matrix.</summary>
    /// <param name="parameters">At most 6 visible units.</param>
    public SmallMachine(RbmParameters parameters)
    {
        Parameters = parameters;
        int states = 1 << parameters.Visible;
        double[] probabilities = new double[states];
        foreach (JointState state in StateTable.Enumerate(parameters))
        {
            probabilities[state.Visible] += state.Probability;
        }

        Probabilities = probabilities;
        _step = new double[states * states];
        for (int v = 0; v < states; v++)
        {
            for (int h = 0; h < 1 << parameters.Hidden; h++)
            {
                double up = Conditional(h, HiddenInputs(v));
                double[] down = VisibleInputs(h);
                for (int next = 0; next < states; next++)
                {
                    _step[(v * states) + next] += up * Conditional(next, down);
                }
            }
        }
    }

    /// <summary>The parameters.</summary>
    public RbmParameters Parameters { get; }

    /// <summary>p(v) of every visible state; unit 0 is bit 0 of the state's number.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>
    /// The steps in which the slowest deviation from p(v) falls to 1/e: -1 / ln of the second eigenvalue of the step's matrix, which
    /// is reversible, so that all are real.
    /// </summary>
    public double RelaxationSteps()
    {
        int states = Probabilities.Count;
        double[] symmetric = new double[states * states];
        for (int i = 0; i < states; i++)
        {
            for (int j = 0; j < states; j++)
            {
                // D^(1/2) K D^(-1/2), averaged with its transpose, which it equals but for rounding.
                symmetric[(i * states) + j] = 0.5 * (Scaled(i, j) + Scaled(j, i));
            }
        }

        double second = SymmetricEigen.Compute(symmetric, states).Values[1];
        return second <= 0 ? 0 : second >= 1 ? double.PositiveInfinity : -1 / DoubleMath.Log(second);
        double Scaled(int i, int j) => Math.Sqrt(Probabilities[i] / Probabilities[j]) * _step[(i * states) + j];
    }

    /// <summary>The distribution after a step from another one.</summary>
    public double[] Step(IReadOnlyList<double> from)
    {
        int states = Probabilities.Count;
        double[] to = new double[states];
        for (int v = 0; v < states; v++)
        {
            for (int next = 0; next < states; next++)
            {
                to[next] += from[v] * _step[(v * states) + next];
            }
        }

        return to;
    }

    /// <summary>The distribution after steps from uniformly random states.</summary>
    public double[] AfterRandomStart(int steps)
    {
        double[] distribution = new double[Probabilities.Count];
        Array.Fill(distribution, 1.0 / distribution.Length);
        for (int step = 0; step < steps; step++)
        {
            distribution = Step(distribution);
        }

        return distribution;
    }

    /// <summary>Half the sum of absolute differences.</summary>
    public static double TotalVariation(IReadOnlyList<double> p, IReadOnlyList<double> q) => 0.5 * p.Select((value, i) => Math.Abs(value - q[i])).Sum();

    private double[] HiddenInputs(int v)
    {
        double[] inputs = new double[Parameters.Hidden];
        Parameters.HiddenInputs([(ulong)v], inputs);
        return inputs;
    }

    private double[] VisibleInputs(int h)
    {
        double[] inputs = [.. Parameters.VisibleBias];
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int j = 0; j < Parameters.Hidden; j++)
            {
                inputs[i] += (h >> j & 1) != 0 ? Parameters.Weights[(i * Parameters.Hidden) + j] : 0;
            }
        }

        return inputs;
    }

    /// <summary>The probability of a layer's states given their inputs.</summary>
    private static double Conditional(int state, double[] inputs)
    {
        double log = 0;
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            log -= DoubleMath.Softplus((state >> unit & 1) != 0 ? -inputs[unit] : inputs[unit]);
        }

        return DoubleMath.Exp(log);
    }
}
