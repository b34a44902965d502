using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Testing;

namespace FastRbm.Tests.Sampling;

[Collection(AllocationGroup.Name)]
public sealed class TrajectoryChainsTests
{
    [Fact]
    public void States_and_estimates_do_not_depend_on_threads_or_calls()
    {
        using TrajectoryChains one = new(Ladders.Make(150, 90, 6), 30, seed: 9);
        using TrajectoryChains three = new(Ladders.Make(150, 90, 6), 30, seed: 9, threads: 3);
        one.Run(7);
        three.Run(3);
        three.Run(0);
        three.Run(4);
        Assert.Equal(7, three.Sweeps);
        Assert.Equal(Ladders.Everything(one.Engine).States, Ladders.Everything(three.Engine).States);
        Assert.Equal(Ladders.Everything(one.Engine).Counters, Ladders.Everything(three.Engine).Counters);
        Assert.Equal(one.LogPartitionFunction(), three.LogPartitionFunction());
        using TrajectoryChains other = new(Ladders.Make(150, 90, 6), 30, seed: 10);
        other.Run(7);
        Assert.NotEqual(Ladders.Words(one.Visible), Ladders.Words(other.Visible));
    }

    [Fact]
    public void States_and_log_z_have_these_bits_on_every_machine_and_at_every_simd_level()
    {
        using TrajectoryChains chains = new(Ladders.Make(100, 70, 5), 20, seed: 4);
        chains.Run(5);
        (ulong[] states, double[] counters) = Ladders.Everything(chains.Engine);
        byte[] bytes = [.. states.Concat(counters.Select(BitConverter.DoubleToUInt64Bits)).SelectMany(BitConverter.GetBytes)];
        Assert.Equal(GoldenBits, Crc32.Append(0, bytes));
    }

    [Fact]
    public void Sums_that_sweeps_go_on_from_leave_no_trace_also_through_edits_and_new_states()
    {
        Rbm first = Ladders.Model(120, 70, 1);
        Rbm second = Ladders.Model(120, 70, 1);
        using TrajectoryChains kept = new(Ladders.Make(120, 70, 4), 15, seed: 2, threads: 1, top: first);
        using TrajectoryChains dropped = new(Ladders.Make(120, 70, 4), 15, seed: 2, threads: 1, top: second);
        for (int sweep = 0; sweep < 12; sweep++)
        {
            if (sweep == 5)
            {
                Edit(first);
                Edit(second);
            }

            if (sweep == 8)
            {
                TestRows rows = new([.. Enumerable.Range(0, 4).Select(static row => new SplitMix64((ulong)row).NextBits(120, 0.2))]);
                kept.StartFrom(rows);
                dropped.StartFrom(rows);
            }

            foreach (TrajectoryRung rung in dropped.Engine.Rungs)
            {
                rung.HiddenSumsHold = false;
                rung.VisibleSumsHold = false;
            }

            kept.Run(1);
            dropped.Run(1);
            Assert.Equal(Ladders.Everything(kept.Engine).States, Ladders.Everything(dropped.Engine).States);
        }

        Assert.True(Enumerable.Range(0, 4).All(rung => kept.ExchangeRate(rung) is > 0.05 and < 0.999));

        static void Edit(Rbm rbm) => rbm.Edit(static (weights, _, hiddenBias) =>
        {
            weights[7, 3] += 0.5f;
            hiddenBias[0] -= 0.25f;
        });
    }

    [Fact]
    public void Free_energies_are_those_of_the_states_after_exchanges()
    {
        using TrajectoryChains chains = new(Ladders.Make(40, 70, 5, scale: 0.6f), 25, seed: 6);
        chains.Run(4);
        foreach (TrajectoryRung rung in chains.Engine.Rungs)
        {
            double[] expected = new double[25];
            rung.Model.FreeEnergy(rung.Visible, new RbmWorkspace(rung.Model), expected);
            for (int chain = 0; chain < 25; chain++)
            {
                // The model's own are of the float parameters: each of 111 numbers is rounded by half a unit of the fixed point.
                double tolerance = (41 * 71 * Math.ScaleB(0.5, -rung.Model.FixedPointBits)) + 1e-12;
                Assert.Equal(expected[chain], rung.FreeEnergies[chain], tolerance);
            }
        }
    }

    [Fact]
    public void The_first_rungs_log_z_is_exact()
    {
        TrajectoryLadder ladder = Ladders.Make(9, 7, 2);
        double expected = Translate.Reference(ladder[0]).LogPartitionFunction();
        Assert.Equal(expected, ladder.LogPartitionFunctionOfFirst, 1e-6);
        using TrajectoryChains chains = new(ladder, 3, seed: 1);
        Assert.Equal(new LogPartitionEstimate(ladder.LogPartitionFunctionOfFirst, 0), chains.LogPartitionFunction(0));
        Assert.Equal(double.PositiveInfinity, chains.LogPartitionFunction().StandardError);
    }

    [Fact]
    public void A_run_that_is_saved_and_resumed_goes_on_with_the_same_bits()
    {
        Rbm top = Ladders.Model(60, 40, 1.2);
        using TrajectoryChains whole = new(Ladders.Make(60, 40, 4), 12, seed: 3, threads: 1, top);
        whole.Run(5);
        foreach (bool edited in (bool[])[false, true])
        {
            if (edited)
            {
                // Between the last sweep and the save.
                top.Edit(static (weights, _, _) => weights[0, 0] += 0.1f);
            }

            using TrajectoryChains resumed = new(Ladders.Make(60, 40, 4), 12, seed: 3, threads: 2, top);
            for (int rung = 0; rung < whole.Rungs; rung++)
            {
                for (int chain = 0; chain < 12; chain++)
                {
                    whole.VisibleOf(rung).Row(chain).CopyTo(resumed.VisibleOf(rung).Row(chain));
                }
            }

            resumed.Engine.RestoreCounters(whole.Engine.SaveCounters());
            whole.Run(6);
            resumed.Run(6);
            Assert.Equal(Ladders.Everything(whole.Engine).States, Ladders.Everything(resumed.Engine).States);
            Assert.Equal(Ladders.Everything(whole.Engine).Counters, Ladders.Everything(resumed.Engine).Counters);
            Assert.Equal(whole.LogPartitionFunction(), resumed.LogPartitionFunction());
        }
    }

    [Fact]
    public void Rungs_that_are_not_needed_are_dropped_and_those_that_are_stay()
    {
        TrajectoryLadder ladder = Ladders.Make(60, 40, 25);
        using TrajectoryChains chains = new(ladder, 50, seed: 3);
        chains.Run(20);
        int dropped = chains.Thin(0.4);
        Assert.InRange(dropped, 5, 23);
        Assert.Equal(25 - dropped, chains.Rungs);
        Assert.Equal(25 - dropped, ladder.Count);
        chains.ResetExchangeRates();
        chains.Run(100);
        Assert.All(Enumerable.Range(0, chains.Rungs - 1), rung => Assert.InRange(chains.ExchangeRate(rung), 0.3, 0.999));
        Assert.InRange(chains.Thin(0.4), 0, 2);
        Assert.Equal(1, Math.Sign(chains.LogPartitionFunction().StandardError));
        Assert.InRange(chains.LogPartitionFunction().StandardError, 1e-4, 0.5);
        Assert.InRange(ladder.LogRatios[^1].StandardError, 1e-4, 0.5);
    }

    [Fact]
    public void A_start_and_a_trained_model_make_a_ladder()
    {
        TrajectoryLadder ladder = Ladders.Make(60, 40, 2, scale: 0.8f);
        using TrajectoryChains chains = new(ladder, 50, seed: 3);
        chains.Run(20);
        Assert.InRange(chains.ExchangeRate(0), 0, 0.2);
        for (int pass = 0; pass < 10; pass++)
        {
            if (chains.Refine(0.3) == 0)
            {
                break;
            }

            chains.Run(20);
        }

        Assert.Equal(0, chains.Refine(0.2));
        Assert.InRange(chains.Rungs, 4, 20);
        Assert.Equal(chains.Rungs, ladder.Count);
        chains.Run(200);
        LogPartitionEstimate found = chains.LogPartitionFunction();
        using TrajectoryChains fine = new(Ladders.Make(60, 40, 20, scale: 0.8f), 50, seed: 4);
        fine.Run(200);
        LogPartitionEstimate expected = fine.LogPartitionFunction();
        Assert.Equal(expected.Value, found.Value, 6 * (expected.StandardError + found.StandardError));
        Assert.InRange(found.StandardError, 0.001, 0.3);
    }

    [Fact]
    public void A_ladder_of_one_rung_gives_independent_states()
    {
        using TrajectoryChains chains = new(new TrajectoryLadder(Ladders.Model(30, 5, 0)), 10, seed: 1);
        chains.Run(1);
        ulong[] before = Ladders.Words(chains.Visible);
        chains.Run(1);
        Assert.NotEqual(before, Ladders.Words(chains.Visible));
        Assert.Equal(0, chains.LogPartitionFunction().StandardError);
    }

    [Fact]
    public void A_sweep_allocates_nothing()
    {
        using TrajectoryChains chains = new(Ladders.Make(150, 90, 6), 30, seed: 9, threads: 2);
        Assert.Equal(0, AllocationGate.BytesOf(() => chains.Run(3)));
    }

    [Fact]
    public void Progress_is_told_and_cancellation_is_asked()
    {
        using TrajectoryChains chains = new(Ladders.Make(20, 10, 2), 3, seed: 1);
        List<double> told = [];
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() => chains.Run(
            4,
            new Told(share =>
            {
                told.Add(share);
                if (told.Count == 2)
                {
                    source.Cancel();
                }
            }),
            source.Token));
        Assert.Equal([0.25, 0.5], told);
        Assert.Equal(2, chains.Sweeps);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        TrajectoryLadder ladder = Ladders.Make(20, 10, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryChains(ladder, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryChains(ladder, 1, 1, threads: 0));
        Assert.Contains("20 x 10", Assert.Throws<ArgumentException>(() => ladder.Add(Rbm.Binary(20, 11))).Message);
        Assert.Contains("20 x 10", Assert.Throws<ArgumentException>(() => new TrajectoryChains(ladder, 1, 1, 1, Rbm.Binary(21, 10))).Message);
        using TrajectoryChains chains = new(ladder, 2, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Run(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.ExchangeRate(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.VisibleOf(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.LogPartitionFunction(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Thin(0));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new bool[19]])));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new float[20].Select(static _ => 0.5f).ToArray()])));
        Assert.Throws<ArgumentException>(() => chains.Engine.RestoreCounters(new double[5]));
    }

    private const uint GoldenBits = 54306855;

    private sealed class Told(Action<double> tell) : IProgress<double>
    {
        public void Report(double value) => tell(value);
    }
}
