using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Data;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Cli.Demos;

/// <summary>Pictures stored in Hopfield networks and repaired, how much networks hold, two-cycles and basins.</summary>
internal sealed class HopfieldDemo : Demo
{
    private const int Shown = 10;
    private const int Stored = 10;
    private const double Noise = 0.1;

    private readonly Option<int> _units = OptionFactory.Integer("--units", "Units of the networks of random patterns", 1000, least: 50);
    private readonly Option<int> _networks = OptionFactory.Integer("--networks", "Networks a point of a chart", 8, least: 2);
    private readonly Option<int> _patterns = OptionFactory.Integer("--patterns", "Random patterns in the dense network", 100_000, least: 100);

    /// <inheritdoc/>
    public override string Name => "hopfield";

    /// <inheritdoc/>
    public override string Summary => "pictures stored in Hopfield networks and repaired; what they hold, against theory";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_units, _networks, _patterns];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        string name = run.HasData("mnist") ? "mnist" : "strokes";
        Dataset rows = DataSelection.ToBits(run.Open(name, 2000));
        BitMatrix pictures = Distinct(rows);
        run.Page.Paragraph(
            $"A Hopfield network has no hidden units. Its weights are made so that the patterns to be remembered are low points of its energy, and a state that is near one runs down to it, "
            + $"unit by unit. Here are {DemoText.Count(pictures.Rows)} pictures of {name}, and then random patterns, for which theory says how many fit in.");
        Repair(run, pictures, rows.Shape);
        int units = parse.GetValue(_units);
        int networks = parse.GetValue(_networks);
        Capacity(run, units, networks);
        Basins(run, units, networks);
        Cycles(run, units);
        Dense(run, parse.GetValue(_patterns));
    }

    /// <summary>The first rows of each class; every 101st where there are no classes.</summary>
    private static BitMatrix Distinct(Dataset rows)
    {
        List<int> chosen = [];
        HashSet<byte> seen = [];
        for (int row = 0; row < rows.Rows && chosen.Count < Stored; row++)
        {
            if (rows.Labels.IsEmpty ? row % 101 == 0 : seen.Add(rows.Labels.Span[row]))
            {
                chosen.Add(row);
            }
        }

        BitMatrix pictures = new(chosen.Count, rows.Columns);
        for (int k = 0; k < chosen.Count; k++)
        {
            rows.CopyBits(chosen[k], pictures.Row(k));
        }

        return pictures;
    }

    private static void Repair(DemoRun run, BitMatrix pictures, ImageShape shape)
    {
        run.Page.Section("Pictures, stored and repaired");
        BitMatrix noisy = new(pictures.Rows, pictures.Columns);
        RandomPatterns.Flip(pictures, 0, (int)(Noise * pictures.Columns), noisy, run.Seed);
        BitMatrix halves = new(pictures.Rows, pictures.Columns);
        for (int row = 0; row < pictures.Rows; row++)
        {
            for (int i = 0; i < pictures.Columns / 2; i++)
            {
                halves[row, i] = pictures[row, i];
            }
        }

        List<IReadOnlyList<string>> table = [];
        List<(string, string, PixelImage)> images = [("probes-noise", "10 % of the pixels flipped", Mosaic(noisy, shape)), ("probes-half", "upper half", Mosaic(halves, shape))];
        foreach ((string file, string words, LearningRule rule) in ((string, string, LearningRule)[])
            [("hebb", "Hebb", LearningRule.Hebb), ("storkey", "Storkey", LearningRule.Storkey), ("pseudo-inverse", "pseudo-inverse", LearningRule.PseudoInverse)])
        {
            run.Progress(0.02 * (table.Count + 1), "storing pictures");
            HopfieldNetwork network = HopfieldNetwork.Learn(pictures, new HopfieldOptions { Rule = rule, DropDependent = true }, run.Cancellation);
            using HopfieldRecall recall = new(network, new RecallOptions { Threads = run.Threads, Order = RecallOrder.Random, Seed = run.Seed });
            (int kept, _) = Right(recall.Run(pictures), pictures);
            RecallResult fromNoise = recall.Run(noisy);
            (int repaired, double overlap) = Right(fromNoise, pictures);
            RecallResult fromHalf = recall.Run(halves);
            (int completed, double halfOverlap) = Right(fromHalf, pictures);
            table.Add([words, Text(kept), Text(repaired), DemoText.Fixed(overlap, 3), Text(completed), DemoText.Fixed(halfOverlap, 3)]);
            images.Add(($"{file}-noise", $"{words}, from noise", Mosaic(fromNoise.States, shape)));
            images.Add(($"{file}-half", $"{words}, from the upper half", Mosaic(fromHalf.States, shape)));
            run.Results.Add($"{file}_stored_pictures_kept".Replace('-', '_'), kept);
            run.Results.Add($"{file}_repaired_from_noise".Replace('-', '_'), repaired);
            run.Results.Add($"{file}_completed_from_half".Replace('-', '_'), completed);
        }

        run.Page.Paragraph(
            "Pictures are far from random: they share their dark border, so by Hebb's rule they run into each other. Storkey's rule takes off what the network knows already, "
            + "and the pseudo-inverse makes every stored picture a fixed point as long as none is a sum of others.");
        run.Page.Table(
            ["rule", "stored pictures that stay", "back from noise", "overlap", "back from the upper half", "overlap"], table,
            $"Of {Text(pictures.Rows)} pictures, exactly right; overlaps are means over units and pictures, 1 for a perfect picture.");
        run.Pictures("Above what the network is given, below what it makes of it.", [.. images]);

        static string Text(int count) => DemoText.Count(count);
    }

    private static void Capacity(DemoRun run, int units, int networks)
    {
        run.Page.Section("How much a network holds");
        double[] loads = [0.06, 0.09, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18, 0.21];
        List<LineSeries> lines = [];
        List<CapacityPoint> all = [];
        foreach (int size in (int[])[units / 4, units / 2, units])
        {
            List<CapacityPoint> points = [];
            foreach (double load in loads)
            {
                run.Progress(0.1 + (0.5 * (lines.Count + ((double)points.Count / loads.Length)) / 3), "filling networks");
                points.Add(HopfieldCapacity.Measure(
                    size, Math.Max(1, (int)Math.Round(load * size)),
                    new CapacityOptions
                    {
                        Networks = networks,
                        Probes = 50,
                        Seed = run.Seed,
                        RetrievedOverlap = 0.8,
                        Recall = new RecallOptions { Order = RecallOrder.Random, MostSweeps = 200, Threads = run.Threads },
                    },
                    null, run.Cancellation));
            }

            all.AddRange(points);
            lines.Add(new LineSeries($"N = {DemoText.Count(size)}", [.. points.Select(static point => point.Load)], [.. points.Select(static point => point.MeanOverlap)]));
        }

        lines.Add(new LineSeries("theory: 0.138", [CriticalLoad.Theory, CriticalLoad.Theory], [0, 1]) { IsBroken = true });
        CriticalLoad? fit = CriticalLoad.Fit(all);
        CapacityPoint low = all[^7];
        CapacityPoint high = all[^3];
        run.Results.Add("overlap_at_load_0.12", low.MeanOverlap);
        run.Results.Add("overlap_at_load_0.16", high.MeanOverlap);
        run.Results.Add("critical_load", fit?.Load);
        run.Results.Add("critical_load_error", fit?.Error);
        run.Page.Paragraph(
            $"Random patterns by Hebb's rule; recall starts at a stored pattern and ends where no unit wants to flip. At a load of {DemoText.Fixed(low.Load, 2)} patterns a unit the end still "
            + $"overlaps {DemoText.Fixed(low.MeanOverlap, 3)} +- {DemoText.Fixed(low.MeanOverlapError, 3)} with the pattern, at {DemoText.Fixed(high.Load, 2)} only "
            + $"{DemoText.Fixed(high.MeanOverlap, 3)} +- {DemoText.Fixed(high.MeanOverlapError, 3)} (N = {DemoText.Count(units)}): memory doesn't fade, it breaks down. "
            + (fit is null
                ? "There are too few points near the breakdown to say where it is."
                : $"The curves of the three sizes cross at a load of {DemoText.Fixed(fit.Load, 4)} +- {DemoText.Fixed(fit.Error, 4)}; theory says {DemoText.Fixed(CriticalLoad.Theory, 3)} for large networks."));
        run.Figure(
            "The overlap of where recall ends with the pattern that it started at.",
            ("overlap", DemoText.Lines("Overlap after recall", "patterns a unit", "overlap", [.. lines]) with { YReaches = [0, 1] }));
    }

    private static void Basins(DemoRun run, int units, int networks)
    {
        run.Page.Section("How far a memory reaches");
        double[] shares = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];
        List<LineSeries> lines = [];
        List<string> words = [];
        foreach (double load in (double[])[0.03, 0.08, 0.12])
        {
            run.Progress(0.6 + (0.1 * lines.Count), "disturbing patterns");
            (IReadOnlyList<CapacityPoint> points, double radius) = HopfieldCapacity.Basin(
                units / 2, Math.Max(1, (int)Math.Round(load * units / 2)), shares,
                new CapacityOptions { Networks = networks, Probes = 20, Seed = run.Seed, Recall = new RecallOptions { Order = RecallOrder.Random, Threads = run.Threads } },
                null, run.Cancellation);
            lines.Add(new LineSeries($"load {DemoText.Fixed(points[0].Load, 2)}", shares, [.. points.Select(static point => point.RetrievedShare)]));
            words.Add($"{DemoText.Percent(radius)} at a load of {DemoText.Fixed(points[0].Load, 2)}");
            run.Results.Add($"basin_radius_{DemoText.Fixed(load, 2)}", radius);
        }

        run.Page.Paragraph($"Half of the probes come back from flips of {string.Join(", ", words)}: the emptier the network, the wider the valleys around its patterns.");
        run.Figure(
            $"Probes that end within an overlap of 0.9 of their pattern, N = {DemoText.Count(units / 2)}.",
            ("basins", DemoText.Lines("Retrieved", "share of flipped units", "share of probes", [.. lines]) with { YReaches = [0, 1] }));
    }

    private static void Cycles(DemoRun run, int units)
    {
        run.Page.Section("All at once");
        BitMatrix patterns = RandomPatterns.Draw(Math.Max(1, units / 6), units / 2, run.Seed, network: 1);
        HopfieldNetwork network = HopfieldNetwork.Learn(patterns);
        BitMatrix probes = RandomPatterns.Draw(200, units / 2, run.Seed, network: 2);
        using HopfieldRecall recall = new(network, new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1000, Threads = run.Threads });
        RecallResult result = recall.Run(probes);
        double cycles = result.Share(RecallOutcome.TwoCycle);
        double settled = result.Share(RecallOutcome.Settled);
        run.Results.Add("two_cycles_from_random_states", cycles);
        run.Page.Paragraph(
            $"Updated one by one, units go downhill and must stop. Updated all at once they may also end up swapping between two states for ever, and theory says that nothing else can happen with symmetric weights: "
            + $"of 200 random states of a crowded network (load {DemoText.Fixed(network.Load, 2)}) {DemoText.Percent(cycles)} ended in a two-cycle, {DemoText.Percent(settled)} in a fixed point, and "
            + $"{DemoText.Percent(result.Share(RecallOutcome.Limit))} in neither within 1,000 sweeps.");
    }

    private static void Dense(DemoRun run, int count)
    {
        run.Page.Section("Dense networks");
        const int units = 64;
        List<LineSeries> lines = [];
        foreach ((string words, DenseInteraction interaction) in ((string, DenseInteraction)[])
            [("m^2", DenseInteraction.Polynomial(2)), ("m^3", DenseInteraction.Polynomial(3)), ("m^4", DenseInteraction.Polynomial(4)), ("exp m", DenseInteraction.Exponential())])
        {
            run.Progress(0.9 + (0.02 * lines.Count), "dense networks");
            List<double> x = [];
            List<double> y = [];
            for (int stored = 4; stored <= Math.Min(count, 4096); stored *= 2)
            {
                x.Add(Math.Log2(stored));
                y.Add(BitsRight(run, interaction, stored, units));
            }

            lines.Add(new LineSeries(words, x, y));
        }

        double share = BitsRight(run, DenseInteraction.Exponential(), count, units);
        run.Results.Add("exponential_patterns", count);
        run.Results.Add("exponential_bits_right", share);
        run.Page.Paragraph(
            $"An energy that grows faster with the overlap m tells patterns apart better. 6 of {units} units are flipped, and all units updated once: with exp m, {DemoText.Percent(share, 3)} of the units are right with "
            + $"{DemoText.Count(count)} random patterns stored in {units} units, {DemoText.Fixed((double)count / units, 0)} patterns a unit.");
        run.Figure(
            "Units that are right after one update, 6 of 64 being flipped before (90.6 % right).",
            ("dense", DemoText.Lines("Dense networks of 64 units", "log2 of patterns", "share of units right", [.. lines])));
    }

    private static double BitsRight(DemoRun run, DenseInteraction interaction, int stored, int units)
    {
        BitMatrix patterns = RandomPatterns.Draw(stored, units, run.Seed, network: 3);
        BitMatrix probes = new(Math.Min(stored, 200), units);
        RandomPatterns.Flip(patterns, 0, 6, probes, run.Seed);
        using DenseHopfieldRecall recall = new(
            new DenseHopfieldNetwork(patterns, interaction), new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1, Threads = run.Threads });
        (_, double overlap) = Right(recall.Run(probes, null, run.Cancellation), patterns);
        return (1 + overlap) / 2;
    }

    /// <summary>How many rows are the pattern of the same number, and the mean overlap with it.</summary>
    private static (int Exact, double Overlap) Right(RecallResult result, BitMatrix patterns)
    {
        int exact = 0;
        long different = 0;
        for (int row = 0; row < result.Rows; row++)
        {
            int wrong = 0;
            for (int word = 0; word < patterns.WordsPerRow; word++)
            {
                wrong += System.Numerics.BitOperations.PopCount(result.States.Row(row)[word] ^ patterns.Row(row)[word]);
            }

            exact += wrong == 0 ? 1 : 0;
            different += wrong;
        }

        return (exact, 1 - (2.0 * different / ((double)result.Rows * patterns.Columns)));
    }

    private static PixelImage Mosaic(BitMatrix states, ImageShape shape) =>
        new Mosaic(Math.Min(Shown, states.Rows), shape.Height, shape.Width, new MosaicOptions { Columns = 5, Zoom = 2 }).RenderMeans((tile, pixels) =>
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = states[tile, i] ? 1 : 0;
            }
        });
}
