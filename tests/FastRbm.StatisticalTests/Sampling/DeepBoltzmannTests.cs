using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class DeepBoltzmannTests
{
    private const int Chains = 60_000;
    private const int Sweeps = 3;

    [Fact]
    public void Chains_that_start_from_the_exact_distribution_stay_in_it()
    {
        (DeepBoltzmannMachine machine, ReferenceDeep reference) = Tiny();
        int[] start = Start(reference, seed: 21);
        using ChainSet chains = new(machine.Joined, Chains, seed: 5, threads: 2);
        chains.StartFrom(new EvenRows(machine, reference, start));
        chains.Run(Sweeps);
        int[] states = new int[Chains];
        for (int layer = 0; layer < machine.Layers.Count; layer++)
        {
            BitMatrix bits = new(Chains, machine.Layers[layer]);
            machine.CopyLayer(layer, (layer & 1) == 0 ? chains.Visible : chains.Hidden, bits);
            for (int chain = 0; chain < Chains; chain++)
            {
                states[chain] |= (int)bits.Row(chain)[0] << machine.Layers.Take(layer).Sum();
            }
        }

        double p = PValue(reference, states);
        Assert.True(p > Budget.PerCheck, $"p-value {p}");
    }

    [Fact]
    public void A_plain_sampler_without_a_mistake_passes()
    {
        double p = PValue(Tiny().Reference, Plain(DeepMistake.None));
        Assert.True(p > Budget.PerCheck, $"p-value {p}");
    }

    [Theory]
    [InlineData(DeepMistake.StaleLayer)]
    [InlineData(DeepMistake.DoubledBiases)]
    [InlineData(DeepMistake.DoubledInputs)]
    [InlineData(DeepMistake.NothingFromAbove)]
    public void Seeded_mistakes_are_caught(DeepMistake mistake)
    {
        double p = PValue(Tiny().Reference, Plain(mistake));
        Assert.True(p < Budget.Caught, $"p-value {p}");
    }

    private static double PValue(ReferenceDeep reference, int[] states)
    {
        int cells = 1 << reference.Units;
        return GTest.Of(Counts.Of(states, cells), [.. Enumerable.Range(0, cells).Select(reference.Probability)]).PValue;
    }

    /// <summary>States after sweeps of a sampler in doubles: odd layers, then even ones.</summary>
    private static int[] Plain(DeepMistake mistake)
    {
        ReferenceDeep reference = Tiny().Reference;
        int[] states = Start(reference, seed: 22);
        SplitMix64 random = new(23);
        for (int chain = 0; chain < states.Length; chain++)
        {
            double[][] layers = reference.Split(states[chain]);
            for (int sweep = 0; sweep < Sweeps; sweep++)
            {
                double[][] before = [.. layers.Select(static layer => (double[])layer.Clone())];
                Half(reference, layers, layers, 1, mistake, random);
                Half(reference, mistake == DeepMistake.StaleLayer ? before : layers, layers, 0, mistake, random);
            }

            states[chain] = ReferenceDeep.Join(layers);
        }

        return states;
    }

    private static void Half(ReferenceDeep reference, double[][] source, double[][] target, int parity, DeepMistake mistake, SplitMix64 random)
    {
        for (int l = parity; l < target.Length; l += 2)
        {
            double[][] seen = mistake == DeepMistake.NothingFromAbove && l + 2 == target.Length ? [.. source[..^1], new double[source[^1].Length]] : source;
            double[] inputs = reference.Inputs(seen, l);
            for (int unit = 0; unit < inputs.Length; unit++)
            {
                double input = mistake switch
                {
                    DeepMistake.DoubledBiases => inputs[unit] + reference.Bias(l)[unit],
                    DeepMistake.DoubledInputs => (2 * inputs[unit]) - reference.Bias(l)[unit],
                    _ => inputs[unit],
                };
                target[l][unit] = random.NextDouble(0, 1) < ReferenceMath.Sigmoid(input) ? 1 : 0;
            }
        }
    }

    /// <summary>Draws from the exact distribution.</summary>
    private static int[] Start(ReferenceDeep reference, ulong seed)
    {
        SplitMix64 random = new(seed);
        double[] cumulative = new double[1 << reference.Units];
        double total = 0;
        for (int state = 0; state < cumulative.Length; state++)
        {
            cumulative[state] = total += reference.Probability(state);
        }

        int[] states = new int[Chains];
        for (int chain = 0; chain < Chains; chain++)
        {
            int found = Array.BinarySearch(cumulative, random.NextDouble(0, 1));
            states[chain] = Math.Min(found < 0 ? ~found : found, cumulative.Length - 1);
        }

        return states;
    }

    private static (DeepBoltzmannMachine Machine, ReferenceDeep Reference) Tiny()
    {
        int[] sizes = [3, 2, 2, 2];
        SplitMix64 random = new(24);
        DeepBoltzmannMachine machine = new(sizes);
        double[][,] weights = new double[sizes.Length - 1][,];
        double[][] bias = new double[sizes.Length][];
        for (int l = 0; l < sizes.Length; l++)
        {
            float[] own = [.. Enumerable.Range(0, sizes[l]).Select(_ => Eighths(random))];
            machine.SetBias(l, own);
            bias[l] = [.. own.Select(static value => (double)value)];
            if (l + 1 < sizes.Length)
            {
                Matrix w = new(sizes[l], sizes[l + 1]);
                weights[l] = new double[sizes[l], sizes[l + 1]];
                for (int i = 0; i < w.Rows; i++)
                {
                    for (int j = 0; j < w.Columns; j++)
                    {
                        weights[l][i, j] = w[i, j] = Eighths(random);
                    }
                }

                machine.SetWeights(l, w);
            }
        }

        return (machine, new ReferenceDeep(weights, bias));
    }

    private static float Eighths(SplitMix64 random) => MathF.Round((float)random.NextDouble(-1.5, 1.5) * 8) / 8;

    /// <summary>The even layers of states, side by side as the joined machine has them.</summary>
    private sealed class EvenRows(DeepBoltzmannMachine machine, ReferenceDeep reference, int[] states) : IVisibleRows
    {
        public int Rows => states.Length;

        public int Columns => machine.Joined.Visible.Count;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination)
        {
            destination.Clear();
            for (int l = 0; l < machine.Layers.Count; l += 2)
            {
                destination[0] |= (ulong)reference.Part(states[row], l) << machine.StartOf(l);
            }
        }

        public void CopyMeans(int row, Span<float> destination)
        {
            Span<ulong> bits = stackalloc ulong[1];
            CopyBits(row, bits);
            for (int unit = 0; unit < destination.Length; unit++)
            {
                destination[unit] = bits[0] >> unit & 1;
            }
        }
    }
}
