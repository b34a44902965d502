using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.Tests.Sampling;

/// <summary>Ladders of models for tests: weights that grow in proportion from 0.</summary>
internal static class Ladders
{
    /// <summary>The model at a share of the way from the start, whose biases are half of the last one's and whose weights are 0.</summary>
    public static Rbm Model(int visible, int hidden, double share, float scale = 0.3f)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            SplitMix64 random = new(3);
            for (int i = 0; i < weights.Height; i++)
            {
                float[] row = random.NextFloats(weights.Width, -scale, scale);
                for (int j = 0; j < row.Length; j++)
                {
                    weights[i, j] = (float)(share * row[j]);
                }
            }

            Fill(visibleBias);
            Fill(hiddenBias);

            void Fill(Span<float> biases)
            {
                float[] last = random.NextFloats(biases.Length, -1, 0.5f);
                for (int i = 0; i < last.Length; i++)
                {
                    biases[i] = (float)(0.5 * (1 + share) * last[i]);
                }
            }
        });
        return rbm;
    }

    /// <summary>A ladder of equally spaced models, the first one without weights.</summary>
    public static TrajectoryLadder Make(int visible, int hidden, int rungs, float scale = 0.3f)
    {
        TrajectoryLadder ladder = new(Model(visible, hidden, 0, scale));
        for (int rung = 1; rung < rungs; rung++)
        {
            ladder.Add(Model(visible, hidden, rung / (rungs - 1.0), scale));
        }

        return ladder;
    }

    public static ulong[] Words(BitMatrix states) => [.. Enumerable.Range(0, states.Rows).SelectMany(row => states.Row(row).ToArray())];

    /// <summary>All states and counters.</summary>
    public static (ulong[] States, double[] Counters) Everything(TrajectoryEngine engine) =>
        ([.. engine.Rungs.SelectMany(static rung => Words(rung.Visible))], engine.SaveCounters());
}
