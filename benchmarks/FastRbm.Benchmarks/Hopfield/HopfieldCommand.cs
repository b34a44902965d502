using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Benchmarks.Hopfield;

/// <summary>Recall by Hopfield networks: beside NumPy, in large networks, in dense ones, and how much they hold.</summary>
internal static class HopfieldCommand
{
    private const int Units = 784;
    private const int Patterns = 100;
    private const int Sweeps = 20;
    private const double Noise = 0.1;

    /// <summary>Runs one of the parts.</summary>
    /// <param name="arguments">speed [ROUNDS], exact, large, dense [PATTERNS], capacity, or critical [NETWORKS].</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        int number = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0;
        switch (arguments is [] ? "speed" : arguments[0])
        {
            case "speed": Speed(number > 0 ? number : 5); break;
            case "exact": Exact(); break;
            case "large": Large(); break;
            case "dense": Dense(number > 0 ? number : 100_000); break;
            case "capacity": Capacity(); break;
            case "critical": Critical(number > 0 ? number : 40); break;
            default: throw new UsageException($"hopfield: expected speed, exact, large, dense, capacity or critical, found \"{arguments[0]}\"");
        }

        return 0;
    }

    private static void Speed(int rounds)
    {
        BitMatrix patterns = RandomPatterns.Draw(Patterns, Units, 1);
        BitMatrix probes = new(Patterns, Units);
        RandomPatterns.Flip(patterns, 0, (int)(Noise * Units), probes, 1);
        using HopfieldPeer peer = new(Path.Combine(Comparison.Repository.Root, "benchmarks", "peers", "hopfield_peer.py"), patterns, probes);
        HopfieldNetwork network = HopfieldNetwork.Learn(patterns);
        RecallOptions ascending = new() { MostSweeps = Sweeps };
        using HopfieldRecall atOnce = new(network, ascending with { Mode = RecallMode.Synchronous });
        using HopfieldRecall oneByOne = new(network, ascending);
        RecallResult result = new(Patterns, Units);
        using HopfieldRecall once = new(network, ascending with { Mode = RecallMode.Synchronous, MostSweeps = 1 });
        Print($"{Units} units, {Patterns} patterns, as many probes with {Noise:P0} noise, {Sweeps} sweeps, one thread; NumPy {peer.Version}, processor time; {SimdSelection.Current}; best of {rounds} rounds in turns");
        foreach ((string form, bool stop, HopfieldRecall recall) in ((string, bool, HopfieldRecall)[])
            [("sync", false, atOnce), ("sync", true, atOnce), ("single", false, oneByOne), ("single", true, oneByOne), ("batched", false, oneByOne), ("batched", true, oneByOne), ("flips", true, oneByOne)])
        {
            double theirs = double.PositiveInfinity;
            double ours = double.PositiveInfinity;
            List<double> ratios = [];
            bool equal = true;
            for (int round = 0; round < rounds; round++)
            {
                (double seconds, string states) = peer.Run(form, Sweeps, stop);
                double own = Best(() => recall.Run(probes, result), 5);
                equal &= states == Hash(AfterAllSweeps(result, once));
                theirs = Math.Min(theirs, seconds);
                ours = Math.Min(ours, own);
                ratios.Add(seconds / own);
            }

            ratios.Sort();
            Print($"{form,-8} {(stop ? "stops when settled" : "all sweeps"),-18}  NumPy {1e3 * theirs,9:F2} ms  FastRbm {1e3 * ours,7:F3} ms  ratio {theirs / ours,7:F1} (median of rounds {ratios[ratios.Count / 2]:F1})  same states: {equal}");
        }

        using HopfieldRecall random = new(network, ascending with { Order = RecallOrder.Random });
        using HopfieldRecall byPatterns = new(network, ascending with { Path = RecallPath.Patterns });
        Print($"random order {1e3 * Best(() => random.Run(probes, result), 5 * rounds):F3} ms, by patterns {1e3 * Best(() => byPatterns.Run(probes, result), 5 * rounds):F3} ms");
        BitMatrix many = new(1000, Units);
        RandomPatterns.Flip(patterns, 0, (int)(Noise * Units), many, 2);
        RecallResult all = new(1000, Units);
        Print($"1,000 probes: one by one {1e3 * Best(() => oneByOne.Run(many, all), 3 * rounds):F3} ms, at once {1e3 * Best(() => atOnce.Run(many, all), 3 * rounds):F3} ms");
        Print($"mean overlap with the nearest pattern {Enumerable.Range(0, all.Rows).Average(all.NearestOverlap):F4}, sweeps {Enumerable.Range(0, all.Rows).Average(row => (double)all.Sweeps(row)):F1}");
    }

    /// <summary>The states after all sweeps: recall leaves a two-cycle when it has found it, at one state or the other.</summary>
    private static BitMatrix AfterAllSweeps(RecallResult result, HopfieldRecall once)
    {
        BitMatrix states = new(result.Rows, Units);
        BitMatrix next = once.Run(result.States).States;
        for (int row = 0; row < result.Rows; row++)
        {
            bool odd = result.Outcome(row) == RecallOutcome.TwoCycle && (Sweeps - result.Sweeps(row)) % 2 != 0;
            (odd ? next : result.States).Row(row).CopyTo(states.Row(row));
        }

        return states;
    }

    /// <summary>40 patterns come back exactly, up to the units of some sets that aren't stable in their own pattern by Hebb's rule.</summary>
    private static void Exact()
    {
        const int stored = 40;
        const int sets = 25;
        foreach (LearningRule rule in (LearningRule[])[LearningRule.Hebb, LearningRule.Storkey])
        {
            int exact = 0;
            int whole = 0;
            int stable = 0;
            for (int set = 0; set < sets; set++)
            {
                BitMatrix patterns = RandomPatterns.Draw(stored, Units, 7, set);
                BitMatrix probes = new(stored, Units);
                RandomPatterns.Flip(patterns, 0, (int)(Noise * Units), probes, 7, set);
                using HopfieldRecall recall = new(HopfieldNetwork.Learn(patterns, new HopfieldOptions { Rule = rule }), new RecallOptions { MostSweeps = Sweeps });
                RecallResult result = recall.Run(probes);
                int here = Enumerable.Range(0, stored).Count(row => result.Nearest(row) == row && result.Distance(row) == 0);
                exact += here;
                whole += here == stored ? 1 : 0;
                RecallResult own = recall.Run(patterns);
                stable += Enumerable.Range(0, stored).Count(row => own.Flips(row) == 0);
            }

            Print($"{stored} patterns of {Units} units by {rule}, {Noise:P0} noise: {exact} of {stored * sets} recalls exact, all in {whole} of {sets} sets; {stable} patterns are fixed points");
        }
    }

    private static void Large()
    {
        const int units = 10_000;
        foreach (int stored in (int[])[100, 1280])
        {
            BitMatrix patterns = RandomPatterns.Draw(stored, units, 3);
            BitMatrix probes = new(100, units);
            RandomPatterns.Flip(patterns, 0, units / 10, probes, 3);
            Stopwatch clock = Stopwatch.StartNew();
            HopfieldNetwork network = HopfieldNetwork.Learn(patterns);
            Print($"{units} units, {stored} patterns: learnt in {clock.Elapsed.TotalSeconds:F2} s, weights as patterns: {network.IsByPatterns}");
            foreach (RecallMode mode in Enum.GetValues<RecallMode>())
            {
                using HopfieldRecall recall = new(network, new RecallOptions { Mode = mode });
                RecallResult result = new(100, units);
                double seconds = Best(() => recall.Run(probes, result), 2);
                Print($"  {mode}: 100 probes with 10 % noise in {seconds:F3} s, mean overlap {Enumerable.Range(0, 100).Average(row => network.Overlap(result.States.Row(row), row)):F4}, settled {result.Share(RecallOutcome.Settled):P0}");
            }
        }
    }

    private static void Dense(int stored)
    {
        const int units = 64;
        const int count = 1000;
        BitMatrix patterns = RandomPatterns.Draw(stored, units, 5);
        BitMatrix probes = new(count, units);
        RandomPatterns.Flip(patterns, 0, 6, probes, 5);
        using DenseHopfieldRecall recall = new(
            new DenseHopfieldNetwork(patterns, DenseInteraction.Exponential()), new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1 });
        RecallResult result = new(count, units);
        double seconds = Best(() => recall.Run(probes, result), 3);
        long wrong = 0;
        for (int row = 0; row < count; row++)
        {
            wrong += long.PopCount((long)(result.States.Row(row)[0] ^ patterns.Row(row)[0]));
        }

        Print($"exponential, {units} units, {stored} patterns, 6 bits flipped, one step: {100 - (100.0 * wrong / (units * count)):F3} % of the bits right, {1e6 * seconds / count:F1} us a probe");
    }

    private static void Capacity()
    {
        CapacityOptions options = new() { Networks = 12, Probes = 320 };
        foreach (RecallOptions recall in (RecallOptions[])
            [options.Recall, options.Recall with { Order = RecallOrder.Ascending }, options.Recall with { Mode = RecallMode.Synchronous }])
        {
            foreach (double load in (double[])[0.12, 0.16])
            {
                CapacityPoint point = HopfieldCapacity.Measure(2000, (int)Math.Round(load * 2000), options with { Recall = recall });
                Print($"N = 2000, {recall.Mode} {recall.Order}, load {point.Load:F3}: overlap {point.MeanOverlap:F4} +- {point.MeanOverlapError:F4}, retrieved {point.RetrievedShare:F3}, settled {point.SettledShare:F3}, sweeps {point.MeanSweeps:F1}");
            }
        }
    }

    private static void Critical(int networks)
    {
        List<CapacityPoint> points = [];
        foreach (int units in (int[])[500, 1000, 2000, 4000])
        {
            foreach (double load in (double[])[0.125, 0.13, 0.135, 0.14, 0.145, 0.15])
            {
                CapacityPoint point = HopfieldCapacity.Measure(
                    units, (int)Math.Round(load * units), new CapacityOptions { Networks = Math.Max(2, networks * 500 / units), Probes = 100, RetrievedOverlap = 0.8 });
                points.Add(point);
                Print($"{units} {point.Load:F4} overlap {point.MeanOverlap:F3} +- {point.MeanOverlapError:F3} retrieved {point.RetrievedShare:F3} +- {point.RetrievedShareError:F3}");
            }

            if (CriticalLoad.Fit(points) is { } fit)
            {
                Print($"critical load {fit.Load:F4} +- {fit.Error:F4}, retrieved at it {1 / (1 + Math.Exp(-fit.Offset)):F2}, {fit.Points} points");
            }
        }
    }

    private static double Best(Action action, int times)
    {
        double best = double.PositiveInfinity;
        action();
        for (int k = 0; k < times; k++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static string Hash(BitMatrix states)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int bytes = (states.Columns + 7) / 8;
        for (int row = 0; row < states.Rows; row++)
        {
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(states.Row(row))[..bytes]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
