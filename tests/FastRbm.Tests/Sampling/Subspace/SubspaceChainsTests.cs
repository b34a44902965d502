using FastRbm.Memory;
using FastRbm.Models.Subspace;
using FastRbm.Sampling.Subspace;
using FastRbm.Testing;
using FastRbm.Tests.Models.Subspace;

namespace FastRbm.Tests.Sampling.Subspace;

public sealed class SubspaceChainsTests
{
    [Fact]
    public void States_do_not_depend_on_threads_or_on_how_sweeps_are_cut()
    {
        SubspaceRbm model = SubspaceModels.Engine(SubspaceModels.Random(100, 70, 3, 5, 0.3));
        TestRows rows = new(Enumerable.Range(0, 20).Select(static row => new SplitMix64((ulong)row).NextBits(100, 0.3)));
        string[] states = [.. new (int Threads, int Cut)[] { (1, 1), (2, 3), (3, 10) }.Select(how =>
        {
            using SubspaceChains chains = new(model, 60, 8, how.Threads);
            chains.StartFrom(rows);
            for (int done = 0; done < 10;)
            {
                int sweeps = Math.Min(how.Cut, 10 - done);
                chains.Run(sweeps);
                done += sweeps;
            }

            BitMatrix gates = new(60, 70);
            BitMatrix units = new(60, 210);
            Matrix means = new(60, 100);
            chains.CopyHidden(gates, units);
            chains.MeanVisible(means);
            return string.Join(';', Enumerable.Range(0, 60).Select(chain =>
                string.Concat(Translate.Row(chains.Visible, chain).Concat(Translate.Row(gates, chain)).Concat(Translate.Row(units, chain)).Select(static on => on ? '1' : '0'))
                + string.Join(',', means.Row(chain).ToArray())));
        })];
        Assert.Equal(states[0], states[1]);
        Assert.Equal(states[0], states[2]);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using SubspaceChains chains = new(new SubspaceRbm(5, 3, 2), 4, 1);
        Assert.Throws<ArgumentException>(() => chains.CopyHidden(new BitMatrix(4, 3), new BitMatrix(4, 5)));
        Assert.Throws<ArgumentException>(() => chains.CopyHidden(new BitMatrix(3, 3), new BitMatrix(3, 6)));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new bool[4]])));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Run(-1));
    }
}
