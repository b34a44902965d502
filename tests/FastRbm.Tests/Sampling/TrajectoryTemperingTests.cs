using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Testing;
using FastRbm.Tests.Testing;
using FastRbm.Threading;

namespace FastRbm.Tests.Sampling;

[Collection(AllocationGroup.Name)]
public sealed class TrajectoryTemperingTests
{
    private const int LiveChains = 30;

    [Fact]
    public void The_ladder_grows_behind_a_model_that_moves_and_neighbours_keep_exchanging()
    {
        using Run run = new(chains: 12, threads: 1);
        run.Train(400);
        TrajectoryEngine engine = run.Tempering.Engine;
        Assert.InRange(run.Tempering.Ladder.Count, 4, 20);
        Assert.Equal(run.Tempering.Ladder.Count + 1, engine.Rungs.Count);
        Assert.All(engine.Pairs, pair => Assert.True(pair.Attempts == 0 || pair.Accepted >= 0.1 * pair.Attempts));
        Assert.Same(run.Live, engine.Top.Model);
        Assert.All(run.Tempering.Ladder.Models, model => Assert.NotSame(run.Live, model));

        // The estimate is that of a ladder measured afresh.
        LogPartitionEstimate measured = run.Tempering.Measure(run.Visible, 200);
        TrajectoryLadder ladder = new(Run.Model(0));
        for (int rung = 1; rung < 10; rung++)
        {
            ladder.Add(Run.Model(rung * run.Share / 9));
        }

        using TrajectoryChains afresh = new(ladder, 60, seed: 5);
        afresh.Run(400);
        LogPartitionEstimate expected = afresh.LogPartitionFunction();
        double tolerance = 6 * Math.Sqrt((measured.StandardError * measured.StandardError) + (expected.StandardError * expected.StandardError));
        Assert.InRange(tolerance, 0, 1);
        Assert.Equal(expected.Value, measured.Value, tolerance);
    }

    [Fact]
    public void Threads_leave_no_trace_and_rows_take_part_in_turn()
    {
        using Run one = new(chains: 12, threads: 1);
        using Run three = new(chains: 12, threads: 3);
        for (int step = 0; step < 6; step++)
        {
            ulong[][] before = [.. Enumerable.Range(0, LiveChains).Select(row => one.Visible.Row(row).ToArray())];
            ulong[][] beforeHidden = [.. Enumerable.Range(0, LiveChains).Select(row => one.Hidden.Row(row).ToArray())];
            one.Tempering.Exchange(one.Visible, one.Hidden, 1);
            three.Tempering.Exchange(three.Visible, three.Hidden, 1);
            Assert.Equal(Ladders.Words(one.Visible), Ladders.Words(three.Visible));
            Assert.Equal(Ladders.Words(one.Hidden), Ladders.Words(three.Hidden));
            Assert.Equal(one.Tempering.SaveCounters(), three.Tempering.SaveCounters());
            for (int row = 0; row < LiveChains; row++)
            {
                bool turn = (row - (12 * step % LiveChains) + LiveChains) % LiveChains < 12;
                Assert.True(turn || before[row].AsSpan().SequenceEqual(one.Visible.Row(row)));
                Assert.Equal(!turn, beforeHidden[row].AsSpan().SequenceEqual(one.Hidden.Row(row)));
            }
        }
    }

    [Fact]
    public void A_run_that_is_saved_and_resumed_goes_on_with_the_same_bits()
    {
        using Run whole = new(chains: 12, threads: 1);
        whole.Train(200);
        TrajectoryTempering saved = whole.Tempering;
        TrajectoryLadder ladder = new(Run.Model(0));
        foreach (Rbm model in saved.Ladder.Models.Skip(1))
        {
            ladder.Add(model);
        }

        using Run resumed = new(chains: 12, threads: 2, ladder, whole);
        for (int rung = 0; rung < saved.Engine.Rungs.Count; rung++)
        {
            for (int chain = 0; chain < 12; chain++)
            {
                saved.Engine.Rungs[rung].Visible.Row(chain).CopyTo(resumed.Tempering.Engine.Rungs[rung].Visible.Row(chain));
            }
        }

        resumed.Tempering.RestoreCounters(saved.SaveCounters());
        whole.Train(200);
        resumed.Train(200);
        Assert.Equal(Ladders.Words(whole.Visible), Ladders.Words(resumed.Visible));
        Assert.Equal(saved.SaveCounters(), resumed.Tempering.SaveCounters());
        Assert.Equal(saved.Ladder.Count, resumed.Tempering.Ladder.Count);
    }

    [Fact]
    public void An_exchange_that_adds_no_rung_allocates_nothing()
    {
        using Run run = new(chains: 12, threads: 2);
        Assert.Equal(0, AllocationGate.BytesOf(() => run.Tempering.Exchange(run.Visible, run.Hidden, 50)));
        Assert.Equal(1, run.Tempering.Ladder.Count);
        Assert.Equal(50, run.Tempering.Interval);
    }

    [Fact]
    public void A_model_that_leaps_asks_for_shorter_intervals()
    {
        using Run run = new(chains: 30, threads: 1);
        for (int i = 0; i < 8; i++)
        {
            run.Tempering.Exchange(run.Visible, run.Hidden, 64);
        }

        Assert.Equal(64, run.Tempering.Interval);
        for (int leap = 1; leap <= 4; leap++)
        {
            run.Move(0.25 * leap);
            for (int sweep = 0; sweep < 10; sweep++)
            {
                run.Sweep();
            }

            run.Tempering.Exchange(run.Visible, run.Hidden, 64);
        }

        Assert.InRange(run.Tempering.Interval, 4, 32);
        Assert.InRange(run.Tempering.Ladder.Count, 3, 12);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        using ThreadTeam team = new(1);
        Rbm live = Ladders.Model(20, 10, 0);
        TrajectoryLadder ladder = new(live);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryTempering(live, ladder, 5, 0, 1, team));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryTempering(live, ladder, 5, 6, 1, team));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryTempering(live, ladder, 5, 5, 1, team, leastRate: 0));
        Assert.Throws<ArgumentException>(() => new TrajectoryTempering(Rbm.Binary(20, 11), ladder, 5, 5, 1, team));
        TrajectoryTempering tempering = new(live, ladder, 5, 5, 1, team);
        Assert.Throws<ArgumentException>(() => tempering.Exchange(new BitMatrix(4, 20), null, 1));
        Assert.Throws<ArgumentException>(() => tempering.Exchange(new BitMatrix(5, 21), null, 1));
        Assert.Throws<ArgumentException>(() => tempering.Exchange(new BitMatrix(5, 20), new BitMatrix(5, 11), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tempering.Exchange(new BitMatrix(5, 20), null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tempering.Measure(new BitMatrix(5, 20), 0));
    }

    /// <summary>A live model that moves along a line, with chains that are swept after every move, as a trainer's are.</summary>
    private sealed class Run : IDisposable
    {
        public const int Units = 60;
        public const int HiddenUnits = 40;

        private const double Step = 0.0025;

        private readonly ThreadTeam _team;
        private readonly RbmWorkspace _workspace;
        private int _updates;
        private long _sweeps;

        public Run(int chains, int threads, TrajectoryLadder? ladder = null, Run? from = null)
        {
            Live = Model(from?.Share ?? 0);
            _updates = from?._updates ?? 0;
            _sweeps = from?._sweeps ?? 0;
            _team = new ThreadTeam(threads);
            _workspace = new RbmWorkspace(Live);
            Tempering = new TrajectoryTempering(Live, ladder ?? new TrajectoryLadder(Live), LiveChains, chains, 7, _team);
            for (int row = 0; row < LiveChains; row++)
            {
                if (from is null)
                {
                    Visible.Row(row)[0] = new SplitMix64((ulong)row).NextUInt64() >> 4;
                }
                else
                {
                    from.Visible.Row(row).CopyTo(Visible.Row(row));
                }
            }
        }

        public Rbm Live { get; }

        public BitMatrix Visible { get; } = new(LiveChains, Units);

        public BitMatrix Hidden { get; } = new(LiveChains, HiddenUnits);

        public TrajectoryTempering Tempering { get; }

        public double Share => _updates * Step;

        public static Rbm Model(double share) => Ladders.Model(Units, HiddenUnits, share, scale: 0.8f);

        public void Train(int updates)
        {
            for (int end = _updates + updates; _updates < end;)
            {
                _updates++;
                Move(Share);
                Sweep();
                if (_updates % 5 == 0)
                {
                    Tempering.Exchange(Visible, Hidden, 5);
                }
            }
        }

        public void Sweep() => Live.GibbsStep(Visible, Hidden, new RandomKey(8, _sweeps++), _workspace);

        public void Move(double share)
        {
            Rbm next = Model(share);
            Live.Edit((weights, visibleBias, hiddenBias) =>
            {
                for (int i = 0; i < weights.Height; i++)
                {
                    for (int j = 0; j < weights.Width; j++)
                    {
                        weights[i, j] = next.Weights[i, j];
                    }
                }

                next.Visible.Bias.CopyTo(visibleBias);
                next.Hidden.Bias.CopyTo(hiddenBias);
            });
        }

        public void Dispose() => _team.Dispose();
    }
}
