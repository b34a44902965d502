using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Training;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Cli.Demos;

/// <summary>The inverse problem of the Ising demo: couplings of a spin glass from its samples.</summary>
/// <param name="run">The demo.</param>
/// <param name="samples">How many samples.</param>
internal sealed class IsingInverse(DemoRun run, int samples)
{
    private const int Side = 8;
    private const int Burn = 500;
    private const int Updates = 200;
    private const double Largest = 0.8;
    private const double LargestField = 0.2;

    private static readonly (string Name, BoltzmannAlgorithm Algorithm, double Rate)[] _methods =
    [
        ("pseudo-likelihood", BoltzmannAlgorithm.PseudoLikelihood, 0.1),
        ("probability flow", BoltzmannAlgorithm.ProbabilityFlow, 0.05),
        ("persistent chains", BoltzmannAlgorithm.PersistentChains, 0.2),
    ];

    /// <summary>Learns and shows.</summary>
    /// <param name="done">The share of the demo that is done.</param>
    public void Show(double done)
    {
        run.Page.Section("Couplings from samples");
        BoltzmannMachine truth = Truth();
        Dataset data = Sample(truth);
        double size = Error(new BoltzmannMachine(truth.Graph, UnitKind.Spin), truth);
        run.Page.Paragraph(
            $"The inverse problem: a spin glass on an {Side} x {Side} torus, its {truth.Graph.Edges} couplings drawn evenly from {-Largest} to {Largest} and its fields from {-LargestField} to {LargestField}, is sampled by "
            + $"{DemoText.Count(samples)} independent chains. From these rows alone, and the graph, three objectives learn the couplings back in {Updates} updates on all rows. Pseudo-likelihood and "
            + "minimum probability flow need no chains; persistent chains follow the likelihood itself, with noise of their own.");
        List<LineSeries> curves = [];
        List<IReadOnlyList<string>> rows = [["none: couplings 0", DemoText.Fixed(size, 4), DemoText.Percent(1)]];
        double best = size;
        string bestName = "none";
        for (int method = 0; method < _methods.Length; method++)
        {
            (string name, BoltzmannAlgorithm algorithm, double rate) = _methods[method];
            BoltzmannMachine machine = new(truth.Graph, UnitKind.Spin);
            double share = done + ((1 - done) * method / (_methods.Length + 1));
            double[] errors = Train(machine, data, algorithm, rate, share, name, truth);
            curves.Add(LineSeries.Of(name, errors));
            rows.Add([name, DemoText.Fixed(errors[^1], 4), DemoText.Percent(errors[^1] / size)]);
            run.Results.Add($"coupling_error_{name.Replace(' ', '_').Replace('-', '_')}", errors[^1]);
            (best, bestName) = errors[^1] < best ? (errors[^1], name) : (best, bestName);
        }

        run.Figure(
            "The root mean square error of the couplings J after each update.",
            ("inverse", DemoText.Lines("Error of the couplings", "updates", "RMS error of J", [.. curves]) with { YReaches = [0] }));
        run.Page.Table(["objective", "RMS error of J", "of that of couplings 0"], rows);
        run.Page.Paragraph(
            $"{samples} rows hold no more than so much about each coupling: an error of about 1 / sqrt({samples}) = {DemoText.Fixed(1 / Math.Sqrt(samples), 4)} is what one would expect even of the "
            + $"likelihood, more where strong couplings freeze spins. The least error here is that of {bestName}, {DemoText.Fixed(best, 4)}.");
        Graph(truth, data, done + (0.75 * (1 - done)));
    }

    /// <summary>The same without the graph: which pairs are coupled?</summary>
    private void Graph(BoltzmannMachine truth, Dataset data, double done)
    {
        BoltzmannMachine dense = new(CouplingGraph.Complete(truth.Units), UnitKind.Spin);
        Train(dense, data, BoltzmannAlgorithm.PseudoLikelihood, 0.02, done, "the graph", truth);
        int[] order = [.. Enumerable.Range(0, dense.Graph.Edges).OrderByDescending(edge => Math.Abs(dense.Weights[edge]))];
        int found = order.Take(truth.Graph.Edges).Count(edge => truth.Graph.EdgeOf(dense.Graph.Edge(edge).First, dense.Graph.Edge(edge).Second) >= 0);
        double share = (double)found / truth.Graph.Edges;
        run.Page.Paragraph(
            $"And without the graph: a dense machine of {DemoText.Count(dense.Graph.Edges)} couplings, by pseudo-likelihood on the same rows. Of its {truth.Graph.Edges} strongest couplings {found} "
            + $"({DemoText.Percent(share)}) are edges of the torus; chance would find {DemoText.Percent((double)truth.Graph.Edges / dense.Graph.Edges)}. Edges whose true coupling is near 0 can't be told from none.");
        run.Results.Add("edges_found_share", share);
    }

    private BoltzmannMachine Truth()
    {
        BoltzmannMachine machine = new(CouplingGraph.Grid(Side, Side, periodic: true), UnitKind.Spin);
        RandomStream stream = new(run.Seed, StreamPurpose.DataGenerator, 88, 0);
        machine.Edit((weights, biases) =>
        {
            for (int edge = 0; edge < weights.Length; edge++)
            {
                weights[edge] = (float)(Largest * ((2 * stream.Uniform(edge)) - 1) / 2);
            }

            for (int unit = 0; unit < biases.Length; unit++)
            {
                biases[unit] = (float)(LargestField * ((2 * stream.Uniform(weights.Length + unit)) - 1));
            }
        });
        return machine;
    }

    private BitDataset Sample(BoltzmannMachine truth)
    {
        using BoltzmannChains chains = new(truth, samples, run.Seed, run.Threads);
        chains.Run(Burn);
        byte[] values = new byte[samples * truth.Units];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = chains.States[i / truth.Units, i % truth.Units] ? (byte)1 : (byte)0;
        }

        return BitDataset.FromBytes("samples", samples, truth.Units, values);
    }

    private double[] Train(BoltzmannMachine machine, Dataset data, BoltzmannAlgorithm algorithm, double rate, double done, string name, BoltzmannMachine truth)
    {
        BoltzmannInitializer.Initialize(machine, data);
        using BoltzmannTrainer trainer = new(machine, data, new BoltzmannTrainingOptions
        {
            Algorithm = algorithm,
            Epochs = Updates,
            BatchSize = data.Rows,
            Chains = Math.Min(1000, data.Rows),
            LearningRate = new LearningRateSchedule { Initial = rate, DecayUpdates = Updates / 2.0 },
            WeightDecay = 1e-4,
            Seed = run.Seed,
            Threads = run.Threads,
        });
        List<double> errors = [Error(machine, truth)];
        while (!trainer.IsFinished)
        {
            run.Progress(done, $"learning by {name}");
            trainer.Step();
            errors.Add(Error(machine, truth));
        }

        return [.. errors];
    }

    /// <summary>Root mean square over the true graph's edges.</summary>
    private static double Error(BoltzmannMachine machine, BoltzmannMachine truth)
    {
        double sum = 0;
        for (int edge = 0; edge < truth.Graph.Edges; edge++)
        {
            (int first, int second) = truth.Graph.Edge(edge);
            double difference = machine.Coupling(first, second) - truth.Coupling(first, second);
            sum += difference * difference;
        }

        return Math.Sqrt(sum / truth.Graph.Edges);
    }
}
