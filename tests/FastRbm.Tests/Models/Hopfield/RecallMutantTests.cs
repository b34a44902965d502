using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

public sealed class RecallMutantTests
{
    [Fact]
    public void Every_seeded_mistake_ends_elsewhere_and_none_does_not()
    {
        SplitMix64 random = new(11);
        int[][] spins = HopfieldCase.Spins(random, 12, 65);
        double[] thresholds = [.. Enumerable.Range(0, 65).Select(static i => ((i % 7) - 3) / 65.0)];
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins), new HopfieldOptions { Thresholds = thresholds });
        int[][] probes = [.. HopfieldCase.Noisy(random, spins, 0.2), .. HopfieldCase.Spins(random, 20, 65)];
        BitMatrix bits = HopfieldCase.Bits(probes);
        using HopfieldRecall recall = new(network);
        RecallResult result = recall.Run(bits);
        foreach (RecallMistake mistake in Enum.GetValues<RecallMistake>())
        {
            int caught = 0;
            for (int row = 0; row < probes.Length; row++)
            {
                int[] state = [.. probes[row]];
                Recall(network, spins.Length, state, mistake);
                caught += state.SequenceEqual(HopfieldCase.State(result.States, row, HopfieldUnits.Spin)) ? 0 : 1;
            }

            Assert.True(mistake == RecallMistake.None ? caught == 0 : caught > 0, $"{mistake}: caught by {caught} of {probes.Length} probes");
        }
    }

    private static void Recall(HopfieldNetwork network, int patterns, int[] state, RecallMistake mistake)
    {
        int units = state.Length;
        int[] inputs = [.. Enumerable.Range(0, units).Select(i => (mistake == RecallMistake.NoFields ? 0 : network.Fields[i]) + Enumerable.Range(0, units).Sum(j => Weight(i, j) * state[j]))];
        for (int sweep = 0; sweep < 100; sweep++)
        {
            int[] seen = [.. inputs];
            bool changed = false;
            for (int i = 0; i < (mistake == RecallMistake.LastUnitForgotten ? units - 1 : units); i++)
            {
                int input = mistake == RecallMistake.Stale ? seen[i] : inputs[i];
                input = mistake == RecallMistake.Overflow ? (sbyte)(4 * input) : input;
                int next = input > 0 || (input == 0 && mistake == RecallMistake.TieGoesUp) ? 1 : input < 0 ? -1 : state[i];
                if (next == state[i])
                {
                    continue;
                }

                int step = mistake == RecallMistake.HalfAFlip ? next : next - state[i];
                for (int j = 0; j < units; j++)
                {
                    inputs[j] += step * Weight(j, i);
                }

                state[i] = next;
                changed = true;
            }

            if (!changed)
            {
                return;
            }
        }

        int Weight(int i, int j) => i == j && mistake == RecallMistake.Diagonal ? patterns : network.IntegerWeight(i, j);
    }
}
