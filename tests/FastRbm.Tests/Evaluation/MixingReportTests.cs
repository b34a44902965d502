using CommunityToolkit.HighPerformance;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class MixingReportTests
{
    private static readonly MixingOptions _options = new() { Chains = 60, Sweeps = 600 };

    [Fact]
    public void Weak_weights_mix_from_both_kinds_of_starts()
    {
        Rbm rbm = Random(20, 8, 0.3f);
        MixingReport alone = MixingReport.Run(rbm, _options);
        MixingReport both = MixingReport.Run(rbm, _options, AllOn(20));
        foreach (MixingReport report in (MixingReport[])[alone, both])
        {
            Assert.Equal(MixingVerdict.Mixes, report.Verdict);
            Assert.StartsWith("mixes: R-hat 1.0", report.Explanation, StringComparison.Ordinal);
            Assert.Contains("independent samples of 60 chains x 300 sweeps", report.Explanation, StringComparison.Ordinal);
            Assert.InRange(report.LargestRHat, 0.99, MixingReport.GoodRHat);
            Assert.InRange(report.EffectiveSampleSize, 4000, 60 * 300 * 2);
            Assert.InRange(Math.Abs(report.RandomMemory.Share), 0, 0.2);
        }

        Assert.Equal((60, 0, 30, 30), (alone.RandomChains, alone.DataChains, both.RandomChains, both.DataChains));
        Assert.InRange(both.LargestStartRHat!.Value, 1, 1.01);
        Assert.Null(alone.LargestStartRHat);
        Assert.Null(alone.DataMemory);
        Assert.NotNull(both.DataMemory);
    }

    [Fact]
    public void Two_modes_of_other_energies_and_counts_do_not_mix()
    {
        MixingReport alone = MixingReport.Run(TwoModes(isMirror: false), _options);
        Assert.Equal(MixingVerdict.DoesNotMix, alone.Verdict);
        Assert.True(alone.LargestRHat > MixingReport.BadRHat, alone.Explanation);
        MixingReport both = MixingReport.Run(TwoModes(isMirror: false), _options, AllOn(16));
        Assert.Equal(MixingVerdict.DoesNotMix, both.Verdict);
        Assert.Contains("from data and at random still differ", both.Explanation, StringComparison.Ordinal);
        Assert.True(both.LargestStartRHat > 1.2, both.Explanation);
    }

    [Fact]
    public void Modes_that_are_mirror_images_of_each_other_are_told_apart_by_overlaps()
    {
        // Same energies and counts in both modes: only which units are on differs.
        MixingReport report = MixingReport.Run(TwoModes(isMirror: true), _options);
        Assert.Equal(MixingVerdict.DoesNotMix, report.Verdict);
        Assert.InRange(Trace(report, "free_energy").Summary.RankRHat, 0.99, 1.05);
        Assert.InRange(Trace(report, "active_visible").Summary.RankRHat, 0.99, 1.05);
        Assert.InRange(Trace(report, "active_hidden").Summary.RankRHat, 0.99, 1.05);

        // Ranks of two heaps are never far apart, however tight the heaps.
        Assert.InRange(Trace(report, "overlap_1").Summary.RankRHat, 1.5, 2);
        Assert.True(Trace(report, "overlap_1").Summary.SplitRHat > 3);
        TestRows bothModes = new([Mode(16, 0), Mode(16, 1)]);
        MixingReport fromBoth = MixingReport.Run(TwoModes(isMirror: true), _options, bothModes);
        Assert.Equal(MixingVerdict.DoesNotMix, fromBoth.Verdict);
        Assert.Contains("near where they started", fromBoth.Explanation, StringComparison.Ordinal);
        Assert.InRange(fromBoth.DataMemory!.Share, 0.7, 1);
    }

    [Fact]
    public void Units_that_never_change_cannot_be_judged_and_frozen_chains_do_not_mix()
    {
        Rbm still = Rbm.Binary(6, 3);
        still.Edit(static (_, visible, hidden) =>
        {
            visible.Fill(-60);
            hidden.Fill(-60);
        });
        MixingReport constant = MixingReport.Run(still, _options);
        Assert.Equal((MixingVerdict.CannotTell, double.PositiveInfinity, 0.0), (constant.Verdict, constant.LargestRHat, constant.EffectiveSampleSize));
        Assert.All(constant.Traces, static trace => Assert.Equal(SeriesStatus.Constant, trace.Summary.Status));

        // Each hidden unit copies its visible unit, and back.
        Rbm copies = Rbm.Binary(5, 5);
        copies.Edit(static (weights, visible, hidden) =>
        {
            visible.Fill(-50);
            hidden.Fill(-50);
            for (int i = 0; i < 5; i++)
            {
                weights[i, i] = 100;
            }
        });
        MixingReport frozen = MixingReport.Run(copies, _options);
        Assert.Equal(MixingVerdict.DoesNotMix, frozen.Verdict);
        Assert.Equal(SeriesStatus.Frozen, Trace(frozen, "active_visible").Summary.Status);
        Assert.Equal(1, frozen.RandomMemory.Share);
    }

    [Fact]
    public void Traces_are_energies_counts_and_overlaps_of_the_states()
    {
        Rbm rbm = Random(70, 33, 0.4f);
        MixingReport report = MixingReport.Run(rbm, _options with { Sweeps = 40, Chains = 9 }, AllOn(70));
        Assert.Equal(["free_energy", "active_visible", "active_hidden", "overlap_1", "overlap_2"], report.Traces.Select(static trace => trace.Name));
        Assert.Equal([1, 1, 1, 21, 21], report.Traces.Select(static trace => trace.FirstSweep));
        Assert.Equal([40, 40, 40, 20, 20], report.Traces.Select(static trace => trace.Sweeps));
        double[] free = new double[9];
        rbm.FreeEnergy(report.Ends, new RbmWorkspace(rbm), free);
        for (int chain = 0; chain < 9; chain++)
        {
            Assert.Equal(free[chain], report.Traces[0].Values[chain, 39], 1e-5);
            Assert.Equal(report.Ends.CountOn(chain), report.Traces[1].Values[chain, 39]);
        }

        // The same chains, watched by nobody.
        using FastRbm.Sampling.ChainSet chains = new(rbm, 9, seed: 1);
        Assert.Equal(5, report.RandomChains);
        Assert.Equal(chains.Visible.Row(4).ToArray(), report.Starts.Row(4).ToArray());
        Assert.Equal(70, report.Starts.CountOn(5));
        chains.Run(40);
        Assert.Equal(chains.Visible.Row(4).ToArray(), report.Ends.Row(4).ToArray());
        Assert.Equal(chains.Hidden.CountOn(4), report.Traces[2].Values[4, 39]);
        Assert.Equal(report.Ends.Row(8).ToArray(), report.Samples(fromData: true).Row((4 * report.Snapshots) - 1).ToArray());
        Assert.Equal(report.Ends.Row(5).ToArray(), report.LastStates(fromData: true, 2).Row(0).ToArray());
        Assert.Equal(report.Ends.Row(4).ToArray(), report.Samples(fromData: false).Row((5 * report.Snapshots) - 1).ToArray());
    }

    [Fact]
    public void Threads_do_not_show_in_the_report()
    {
        Rbm rbm = Random(150, 100, 0.2f);
        MixingOptions options = new() { Chains = 90, Sweeps = 50 };
        MixingReport one = MixingReport.Run(rbm, options, AllOn(150));
        MixingReport two = MixingReport.Run(rbm, options with { Threads = 2 }, AllOn(150));
        Assert.Equal(one.Explanation, two.Explanation);
        for (int trace = 0; trace < one.Traces.Count; trace++)
        {
            Assert.Equal(one.Traces[trace].Values.ToArray(), two.Traces[trace].Values.ToArray());
            Assert.Equal(one.Traces[trace].Summary, two.Traces[trace].Summary);
            Assert.Equal(one.Traces[trace].Starts, two.Traces[trace].Starts);
        }

        Assert.Equal((one.RandomMemory, one.DataMemory), (two.RandomMemory, two.DataMemory));
        Assert.NotEqual(one.Traces[0].Summary, MixingReport.Run(rbm, options with { Seed = 2 }, AllOn(150)).Traces[0].Summary);
    }

    [Fact]
    public void Data_rows_are_drawn_without_repetition_until_they_run_out()
    {
        TestRows rows = new(Enumerable.Range(0, 8).Select(static row => Enumerable.Range(0, 8).Select(unit => unit == row).ToArray()));
        RowSample order = new(rows, seed: 3);
        string[] first = [.. Enumerable.Range(0, 16).Select(i => Convert.ToString((int)order.Take(i, 1).Row(0)[0], 2))];
        Assert.Equal(8, first[..8].Distinct().Count());
        Assert.Equal(first[..8], first[8..]);
        Assert.NotEqual(first[..8], Enumerable.Range(0, 8).Select(i => Convert.ToString((int)new RowSample(rows, seed: 4).Take(i, 1).Row(0)[0], 2)));
    }

    [Fact]
    public void Progress_ends_at_one_and_cancellation_stops()
    {
        List<double> shares = [];
        MixingReport.Run(Random(5, 3, 0.1f), _options with { Sweeps = 50 }, progress: new Listener(shares));
        Assert.Equal(1, shares[^1]);
        Assert.Equal(shares.Order(), shares);
        Assert.Throws<OperationCanceledException>(() => MixingReport.Run(Random(5, 3, 0.1f), _options, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void What_cannot_be_judged_is_refused_by_name()
    {
        Rbm rbm = Rbm.Binary(5, 3);
        foreach ((MixingOptions options, string name) in ((MixingOptions, string)[])
            [
                (new() { Chains = 3 }, "chains"), (new() { Sweeps = 31 }, "sweeps"), (new() { Threads = 0 }, "threads"),
                (new() { Chains = 1_000_000, Sweeps = 51 }, "sweeps"),
            ])
        {
            Assert.StartsWith(name, Assert.Throws<ArgumentOutOfRangeException>(() => MixingReport.Run(rbm, options)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => MixingReport.Run(rbm, _options, AllOn(4)));
        Assert.Throws<ArgumentException>(() => MixingReport.Run(rbm, _options, new TestRows([new float[] { 0, 0.5f, 1, 0, 0 }])));
    }

    /// <summary>All units on or all off; or, as mirror images, one half of each layer on and the other half off.</summary>
    private static Rbm TwoModes(bool isMirror)
    {
        Rbm rbm = Rbm.Binary(16, 4);
        rbm.Edit((weights, visible, hidden) =>
        {
            for (int i = 0; i < 16; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    weights[i, j] = isMirror && (i + j) % 2 == 1 ? -1.5f : 1.5f;
                }
            }

            visible.Fill(isMirror ? 0 : -3);
            hidden.Fill(isMirror ? 0 : -12);
        });
        return rbm;
    }

    private static bool[] Mode(int units, int odd) => [.. Enumerable.Range(0, units).Select(unit => unit % 2 == odd)];

    private static TestRows AllOn(int units) => new([Enumerable.Repeat(true, units).ToArray()]);

    private static Rbm Random(int visible, int hidden, float scale)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            SplitMix64 random = new(8);
            for (int i = 0; i < visible; i++)
            {
                random.NextFloats(hidden, -scale, scale).CopyTo(weights.GetRowSpan(i));
            }

            random.NextFloats(visible, -1, 1).CopyTo(visibleBias);
            random.NextFloats(hidden, -1, 1).CopyTo(hiddenBias);
        });
        return rbm;
    }

    private static MixingTrace Trace(MixingReport report, string name) => report.Traces.Single(trace => trace.Name == name);

    private sealed class Listener(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
