using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Hopfield;

public sealed class HopfieldRecallTests
{
    private static readonly int[] _lengths = [1, 2, 7, 63, 64, 65, 127, 129];

    [Fact]
    public void Energies_and_inputs_are_the_reference_for_every_rule_and_kind_of_units()
    {
        SplitMix64 random = new(1);
        foreach (HopfieldNetwork network in HopfieldCase.All(random, 37, 6))
        {
            ReferenceHopfield twin = HopfieldCase.Twin(network);
            BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 4, network.Units));
            double[] inputs = new double[network.Units];
            for (int row = 0; row < probes.Rows; row++)
            {
                int[] state = HopfieldCase.State(probes, row, network.Kind);
                Assert.Equal(twin.Energy(state) * network.WeightScale / 2, network.Energy(probes.Row(row)), 12);
                network.Inputs(probes.Row(row), inputs);
                for (int i = 0; i < inputs.Length; i++)
                {
                    Assert.Equal(twin.Input(state, i) * network.WeightScale / 2, inputs[i], 12);
                }
            }
        }
    }

    [Fact]
    public void Asynchronous_recall_is_the_reference_bit_for_bit_on_every_path_level_and_number_of_threads()
    {
        SplitMix64 random = new(2);
        foreach (int units in _lengths)
        {
            int[][] spins = HopfieldCase.Spins(random, 1 + (units / 6), units);
            BitMatrix probes = HopfieldCase.Bits([.. HopfieldCase.Noisy(random, spins, 0.15), .. HopfieldCase.Spins(random, 3, units)]);
            HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins));
            int[] given = [.. Enumerable.Range(0, units).Reverse()];
            foreach (RecallOptions order in (RecallOptions[])[new(), new() { Order = RecallOrder.Random, Seed = 5 }, new() { Order = RecallOrder.Given, GivenOrder = given }])
            {
                foreach (int most in (int[])[1, 2, 50])
                {
                    AssertAsReference(network, probes, order with { MostSweeps = most });
                }
            }
        }
    }

    [Fact]
    public void Synchronous_recall_is_the_reference_bit_for_bit_on_every_path_level_and_number_of_threads()
    {
        SplitMix64 random = new(3);
        foreach (int units in _lengths)
        {
            int[][] spins = HopfieldCase.Spins(random, 1 + (units / 5), units);
            BitMatrix probes = HopfieldCase.Bits([.. HopfieldCase.Noisy(random, spins, 0.15), .. HopfieldCase.Spins(random, 5, units)]);
            HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins));
            foreach (int most in (int[])[1, 2, 60])
            {
                AssertAsReference(network, probes, new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = most });
            }
        }
    }

    [Fact]
    public void Every_rule_kind_of_units_and_width_of_integers_recalls_as_the_reference()
    {
        SplitMix64 random = new(4);
        foreach (HopfieldNetwork network in HopfieldCase.All(random, 45, 8))
        {
            BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 4, network.Units));
            AssertAsReference(network, probes, new RecallOptions());
            AssertAsReference(network, probes, new RecallOptions { Mode = RecallMode.Synchronous });
        }
    }

    [Fact]
    public void The_energy_never_rises_in_asynchronous_recall()
    {
        SplitMix64 random = new(5);
        foreach (HopfieldNetwork network in HopfieldCase.All(random, 33, 9))
        {
            ReferenceHopfield twin = HopfieldCase.Twin(network);
            int[] state = HopfieldCase.State(HopfieldCase.Bits(HopfieldCase.Spins(random, 1, network.Units)), 0, network.Kind);
            double energy = twin.Energy(state);
            twin.Asynchronous(state, _ => [.. Enumerable.Range(0, network.Units)], 100, () =>
            {
                double next = twin.Energy(state);
                Assert.True(next < energy);
                energy = next;
            });
        }

        // And in the library, in integers, sweep by sweep.
        BitMatrix states = HopfieldCase.Bits(HopfieldCase.Spins(random, 20, 90));
        HopfieldNetwork crowded = HopfieldNetwork.Learn(HopfieldCase.Bits(HopfieldCase.Spins(random, 30, 90)));
        using HopfieldRecall recall = new(crowded, new RecallOptions { MostSweeps = 1, Order = RecallOrder.Random });
        for (int sweep = 0; sweep < 30; sweep++)
        {
            RecallResult next = recall.Run(states);
            for (int row = 0; row < states.Rows; row++)
            {
                long before = crowded.TwiceIntegerEnergy(states.Row(row));
                long after = crowded.TwiceIntegerEnergy(next.States.Row(row));
                Assert.True(next.Flips(row) == 0 ? before == after : after <= before - (4 * next.Flips(row)));
                Assert.Equal(after * crowded.WeightScale / 2, next.Energy(row), 12);
            }

            states = next.States;
        }
    }

    [Fact]
    public void Two_units_that_like_each_other_chase_each_other_when_updated_at_once()
    {
        HopfieldNetwork network = HopfieldNetwork.FromWeights(new double[,] { { 0, 1 }, { 1, 0 } });
        BitMatrix probe = HopfieldCase.Bits([[1, -1], [1, 1]]);
        using HopfieldRecall atOnce = new(network, new RecallOptions { Mode = RecallMode.Synchronous });
        RecallResult result = atOnce.Run(probe);
        Assert.Equal((RecallOutcome.TwoCycle, 2, 4L, 1.0), (result.Outcome(0), result.Sweeps(0), result.Flips(0), result.Energy(0)));
        Assert.Equal((RecallOutcome.Settled, 0, 0L, -1.0), (result.Outcome(1), result.Sweeps(1), result.Flips(1), result.Energy(1)));
        Assert.Equal((0.5, 0.5), (result.Share(RecallOutcome.TwoCycle), result.Share(RecallOutcome.Settled)));
        using HopfieldRecall inTurn = new(network);
        RecallResult settled = inTurn.Run(probe);
        Assert.Equal((RecallOutcome.Settled, -1.0, false), (settled.Outcome(0), settled.Energy(0), settled.States[0, 0]));
        using HopfieldRecall cut = new(network, new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1 });
        Assert.Equal(RecallOutcome.Limit, cut.Run(probe).Outcome(0));
    }

    [Fact]
    public void A_unit_without_input_keeps_its_state()
    {
        HopfieldNetwork network = HopfieldNetwork.FromWeights(new double[3, 3]);
        BitMatrix probe = HopfieldCase.Bits([[1, -1, 1]]);
        foreach (RecallMode mode in Enum.GetValues<RecallMode>())
        {
            using HopfieldRecall recall = new(network, new RecallOptions { Mode = mode });
            RecallResult result = recall.Run(probe);
            Assert.Equal(probe.Row(0), result.States.Row(0));
            Assert.Equal((-1, 0.0), (result.Nearest(0), result.NearestOverlap(0)));
        }
    }

    [Fact]
    public void One_stored_pattern_and_its_opposite_are_where_every_probe_ends()
    {
        SplitMix64 random = new(6);
        int[][] spins = HopfieldCase.Spins(random, 1, 101);
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(spins));
        using HopfieldRecall recall = new(network, new RecallOptions { Threads = 2 });
        RecallResult result = recall.Run(HopfieldCase.Bits(HopfieldCase.Spins(random, 20, 101)));
        for (int row = 0; row < result.Rows; row++)
        {
            Assert.Equal(1, Math.Abs(result.NearestOverlap(row)));
            Assert.Equal(-(101.0 * 100 / 2) / 101, result.Energy(row), 12);
            Assert.Equal(result.NearestOverlap(row), network.Overlap(result.States.Row(row), 0));
        }
    }

    [Fact]
    public void Random_orders_are_permutations_that_differ()
    {
        int[] orders = RecallTeam.OrdersOf(new RecallOptions { Order = RecallOrder.Random, MostSweeps = 1000, Seed = 3 }, 50);
        Assert.Equal(RecallOptions.MostRandomOrders * 50, orders.Length);
        Assert.All(orders.Chunk(50), static order => Assert.Equal(Enumerable.Range(0, 50), order.Order()));
        Assert.NotEqual(orders[..50], orders[50..100]);
        int[] firsts = new int[6];
        for (ulong seed = 0; seed < 600; seed++)
        {
            firsts[RecallTeam.OrdersOf(new RecallOptions { Order = RecallOrder.Random, MostSweeps = 1, Seed = seed }, 6)[0]]++;
        }

        // 100 each, standard deviation 9.1.
        Assert.All(firsts, static count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void Bad_options_and_probes_are_refused()
    {
        HopfieldNetwork network = HopfieldNetwork.FromWeights(new double[3, 3]);
        foreach (RecallOptions wrong in (RecallOptions[])
            [new() { MostSweeps = 0 }, new() { Threads = 0 }, new() { Order = RecallOrder.Given }, new() { GivenOrder = [0, 1, 2] },
            new() { Order = RecallOrder.Given, GivenOrder = [0, 1] }, new() { Order = RecallOrder.Given, GivenOrder = [0, 1, 1] },
            new() { Order = RecallOrder.Given, GivenOrder = [0, 1, 3] }, new() { Path = RecallPath.Patterns }, new() { Mode = (RecallMode)7 }, new() { Order = (RecallOrder)7 }])
        {
            Assert.ThrowsAny<ArgumentException>(() => new HopfieldRecall(network, wrong));
        }

        using HopfieldRecall recall = new(network);
        Assert.ThrowsAny<ArgumentException>(() => recall.Run(new BitMatrix(1, 4)));
        Assert.ThrowsAny<ArgumentException>(() => recall.Run(new BitMatrix(2, 3), new RecallResult(1, 3)));
        Assert.Throws<OperationCanceledException>(() => recall.Run(new BitMatrix(1, 3), null, new CancellationToken(canceled: true)));
        Assert.Equal(0, recall.Run(new BitMatrix(0, 3)).Rows);
    }

    [Fact]
    public void Recall_allocates_nothing()
    {
        SplitMix64 random = new(8);
        HopfieldNetwork network = HopfieldNetwork.Learn(HopfieldCase.Bits(HopfieldCase.Spins(random, 20, 150)));
        BitMatrix probes = HopfieldCase.Bits(HopfieldCase.Spins(random, 10, 150));
        RecallResult result = new(10, 150);
        foreach (RecallPath path in (RecallPath[])[RecallPath.Rows, RecallPath.Patterns])
        {
            foreach (RecallMode mode in Enum.GetValues<RecallMode>())
            {
                using HopfieldRecall recall = new(network, new RecallOptions { Path = path, Mode = mode, Order = RecallOrder.Random });
                recall.Run(probes, result);
                long before = GC.GetAllocatedBytesForCurrentThread();
                recall.Run(probes, result);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
    }

    private static void AssertAsReference(HopfieldNetwork network, BitMatrix probes, RecallOptions options)
    {
        ReferenceHopfield twin = HopfieldCase.Twin(network);
        int[][] expected = [.. Enumerable.Range(0, probes.Rows).Select(row => HopfieldCase.State(probes, row, network.Kind))];
        int[] orders = RecallTeam.OrdersOf(options, network.Units);
        List<(int Sweeps, RecallOutcome Outcome, long Flips)> steps = [];
        foreach (int[] state in expected)
        {
            if (options.Mode == RecallMode.Synchronous)
            {
                (int sweeps, int period) = twin.Synchronous(state, options.MostSweeps);
                steps.Add((sweeps, period == 1 ? RecallOutcome.Settled : period == 2 ? RecallOutcome.TwoCycle : RecallOutcome.Limit, -1));
            }
            else
            {
                (int sweeps, long flips, bool settled) = twin.Asynchronous(
                    state, sweep => orders.Length == 0 ? [.. Enumerable.Range(0, network.Units)] : orders.Chunk(network.Units).ElementAt(sweep % (orders.Length / network.Units)), options.MostSweeps);
                steps.Add((sweeps, settled ? RecallOutcome.Settled : RecallOutcome.Limit, flips));
            }
        }

        RecallPath[] paths = network.Rule == LearningRule.Hebb ? [RecallPath.Patterns, RecallPath.Rows] : [RecallPath.Rows];
        foreach (RecallPath path in paths)
        {
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                foreach (int threads in level == SimdLevel.Vector256 ? (int[])[1, 3] : [1])
                {
                    using HopfieldRecall recall = new(network, options with { Path = path, Threads = threads }, level);
                    RecallResult result = recall.Run(probes);
                    for (int row = 0; row < probes.Rows; row++)
                    {
                        Assert.Equal(expected[row], HopfieldCase.State(result.States, row, network.Kind));
                        Assert.Equal((steps[row].Sweeps, steps[row].Outcome), (result.Sweeps(row), result.Outcome(row)));
                        Assert.Equal(steps[row].Flips < 0 ? result.Flips(row) : steps[row].Flips, result.Flips(row));
                        Assert.Equal(twin.Energy(expected[row]) * network.WeightScale / 2, result.Energy(row), 12);
                    }
                }
            }
        }
    }
}
