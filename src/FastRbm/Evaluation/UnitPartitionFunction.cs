using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>log Z of small RBMs with units of any kinds, exactly: by the states of one layer, the other one summed or integrated out.</summary>
/// <remarks>
/// log Z = log sum over h of exp(-E_hidden(h) + G_visible(a + W h)), or the same with the layers exchanged: over the layer with fewer
/// joint states, which must be finite. In double; the same for any number of threads. For binary units on both sides
/// <see cref="ExactPartitionFunction"/> is much faster.
/// </remarks>
public static class UnitPartitionFunction
{
    /// <summary>The most joint states that are summed over.</summary>
    public const long MaxStates = 1L << 28;

    private const int ChunkStates = 4096;

    /// <summary>Whether a layer of the model has few enough joint states.</summary>
    /// <param name="rbm">The model.</param>
    public static bool IsFeasible(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        return Math.Min(rbm.Hidden.JointStates, rbm.Visible.KeepsTotal ? double.PositiveInfinity : rbm.Visible.JointStates) <= MaxStates;
    }

    /// <summary>Computes log Z in nats.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="total">The length of the documents whose distribution is normalised; only for word counts.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Asked between chunks of states.</param>
    /// <returns>log Z; for units with densities, of the density.</returns>
    /// <exception cref="ArgumentException">Both layers have too many states, or the model isn't a distribution.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double Compute(Rbm rbm, double total = 1, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        Throw.IfLess(threads, 1);
        rbm.CheckProper();
        if (!IsFeasible(rbm))
        {
            Throw.Argument(
                nameof(rbm), $"a layer with at most {MaxStates} joint states", $"{rbm.Visible.Count} {rbm.Visible.Name} and {rbm.Hidden.Count} {rbm.Hidden.Name} units");
        }

        bool hidden = rbm.Visible.KeepsTotal || rbm.Hidden.JointStates <= rbm.Visible.JointStates;
        using ThreadTeam team = new(threads);
        Sum sum = new(rbm, hidden, total, team.Members, cancellation);
        team.Run(sum);
        cancellation.ThrowIfCancellationRequested();
        return DoubleMath.LogSumExp(sum.Chunks);
    }

    /// <summary>Sums chunks of states, each by one thread.</summary>
    private sealed class Sum : ITeamTask
    {
        private readonly UnitLayer _summed;
        private readonly UnitLayer _other;
        private readonly float[][] _weights;
        private readonly double[] _bias;
        private readonly double _total;
        private readonly bool _countsWords;
        private readonly long _states;
        private readonly CancellationToken _cancellation;

        public Sum(Rbm rbm, bool hidden, double total, int members, CancellationToken cancellation)
        {
            _summed = hidden ? rbm.Hidden : rbm.Visible;
            _other = hidden ? rbm.Visible : rbm.Hidden;
            _total = total;
            _countsWords = rbm.Visible.KeepsTotal;
            _cancellation = cancellation;
            _states = (long)_summed.JointStates;
            Chunks = new double[(_states + ChunkStates - 1) / ChunkStates];
            _bias = [.. _other.Bias.ToArray().Select(static bias => (double)bias)];
            _weights = new float[_summed.Count][];
            for (int unit = 0; unit < _weights.Length; unit++)
            {
                _weights[unit] = new float[_other.Count];
                for (int other = 0; other < _other.Count; other++)
                {
                    _weights[unit][other] = hidden ? rbm.WeightMatrix[other, unit] : rbm.WeightMatrix[unit, other];
                }
            }
        }

        public double[] Chunks { get; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(Chunks.Length, member, members);
            float[] states = new float[_summed.Count];
            float[] before = new float[_summed.Count];
            double[] inputs = new double[_other.Count];
            double[] terms = new double[ChunkStates];
            for (int chunk = first; chunk < end && !_cancellation.IsCancellationRequested; chunk++)
            {
                long start = (long)chunk * ChunkStates;
                int count = (int)Math.Min(ChunkStates, _states - start);

                // Each chunk begins afresh, so that rounding doesn't pile up and chunks don't depend on each other.
                Array.Clear(before);
                _bias.CopyTo(inputs, 0);
                for (int state = 0; state < count; state++)
                {
                    _summed.JointState(start + state, states);
                    for (int unit = 0; unit < states.Length; unit++)
                    {
                        float change = states[unit] - before[unit];
                        if (change != 0)
                        {
                            RowSum.AddScaled(_weights[unit], change, inputs);
                            before[unit] = states[unit];
                        }
                    }

                    terms[state] = Term(states, inputs);
                }

                Chunks[chunk] = DoubleMath.LogSumExp(terms.AsSpan(0, count));
            }
        }

        private double Term(ReadOnlySpan<float> states, ReadOnlySpan<double> inputs)
        {
            double energy = _summed.Energy(states);
            if (_countsWords)
            {
                // The hidden biases count once a word.
                ReadOnlySpan<float> bias = _summed.Bias;
                for (int unit = 0; unit < states.Length; unit++)
                {
                    energy -= (_total - 1) * bias[unit] * states[unit];
                }
            }

            return _other.CumulantGenerating(inputs, _total) - energy;
        }
    }
}
