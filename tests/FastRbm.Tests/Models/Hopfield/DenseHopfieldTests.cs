using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

public sealed class DenseHopfieldTests
{
    private static readonly DenseInteraction[] _interactions =
        [DenseInteraction.Polynomial(2), DenseInteraction.Polynomial(3), DenseInteraction.Polynomial(6), DenseInteraction.Exponential(), DenseInteraction.Exponential(0.3)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(20, 30)]
    [InlineData(64, 40)]
    [InlineData(70, 25)]
    public void Recall_is_the_reference_bit_for_bit(int units, int patterns)
    {
        SplitMix64 random = new((ulong)units);
        int[][] spins = HopfieldCase.Spins(random, patterns, units);
        int[][] probes = [.. HopfieldCase.Noisy(random, spins[..Math.Min(4, patterns)], 0.2), .. HopfieldCase.Spins(random, 3, units)];
        foreach (DenseInteraction interaction in _interactions)
        {
            DenseHopfieldNetwork network = new(HopfieldCase.Bits(spins), interaction);
            ReferenceDenseHopfield twin = new(spins, interaction.Degree, interaction.Beta);
            foreach (RecallOptions options in (RecallOptions[])
                [new() { Mode = RecallMode.Synchronous }, new() { Mode = RecallMode.Synchronous, MostSweeps = 1 }, new(), new() { Order = RecallOrder.Random, Threads = 2, MostSweeps = 2 }])
            {
                int[] orders = RecallTeam.OrdersOf(options, units);
                using DenseHopfieldRecall recall = new(network, options);
                RecallResult result = recall.Run(HopfieldCase.Bits(probes));
                for (int row = 0; row < probes.Length; row++)
                {
                    int[] state = [.. probes[row]];
                    if (options.Mode == RecallMode.Synchronous)
                    {
                        (int sweeps, int period) = twin.Synchronous(state, options.MostSweeps);
                        RecallOutcome outcome = period == 1 ? RecallOutcome.Settled : period == 2 ? RecallOutcome.TwoCycle : RecallOutcome.Limit;
                        Assert.Equal((sweeps, outcome), (result.Sweeps(row), result.Outcome(row)));
                    }
                    else
                    {
                        (int sweeps, long flips, bool settled) = twin.Asynchronous(
                            state, sweep => orders.Length == 0 ? [.. Enumerable.Range(0, units)] : orders.Chunk(units).ElementAt(sweep), options.MostSweeps);
                        Assert.Equal((sweeps, flips, settled), (result.Sweeps(row), result.Flips(row), result.Outcome(row) == RecallOutcome.Settled));
                    }

                    Assert.Equal(state, HopfieldCase.State(result.States, row, HopfieldUnits.Spin));
                    double energy = interaction.IsExponential ? twin.LogEnergy(state) : (double)twin.PowerEnergy(state) / Math.Pow(units, interaction.Degree - 1);
                    Assert.True(Math.Abs(energy - result.Energy(row)) <= 1e-12 * (1 + Math.Abs(energy)));
                    Assert.Equal(result.Energy(row), network.Energy(result.States.Row(row)));
                    int[] distances = [.. spins.Select(pattern => pattern.Zip(state).Count(static pair => pair.First != pair.Second))];
                    Assert.Equal((Array.IndexOf(distances, distances.Min()), distances.Min()), (result.Nearest(row), result.Distance(row)));
                }
            }
        }
    }

    [Fact]
    public void The_quadratic_network_is_Hebbs()
    {
        SplitMix64 random = new(9);
        int[][] spins = HopfieldCase.Spins(random, 8, 50);
        BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 20, 50));
        BitMatrix bits = HopfieldCase.Bits(spins);
        using DenseHopfieldRecall dense = new(new DenseHopfieldNetwork(bits, DenseInteraction.Polynomial(2)));
        using HopfieldRecall pairwise = new(HopfieldNetwork.Learn(bits));
        RecallResult first = dense.Run(probes);
        RecallResult second = pairwise.Run(probes);
        for (int row = 0; row < probes.Rows; row++)
        {
            Assert.Equal(second.States.Row(row), first.States.Row(row));

            // -N sum (m / N)^2 = 2 E - P: the diagonal of Hebb's weights is left out.
            Assert.Equal((2 * second.Energy(row)) - bits.Rows, first.Energy(row), 9);
        }
    }

    [Fact]
    public void One_step_of_the_exponential_network_repairs_six_flipped_bits_of_64_among_many_patterns()
    {
        BitMatrix patterns = new(20_000, 64);
        SplitMix64 random = new(10);
        for (int row = 0; row < patterns.Rows; row++)
        {
            patterns.Row(row)[0] = random.NextUInt64();
        }

        BitMatrix probes = new(200, 64);
        for (int row = 0; row < probes.Rows; row++)
        {
            probes.Row(row)[0] = patterns.Row(97 * row)[0];
            for (int flipped = 0; flipped < 6; flipped++)
            {
                probes.Row(row)[0] ^= 1UL << (((row * 11) + (flipped * 10)) % 64);
            }
        }

        DenseHopfieldNetwork network = new(patterns, DenseInteraction.Exponential());
        using DenseHopfieldRecall recall = new(network, new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1, Threads = 2 });
        RecallResult result = recall.Run(probes);
        long wrong = Enumerable.Range(0, probes.Rows).Sum(row => long.PopCount((long)(result.States.Row(row)[0] ^ patterns.Row(97 * row)[0])));
        Assert.InRange(wrong, 0, 12);
    }

    [Fact]
    public void Bad_networks_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => DenseInteraction.Polynomial(1));
        Assert.ThrowsAny<ArgumentException>(() => DenseInteraction.Polynomial(61));
        Assert.ThrowsAny<ArgumentException>(() => DenseInteraction.Exponential(0));
        Assert.ThrowsAny<ArgumentException>(() => DenseInteraction.Exponential(double.NaN));
        Assert.ThrowsAny<ArgumentException>(() => new DenseHopfieldNetwork(new BitMatrix(0, 3), DenseInteraction.Exponential()));
        Assert.Contains(
            "2^126",
            Assert.Throws<ArgumentException>(() => new DenseHopfieldNetwork(new BitMatrix(1, 1000), DenseInteraction.Polynomial(20))).Message,
            StringComparison.Ordinal);
        Assert.Equal(("polynomial:4", "exponential:0.5"), (DenseInteraction.Polynomial(4).ToString(), DenseInteraction.Exponential(0.5).ToString()));
    }

    [Fact]
    public void Recall_allocates_nothing()
    {
        SplitMix64 random = new(8);
        BitMatrix patterns = HopfieldCase.Bits(HopfieldCase.Spins(random, 50, 70));
        BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 5, 70));
        RecallResult result = new(5, 70);
        foreach (DenseInteraction interaction in _interactions)
        {
            foreach (RecallMode mode in Enum.GetValues<RecallMode>())
            {
                using DenseHopfieldRecall recall = new(new DenseHopfieldNetwork(patterns, interaction), new RecallOptions { Mode = mode });
                recall.Run(probes, result);
                long before = GC.GetAllocatedBytesForCurrentThread();
                recall.Run(probes, result);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
    }
}
