using FastRbm.Cli.Output;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>Prepares parallel tempering for sampling, and says how well levels swapped.</summary>
internal static class TemperedSampling
{
    /// <summary>Sweeps that the levels are adapted in, before the steps that are asked for.</summary>
    public const int SweepsToAdapt = ((1 << Rounds) - 1) * FirstSweeps;

    private const int Rounds = 4;
    private const int FirstSweeps = 20;
    private const double TooSeldom = 0.05;
    private const double Wanted = 0.5;

    /// <summary>Makes chains whose levels, from beta 0 to 1, swap about equally often.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="count">Chains.</param>
    /// <param name="levels">Levels of each.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="rows">Where chains start, whose means are those at beta 0; null for random states and means of one half.</param>
    /// <param name="bar">Shows progress.</param>
    /// <param name="cancellation">Stops.</param>
    public static TemperedChains Start(
        Rbm rbm, int count, int levels, ulong seed, int threads, IVisibleRows? rows, ProgressBar bar, CancellationToken cancellation)
    {
        TemperedChains chains = new(rbm, count, TemperatureLadder.Linear(levels), seed, threads, BaseOf(rows));
        try
        {
            if (rows is not null)
            {
                chains.StartFrom(rows);
            }

            chains.Tune(Rounds, FirstSweeps, new Shares(bar), cancellation);
            return chains;
        }
        catch
        {
            chains.Dispose();
            throw;
        }
        finally
        {
            bar.Clear();
        }
    }

    /// <summary>Writes the swap rates, and a warning where levels hardly swap.</summary>
    /// <param name="chains">Chains that ran.</param>
    /// <param name="terminal">Told.</param>
    public static void Report(TemperedChains chains, Terminal terminal)
    {
        ExchangeStatistics statistics = chains.Statistics;
        double?[] rates = [.. Enumerable.Range(0, chains.Levels - 1).Select(statistics.SwapRate)];
        string text = string.Join(' ', rates.Select(static rate => rate is { } value ? Numbers.Text(value, "F2") : "-"));
        terminal.Note($"swap rates of neighbouring levels, hottest first: {text}; {Numbers.Text(statistics.RoundTrips)} round trips.");
        if (rates.Min() < TooSeldom && rates.All(static rate => rate is not null))
        {
            double barrier = TemperatureLadder.Barrier(statistics.Proposed, statistics.Accepted);
            terminal.Note(
                $"some levels hardly swap, so that samples may not be from all modes: about {Numbers.Text(TemperatureLadder.LevelsFor(barrier, Wanted))} levels would.");
        }
    }

    private static ReadOnlySpan<float> BaseOf(IVisibleRows? rows)
    {
        if (rows is null)
        {
            return default;
        }

        Rbm independent = Rbm.Binary(rows.Columns, 1);
        RbmInitializer.SetVisibleBias(independent, rows);
        return independent.Visible.Bias;
    }

    private sealed class Shares(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, static () => "adapting levels");
    }
}
