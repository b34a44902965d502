using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

/// <summary>Random patterns and probes in both forms, and networks beside their references.</summary>
internal static class HopfieldCase
{
    /// <summary>Random spins.</summary>
    public static int[][] Spins(SplitMix64 random, int rows, int units) =>
        [.. Enumerable.Range(0, rows).Select(_ => random.NextBits(units).Select(static bit => bit ? 1 : -1).ToArray())];

    /// <summary>Spins with some flipped.</summary>
    public static int[][] Noisy(SplitMix64 random, int[][] spins, double share) =>
        [.. spins.Select(row => row.Zip(random.NextBits(row.Length, share), static (spin, flip) => flip ? -spin : spin).ToArray())];

    /// <summary>Spins as bits.</summary>
    public static BitMatrix Bits(int[][] spins) => SpinStates.FromSpins(spins);

    /// <summary>A row of bits as a reference's state.</summary>
    public static int[] State(BitMatrix bits, int row, HopfieldUnits units) =>
        [.. Enumerable.Range(0, bits.Columns).Select(unit => bits[row, unit] ? 1 : units == HopfieldUnits.Spin ? -1 : 0)];

    /// <summary>The reference with the network's own weights: integers times a power of two where they are rounded.</summary>
    public static ReferenceHopfield Twin(HopfieldNetwork network)
    {
        double[,] weights = new double[network.Units, network.Units];
        for (int i = 0; i < network.Units; i++)
        {
            for (int j = 0; j < network.Units; j++)
            {
                // In integers, doubled so that thresholds of binary units are whole too: signs are the same and sums exact.
                weights[i, j] = 2.0 * network.IntegerWeight(i, j);
            }
        }

        double[] thresholds = [.. Enumerable.Range(0, network.Units).Select(i => Math.Round(2 * network.Threshold(i) / network.WeightScale))];
        return new ReferenceHopfield(weights, thresholds, network.Kind == HopfieldUnits.Binary);
    }

    /// <summary>A network of every rule and both kinds of units, with and without thresholds.</summary>
    public static IEnumerable<HopfieldNetwork> All(SplitMix64 random, int units, int patterns)
    {
        BitMatrix bits = Bits(Spins(random, patterns, units));
        double[] thresholds = [.. Enumerable.Range(0, units).Select(i => ((i % 5) - 2) / (double)units)];
        foreach (LearningRule rule in (LearningRule[])[LearningRule.Hebb, LearningRule.Storkey, LearningRule.PseudoInverse])
        {
            foreach (HopfieldUnits kind in Enum.GetValues<HopfieldUnits>())
            {
                yield return HopfieldNetwork.Learn(bits, new HopfieldOptions { Rule = rule, Units = kind, DropDependent = true });
                yield return HopfieldNetwork.Learn(bits, new HopfieldOptions { Rule = rule, Units = kind, DropDependent = true, Thresholds = thresholds });
            }
        }
    }
}
