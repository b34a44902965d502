using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;
using FastRbm.Tests.Testing;
using FastRbm.Threading;

namespace FastRbm.Tests.Sampling;

[Collection(AllocationGroup.Name)]
public sealed class TemperedChainsTests
{
    private const int Visible = 130;
    private const int Hidden = 70;
    private const int Chains = 24;
    private static readonly TemperatureLadder _ladder = new([0, 0.25, 0.4, 0.6, 0.7, 0.85, 1]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void States_are_those_of_half_steps_that_remember_nothing_and_swap_states_also_after_edits_and_other_betas(bool withBase)
    {
        Rbm rbm = Model();
        float[] start = withBase ? Base() : [];
        using TemperedChains chains = new(rbm, Chains, _ladder, seed: 9, threads: 2, start);
        NaiveTempering naive = new(chains, seed: 9, withBase ? start : new float[Visible]);
        Follow(4);
        Follow(3);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            weights[7, 3] += 0.5f;
            visibleBias[1] -= 1;
            hiddenBias[0] -= 1;
        });
        Follow(4);
        Assert.True(chains.Statistics.Accepted.ToArray().All(count => count > 0));
        Assert.Equal(naive.Accepted, chains.Statistics.Accepted.ToArray());
        TemperatureLadder other = TemperatureLadder.Linear(_ladder.Levels, 0.125);
        chains.Use(other);
        naive.Ladder = other;
        Follow(3);
        Assert.Equal(14, chains.Sweeps);

        void Follow(int sweeps)
        {
            for (int sweep = 0; sweep < sweeps; sweep++)
            {
                naive.Sweep(rbm, chains.Sweeps + sweep);
            }

            chains.Run(sweeps);
            for (int chain = 0; chain < Chains; chain++)
            {
                for (int level = 0; level < _ladder.Levels; level++)
                {
                    int row = naive.RowAt(chain, level);
                    Assert.Equal(row, chains.RowAtLevel[(chain * _ladder.Levels) + level]);
                    Assert.Equal(naive.Visible.Row(row).ToArray(), chains.ReplicaVisible.Row(row).ToArray());
                    Assert.Equal(naive.Hidden.Row(row).ToArray(), chains.ReplicaHidden.Row(row).ToArray());
                }

                int cold = naive.RowAt(chain, _ladder.Levels - 1);
                Assert.Equal(naive.Visible.Row(cold).ToArray(), chains.Visible.Row(chain).ToArray());
                Assert.Equal(naive.Hidden.Row(cold).ToArray(), chains.Hidden.Row(chain).ToArray());
            }
        }
    }

    [Fact]
    public void States_and_counts_do_not_depend_on_threads_simd_levels_calls_or_the_number_of_chains()
    {
        Rbm rbm = Model();
        using TemperedChains one = new(rbm, Chains, _ladder, seed: 5, threads: 1, Base());
        one.Run(9);
        foreach (SimdLevel level in Levels.All)
        {
            foreach (int threads in (int[])[1, 2])
            {
                using TemperedChains other = new(rbm, Chains, _ladder, seed: 5, threads, Base()) { Level = level };
                other.Run(4);
                other.Run(0);
                other.Run(5);
                AssertEqual(one, other);
            }
        }

        using TemperedChains fewer = new(rbm, 3, _ladder, seed: 5, threads: 1, Base());
        fewer.Run(9);
        Assert.Equal(one.Visible.Row(2).ToArray(), fewer.Visible.Row(2).ToArray());
        using TemperedChains otherSeed = new(rbm, 3, _ladder, seed: 6, threads: 1, Base());
        otherSeed.Run(9);
        Assert.NotEqual(fewer.Visible.Row(2).ToArray(), otherSeed.Visible.Row(2).ToArray());
    }

    [Fact]
    public void Shares_of_another_teams_task_do_what_a_run_does()
    {
        Rbm rbm = Model();
        using TemperedChains run = new(rbm, Chains, _ladder, seed: 5);
        using ThreadTeam team = new(3);
        using TemperedChains shares = new(rbm, Chains, _ladder, seed: 5, team, default);
        run.Run(6);
        shares.Begin(6);
        team.Run(new Share(shares));
        shares.End();
        AssertEqual(run, shares);
    }

    [Fact]
    public void Saved_chains_go_on_as_those_that_were_not_stopped()
    {
        Rbm rbm = Model();
        using TemperedChains whole = new(rbm, Chains, _ladder, seed: 5);
        using TemperedChains resumed = new(rbm, Chains, _ladder, seed: 5);
        whole.Run(7);
        for (int row = 0; row < whole.ReplicaVisible.Rows; row++)
        {
            whole.ReplicaVisible.Row(row).CopyTo(resumed.ReplicaVisible.Row(row));
            whole.ReplicaHidden.Row(row).CopyTo(resumed.ReplicaHidden.Row(row));
        }

        whole.RowAtLevel.CopyTo(resumed.RowAtLevel);
        whole.ComesFrom.CopyTo(resumed.ComesFrom);
        whole.Statistics.ProposedCounts.CopyTo(resumed.Statistics.ProposedCounts);
        whole.Statistics.AcceptedCounts.CopyTo(resumed.Statistics.AcceptedCounts);
        whole.Statistics.EnergySums.CopyTo(resumed.Statistics.EnergySums);
        resumed.Statistics.RoundTrips = whole.Statistics.RoundTrips;
        resumed.Statistics.Samples = whole.Statistics.Samples;
        resumed.Resume(7);
        AssertEqual(whole, resumed);
        whole.Run(30);
        resumed.Run(30);
        AssertEqual(whole, resumed);

        resumed.RowAtLevel[1] = resumed.RowAtLevel[0];
        Assert.Contains("chain 0", Assert.Throws<ArgumentException>(() => resumed.Resume(7)).Message);
    }

    [Fact]
    public void Statistics_count_every_proposal_and_the_mean_energies_are_those_of_the_states()
    {
        Rbm rbm = Model();
        using TemperedChains chains = new(rbm, Chains, _ladder, seed: 5, threads: 2, Base());
        Assert.Null(chains.Statistics.SwapRate(0));
        Assert.Null(chains.Statistics.MeanEnergy(0));
        chains.Run(5);
        Assert.Equal([3 * Chains, 2 * Chains, 3 * Chains, 2 * Chains, 3 * Chains, 2 * Chains], chains.Statistics.Proposed.ToArray());
        Assert.Equal(5 * Chains, chains.Statistics.Samples);
        chains.ResetStatistics();
        Assert.Equal(0, chains.Statistics.Samples);

        // The energy of a sweep is that of h and the v it was drawn from: the visible states before.
        BitMatrix before = new(chains.ReplicaVisible.Rows, Visible);
        for (int row = 0; row < before.Rows; row++)
        {
            chains.ReplicaVisible.Row(row).CopyTo(before.Row(row));
        }

        int[] rows = chains.RowAtLevel.ToArray();
        chains.Run(1);
        double[] energies = new double[before.Rows];
        rbm.Energy(before, chains.ReplicaHidden, new RbmWorkspace(rbm), energies);
        float[] start = Base();
        for (int level = 0; level < _ladder.Levels; level++)
        {
            double mean = Enumerable.Range(0, Chains).Average(chain =>
            {
                int row = rows[(chain * _ladder.Levels) + level];
                return energies[row] + Enumerable.Range(0, Visible).Sum(unit => before[row, unit] ? start[unit] : 0.0);
            });
            Assert.Equal(mean, chains.Statistics.MeanEnergy(level)!.Value, 1e-9);
        }

        double?[] rates = [.. Enumerable.Range(0, _ladder.Levels - 1).Select(chains.Statistics.SwapRate)];
        Assert.Null(rates[0]);
        Assert.InRange(rates[1]!.Value, 0, 1);
    }

    [Fact]
    public void Base_biases_beyond_32_bits_of_the_models_scale_keep_energies_exact()
    {
        // Parameters of zero have the finest scale, 30 bits, and leave U = a0.v.
        float[] start = [900, -700, 2.5f, -1000, 1000];
        using TemperedChains chains = new(Rbm.Binary(5, 3), 2, TemperatureLadder.Linear(3), seed: 1, threads: 1, start);
        BitMatrix states = new(chains.ReplicaVisible.Rows, 5);
        for (int row = 0; row < states.Rows; row++)
        {
            chains.ReplicaVisible.Row(row).CopyTo(states.Row(row));
        }

        chains.Run(1);
        for (int level = 0; level < 3; level++)
        {
            double mean = Enumerable.Range(0, 2).Average(chain => Enumerable.Range(0, 5).Sum(unit => states[(3 * chain) + level, unit] ? start[unit] : 0.0));
            Assert.Equal(mean, chains.Statistics.MeanEnergy(level)!.Value);
        }
    }

    [Fact]
    public void A_replica_that_was_cold_and_hot_and_is_cold_again_made_a_round_trip()
    {
        // All energies are equal, so every swap is accepted: replicas travel to the end and back, in 2 L sweeps a trip.
        using TemperedChains chains = new(Rbm.Binary(5, 3), 2, TemperatureLadder.Linear(4), seed: 1);
        chains.Run(8);
        Assert.Equal(1.0, chains.Statistics.SwapRate(1));
        long first = chains.Statistics.RoundTrips;
        chains.Run(8);
        Assert.Equal(2 * 4, chains.Statistics.RoundTrips - first);
        Assert.Equal(0, new ExchangeStatistics(4).RoundTrips);
    }

    [Fact]
    public void Tuned_ladders_have_equal_swap_rates_and_say_how_many_levels_a_rate_takes()
    {
        Rbm rbm = TwoModesModel();
        using TemperedChains chains = new(rbm, 40, TemperatureLadder.Geometric(6, 0.001), seed: 2);
        List<double> progress = [];
        double barrier = chains.Tune(rounds: 6, sweeps: 20, new Progress(progress));
        Assert.Equal(1.0, progress[^1], 1e-12);
        Assert.Equal(progress.Order(), progress);
        chains.Run(2000);
        double[] rates = [.. Enumerable.Range(0, 5).Select(pair => chains.Statistics.SwapRate(pair)!.Value)];
        Assert.InRange(rates.Max() - rates.Min(), 0, 0.06);
        int levels = TemperatureLadder.LevelsFor(barrier, 0.7);
        using TemperedChains more = new(
            rbm, 40, chains.Ladder.Adapted(chains.Statistics.Proposed, chains.Statistics.Accepted, levels), seed: 3);
        more.Tune(rounds: 4, sweeps: 20);
        more.Run(1000);
        Assert.InRange(Enumerable.Range(0, levels - 1).Average(pair => more.Statistics.SwapRate(pair)!.Value), 0.65, 0.85);
    }

    [Fact]
    public void Mean_energies_integrate_to_the_partition_function()
    {
        Rbm rbm = TwoModesModel();
        using TemperedChains chains = new(rbm, 50, TemperatureLadder.Linear(33), seed: 4);
        chains.Run(200);
        chains.ResetStatistics();
        chains.Run(1000);
        double integral = Enumerable.Range(0, 32).Sum(level =>
            (chains.Statistics.MeanEnergy(level)!.Value + chains.Statistics.MeanEnergy(level + 1)!.Value) / 64);
        Assert.Equal(TwoModes.Model.LogPartitionFunction(), (20 * Math.Log(2)) - integral, 0.05);
    }

    [Fact]
    public void Starts_put_the_cold_replicas_at_the_first_rows_and_the_hotter_ones_at_the_next()
    {
        TestRows rows = new([[true, false, true], [false, true, true], [false, false, false], [true, true, true]]);
        using TemperedChains chains = new(Rbm.Binary(3, 2), 3, TemperatureLadder.Linear(2), seed: 1);
        Assert.All(Enumerable.Range(0, 3), chain => Assert.Equal(0UL, chains.Visible.Row(chain)[0] & ~7UL));
        chains.Run(1);
        chains.StartFrom(rows);
        Assert.Equal(0, chains.Statistics.Samples);
        Assert.Equal([5UL, 6UL, 0UL], Enumerable.Range(0, 3).Select(chain => chains.Visible.Row(chain)[0]));
        BitMatrix visible = new(3, 3);
        chains.CopyLevel(0, visible, new BitMatrix(3, 2));
        Assert.Equal([7UL, 5UL, 6UL], Enumerable.Range(0, 3).Select(chain => visible.Row(chain)[0]));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new bool[4]])));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new float[] { 0.5f, 0, 0 }])));
        chains.StartRandom();
        using TemperedChains fresh = new(Rbm.Binary(3, 2), 3, TemperatureLadder.Linear(2), seed: 1);
        Assert.Equal(fresh.Visible.Row(1).ToArray(), chains.Visible.Row(1).ToArray());
    }

    [Fact]
    public void A_sweep_allocates_nothing()
    {
        using TemperedChains chains = new(Model(), 40, _ladder, seed: 1, threads: 2, Base());
        Assert.Equal(0, AllocationGate.BytesOf(() => chains.Run(3)));
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        Rbm rbm = Rbm.Binary(3, 2);
        TemperatureLadder ladder = TemperatureLadder.Linear(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemperedChains(rbm, 0, ladder, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemperedChains(rbm, 1, ladder, 1, threads: 0));
        Assert.Throws<ArgumentException>(() => new TemperedChains(rbm, 1, ladder, 1, 1, [1f, 2f]));
        Assert.Contains("unit 1", Assert.Throws<ArgumentOutOfRangeException>(
            () => new TemperedChains(rbm, 1, ladder, 1, 1, [1f, float.NaN, 0f])).Message);
        using TemperedChains chains = new(rbm, 2, ladder, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Run(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.CopyLevel(3, new BitMatrix(2, 3), new BitMatrix(2, 2)));
        Assert.Throws<ArgumentException>(() => chains.CopyLevel(2, new BitMatrix(1, 3), new BitMatrix(2, 2)));
        Assert.Throws<ArgumentException>(() => chains.Use(TemperatureLadder.Linear(4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Tune(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Statistics.SwapRate(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Statistics.MeanEnergy(3));
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => chains.Tune(1, 2, null, cancelled.Token));
    }

    private static void AssertEqual(TemperedChains expected, TemperedChains found)
    {
        Assert.Equal(expected.Sweeps, found.Sweeps);
        Assert.Equal(expected.RowAtLevel.ToArray(), found.RowAtLevel.ToArray());
        for (int row = 0; row < expected.ReplicaVisible.Rows; row++)
        {
            Assert.Equal(expected.ReplicaVisible.Row(row).ToArray(), found.ReplicaVisible.Row(row).ToArray());
            Assert.Equal(expected.ReplicaHidden.Row(row).ToArray(), found.ReplicaHidden.Row(row).ToArray());
        }

        for (int chain = 0; chain < expected.Chains; chain++)
        {
            Assert.Equal(expected.Visible.Row(chain).ToArray(), found.Visible.Row(chain).ToArray());
            Assert.Equal(expected.Hidden.Row(chain).ToArray(), found.Hidden.Row(chain).ToArray());
        }

        Assert.Equal(expected.Statistics.Proposed.ToArray(), found.Statistics.Proposed.ToArray());
        Assert.Equal(expected.Statistics.Accepted.ToArray(), found.Statistics.Accepted.ToArray());
        Assert.Equal(expected.Statistics.EnergySums.ToArray(), found.Statistics.EnergySums.ToArray());
        Assert.Equal(expected.Statistics.RoundTrips, found.Statistics.RoundTrips);
        Assert.Equal(expected.Statistics.Samples, found.Statistics.Samples);
    }

    private static Rbm TwoModesModel() => Translate.Engine(TwoModes.Model);

    /// <summary>Parameters that are multiples of 2^-10.</summary>
    private static Rbm Model()
    {
        Rbm rbm = Rbm.Binary(Visible, Hidden);
        SplitMix64 random = new(3);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                Coarse(random, weights.Width, 0.25f).CopyTo(weights.GetRowSpan(i));
            }

            Coarse(random, Visible, 1).CopyTo(visibleBias);
            Coarse(random, Hidden, 1).CopyTo(hiddenBias);
        });
        return rbm;
    }

    private static float[] Base() => Coarse(new SplitMix64(4), Visible, 1);

    private static float[] Coarse(SplitMix64 random, int count, float scale) =>
        [.. random.NextFloats(count, -scale, scale).Select(value => MathF.Round(value * 1024) / 1024)];

    private sealed class Share(TemperedChains chains) : ITeamTask
    {
        public void Run(int member, int members) => chains.RunShare(member, members);
    }

    private sealed class Progress(List<double> told) : IProgress<double>
    {
        public void Report(double value) => told.Add(value);
    }
}
