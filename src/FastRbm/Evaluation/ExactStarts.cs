using System.Numerics;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Evaluation;

/// <summary>Exact samples of models whose smaller layer can be enumerated in about a second.</summary>
internal static class ExactStarts
{
    private const int MostUnits = 16;
    private const long MostWork = 1 << 26;

    /// <summary>Whether a model is small enough.</summary>
    public static bool Pay(Rbm rbm)
    {
        int small = Math.Min(rbm.Visible.Count, rbm.Hidden.Count);
        return small <= MostUnits && (long)Math.Max(rbm.Visible.Count, rbm.Hidden.Count) << small <= MostWork;
    }

    /// <summary>Draws every row from p(v).</summary>
    /// <param name="rbm">A binary model.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="step">The step of the random numbers; the next one is used too.</param>
    /// <param name="visible">States [rows, visible], written.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    public static void Fill(Rbm rbm, ulong seed, long step, BitMatrix visible, CancellationToken cancellation)
    {
        bool byHidden = rbm.Hidden.Count < rbm.Visible.Count;
        double[] below = Cumulative(RbmParameters.From(rbm), byHidden, cancellation);
        BitMatrix states = byHidden ? new BitMatrix(visible.Rows, rbm.Hidden.Count) : visible;
        for (int row = 0; row < visible.Rows; row++)
        {
            double uniform = new RandomStream(seed, StreamPurpose.AnnealingStart, step, row).Uniform(0) * below[^1];
            int state = 0;
            for (int half = below.Length / 2; half > 0; half /= 2)
            {
                // The first sum that is greater: all sums before state are at most uniform.
                state += below[state + half - 1] <= uniform ? half : 0;
            }

            states.Row(row)[0] = (ulong)state;
        }

        if (byHidden)
        {
            rbm.SampleVisible(
                states, new RandomKey(seed, step + 1), StreamPurpose.AnnealingStart, StreamPurpose.AnnealingStartTie, new RbmWorkspace(rbm), visible);
        }
    }

    /// <summary>Sums of the probabilities of the smaller layer's states, up to a factor.</summary>
    private static double[] Cumulative(RbmParameters parameters, bool byHidden, CancellationToken cancellation)
    {
        double[] smallBias = byHidden ? parameters.HiddenBias : parameters.VisibleBias;
        double[] inputs = (double[])(byHidden ? parameters.VisibleBias : parameters.HiddenBias).Clone();
        double[] logs = new double[1 << smallBias.Length];
        double field = 0;
        int state = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i > 0)
            {
                // Gray code: neighbours differ in one unit.
                int unit = BitOperations.TrailingZeroCount(i);
                state ^= 1 << unit;
                double sign = (state >> unit & 1) != 0 ? 1 : -1;
                field += sign * smallBias[unit];
                for (int other = 0; other < inputs.Length; other++)
                {
                    inputs[other] += sign * parameters.Weights[byHidden ? (other * parameters.Hidden) + unit : (unit * parameters.Hidden) + other];
                }
            }

            logs[state] = field;
            foreach (double input in inputs)
            {
                logs[state] += DoubleMath.Softplus(input);
            }
        }

        double logZ = DoubleMath.LogSumExp(logs);
        double sum = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            sum += DoubleMath.Exp(logs[i] - logZ);
            logs[i] = sum;
        }

        return logs;
    }
}
