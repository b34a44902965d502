using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Every joint state of a small binary RBM with its energy and probability.</summary>
public static class StateTable
{
    /// <summary>The most units, visible and hidden together, whose states are listed: 2^20 rows.</summary>
    public const int MaxUnits = 20;

    /// <summary>Lists all states, most probable first; equal ones by visible, then hidden number.</summary>
    /// <param name="parameters">The model.</param>
    /// <returns>2^(visible + hidden) states whose probabilities sum to 1.</returns>
    /// <exception cref="ArgumentException">The model has more than <see cref="MaxUnits"/> units.</exception>
    public static JointState[] Enumerate(RbmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int units = parameters.Visible + parameters.Hidden;
        if (units > MaxUnits)
        {
            Throw.Argument(
                nameof(parameters), $"at most {MaxUnits} units in all for a table of states",
                $"{parameters.Visible} visible and {parameters.Hidden} hidden units");
        }

        double[] scores = new double[1 << units];
        double[] inputs = new double[parameters.Hidden];
        for (int v = 0; v < 1 << parameters.Visible; v++)
        {
            ReadOnlySpan<ulong> visible = [(ulong)v];
            parameters.HiddenInputs(visible, inputs);
            double field = parameters.VisibleField(visible);
            for (int h = 0; h < 1 << parameters.Hidden; h++)
            {
                double score = field;
                for (int j = 0; j < inputs.Length; j++)
                {
                    score += (h >> j & 1) != 0 ? inputs[j] : 0;
                }

                scores[(v << parameters.Hidden) | h] = score;
            }
        }

        double logPartition = DoubleMath.LogSumExp(scores);
        JointState[] states = new JointState[scores.Length];
        for (int state = 0; state < states.Length; state++)
        {
            states[state] = new JointState(
                state >> parameters.Hidden, state & ((1 << parameters.Hidden) - 1),
                // Not -score: an energy of zero shall not print as -0.
                0 - scores[state], DoubleMath.Exp(scores[state] - logPartition));
        }

        Array.Sort(states, static (a, b) =>
        {
            int order = a.Energy.CompareTo(b.Energy);
            order = order != 0 ? order : a.Visible.CompareTo(b.Visible);
            return order != 0 ? order : a.Hidden.CompareTo(b.Hidden);
        });
        return states;
    }
}
