using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Reference;
using FastRbm.Sampling.Deep;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class DeepBeliefTests
{
    private const int Chains = 100_000;
    private const int Sweeps = 40;

    [Fact]
    public void Generated_rows_have_the_distribution_of_the_network()
    {
        (DeepBeliefNetwork network, ReferenceBelief reference) = Tiny();
        using DeepBeliefChains chains = new(network, Chains, seed: 3, threads: 2);
        chains.Run(Sweeps);
        int[] visible = States(chains.Visible);
        double p = GTest.Of(Counts.Of(visible, 16), reference.Probabilities(0)).PValue;
        Assert.True(p > Budget.PerCheck, $"visible states: p-value {p}");
        double between = GTest.Of(Counts.Of(States(chains.States(1)), 8), reference.Probabilities(1)).PValue;
        Assert.True(between > Budget.PerCheck, $"states of the layer between: p-value {between}");

        // Means taken for states, the topmost machine's rows for those of the network, and the biases of the pass upwards: all caught.
        Assert.True(GTest.Of(Counts.Of(visible, 16), Mistaken(network, reference)).PValue < Budget.Caught);
    }

    [Fact]
    public void Chains_are_the_same_bits_for_any_threads_and_any_cut()
    {
        (DeepBeliefNetwork network, _) = Tiny();
        using DeepBeliefChains one = new(network, 300, seed: 4);
        using DeepBeliefChains other = new(network, 300, seed: 4, threads: 3);
        one.Run(0);
        other.Run(0);
        one.Run(5);
        other.Run(5);
        Assert.Equal(States(one.Visible), States(other.Visible));
    }

    /// <summary>The distribution of a pass down from a layer between whose units are all as likely on as off.</summary>
    private static double[] Mistaken(DeepBeliefNetwork network, ReferenceBelief reference)
    {
        double[] p = new double[16];
        int above = 1 << network.Layers[1];
        for (int h = 0; h < above; h++)
        {
            for (int v = 0; v < 16; v++)
            {
                p[v] += reference.Down(0, v, h) / above;
            }
        }

        return p;
    }

    private static int[] States(FastRbm.Memory.BitMatrix bits) => [.. Enumerable.Range(0, bits.Rows).Select(row => (int)bits.Row(row)[0])];

    private static (DeepBeliefNetwork Network, ReferenceBelief Reference) Tiny()
    {
        SplitMix64 random = new(11);
        DeepBeliefNetwork network = new([4, 3, 3]);
        List<ReferenceRbm> references = [];
        foreach (Rbm machine in network.Machines)
        {
            double[,] weights = new double[machine.Visible.Count, machine.Hidden.Count];
            double[] visibleBias = new double[machine.Visible.Count];
            double[] hiddenBias = new double[machine.Hidden.Count];
            machine.Edit((w, a, b) =>
            {
                for (int i = 0; i < a.Length; i++)
                {
                    visibleBias[i] = a[i] = Eighths(random);
                    for (int j = 0; j < b.Length; j++)
                    {
                        weights[i, j] = w[i, j] = Eighths(random);
                        hiddenBias[j] = b[j] = Eighths(random);
                    }
                }
            });
            references.Add(new ReferenceRbm(weights, visibleBias, hiddenBias));
        }

        return (network, new ReferenceBelief(references));
    }

    private static float Eighths(SplitMix64 random) => MathF.Round((float)random.NextDouble(-1.5, 1.5) * 8) / 8;
}
