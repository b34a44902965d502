using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Serialization;
using FastRbm.Threading;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Look;

/// <summary>The loops that users wait for and the kernels below them, ready to be measured.</summary>
internal sealed class Loops : IDisposable
{
    private const int Batch = 100;
    private const int LargeBatch = 512;
    private const int ChainCount = 1000;
    private const int Repeats = 1000;
    private const string Replaced = "GFLOP/s replaced";

    private readonly List<IDisposable> _owned = [];

    /// <summary>Prepares data and models.</summary>
    /// <param name="modelPath">A model to sample from; null to train one on the strokes.</param>
    public Loops(string? modelPath)
    {
        BitDataset data = Workload.Data();
        Rbm model = modelPath is null ? Workload.Trained(data) : ModelFile.Load(modelPath);
        All =
        [
            new Measurement("FMA peak, 256 bits, a core", static () => Roofline.Run(), Roofline.Work, "GFLOP/s", 1),
            .. HalfSteps(model, data, Batch),
            .. HalfSteps(model, data, LargeBatch),
            Sampling(),
            .. Chains(model),
            .. Training(data),
            .. Tiny(),
            .. Products(),
            Enumeration(),
            .. Lattices(),
        ];
    }

    /// <summary>The rows, the peak first.</summary>
    public IReadOnlyList<Measurement> All { get; }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _owned.ForEach(static owned => owned.Dispose());

    private static double DenseWork(Rbm model, int rows) => Workload.DenseWork(rows, model.Visible.Count, model.Hidden.Count);

    private static IEnumerable<Measurement> HalfSteps(Rbm model, BitDataset data, int batch)
    {
        if (data.Columns != model.Visible.Count)
        {
            throw new UsageException($"--model: expected a model of {data.Columns} visible units, found {model.Visible.Count}");
        }

        BitMatrix visible = Workload.FirstRows(data, batch);
        BitMatrix hidden = new(batch, model.Hidden.Count);
        BitMatrix drawn = new(batch, model.Visible.Count);
        RbmWorkspace workspace = new(model);
        model.SampleHidden(visible, new RandomKey(1, 0), workspace, hidden);
        double work = DenseWork(model, batch);
        string shape = $"{model.Visible.Count}x{model.Hidden.Count}, batch {batch}, a core";
        yield return new Measurement(
            $"half step v to h, {shape}", () => model.SampleHidden(visible, new RandomKey(1, 0), workspace, hidden), work, Replaced, 1);
        Matrix inputs = new(batch, model.Hidden.Count);
        yield return new Measurement($"its sums alone, {shape}", () => model.HiddenInputs(visible, workspace, inputs), work, Replaced, 1);
        yield return new Measurement(
            $"half step h to v, {shape}", () => model.SampleVisible(hidden, new RandomKey(1, 0), workspace, drawn), work, Replaced, 1);
    }

    private static Measurement Sampling()
    {
        FusedSampling sampling = new();
        return new Measurement(
            "sigmoid and sample, in the first-level cache, a core", Repeat(sampling.Run), Repeats * (double)FusedSampling.Units / 1e9, "ns a unit", 0)
        {
            IsTime = true,
        };
    }

    private IEnumerable<Measurement> Chains(Rbm model)
    {
        foreach (int threads in (int[])[1, 2])
        {
            ChainSet chains = Own(new ChainSet(model, ChainCount, seed: 1, threads));
            chains.Run(100);
            yield return new Measurement(
                $"Gibbs sweep, {ChainCount} chains, {model.Visible.Count}x{model.Hidden.Count}, threads {threads}", () => chains.Run(1),
                2 * DenseWork(model, ChainCount), Replaced, threads);
            ChainSet sixteen = Own(new ChainSet(model, ChainCount, seed: 1, threads, WeightPrecision.SixteenBits));
            sixteen.Run(100);
            yield return new Measurement(
                $"the same with weights in 16 bits, threads {threads}", () => sixteen.Run(1), 2 * DenseWork(model, ChainCount), Replaced, threads);
        }
    }

    private IEnumerable<Measurement> Training(BitDataset data)
    {
        foreach ((string name, TrainingAlgorithm algorithm, int steps) in ((string, TrainingAlgorithm, int)[])
            [
                ("CD-1", TrainingAlgorithm.ContrastiveDivergence, 1),
                ("CD-10", TrainingAlgorithm.ContrastiveDivergence, 10),
                ("PCD-1", TrainingAlgorithm.PersistentContrastiveDivergence, 1),
            ])
        {
            foreach (int threads in (int[])[1, 2])
            {
                Trainer trainer = Own(Workload.Running(
                    data, new TrainingOptions { Algorithm = algorithm, Steps = steps, BatchSize = Batch, Threads = threads }));
                yield return new Measurement(
                    $"{name} update, 784x500, batch {Batch}, threads {threads}", trainer.Step, Batch * 784.0 * 500 / 1e9, "GCUPS", 0);
            }
        }
    }

    /// <summary>A model of 3 x 2: what a step costs beside its arithmetic, and what a second thread costs where it can't help.</summary>
    private IEnumerable<Measurement> Tiny()
    {
        BitDataset data = BitDataset.FromBytes("triples", 4, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]);
        foreach (int threads in (int[])[1, 2])
        {
            Trainer trainer = Own(Workload.Running(
                data, new TrainingOptions { BatchSize = 4, Threads = threads }, hidden: 2));
            yield return new Measurement($"CD-1 update, 3x2, batch 4, threads {threads}", Repeat(trainer.Step), Repeats / 1e9, "ns an update", 0) { IsTime = true };
            ChainSet chains = Own(new ChainSet(RbmInitializer.Normal(data, 2, seed: 1), 4, seed: 1, threads));
            yield return new Measurement($"Gibbs sweep, 4 chains, 3x2, threads {threads}", Repeat(() => chains.Run(1)), Repeats / 1e9, "ns a sweep", 0) { IsTime = true };
        }
    }

    private static Action Repeat(Action step) => () =>
    {
        for (int i = 0; i < Repeats; i++)
        {
            step();
        }
    };

    /// <summary>
    /// The products of dense training: v to h (NN), h to v (NT), the gradient (TN), and the layout that is left; squares; two threads.
    /// </summary>
    private IEnumerable<Measurement> Products()
    {
        GemmWorkspace alone = new();
        GemmWorkspace together = new(Own(new ThreadTeam(2)));
        foreach (int rows in (int[])[64, 100, 512])
        {
            foreach (int hidden in (int[])[256, 500, 1024])
            {
                Matrix visible = Workload.Mixed(rows, 784);
                Matrix weights = Workload.Mixed(784, hidden);
                Matrix means = Workload.Mixed(rows, hidden);
                yield return Product(GemmLayout.NN, alone, 1, visible, weights, new Matrix(rows, hidden));
                yield return Product(GemmLayout.NN, together, 2, visible, weights, new Matrix(rows, hidden));
                yield return Product(GemmLayout.NT, alone, 1, means, weights, new Matrix(rows, 784));
                yield return Product(GemmLayout.TN, alone, 1, visible, means, new Matrix(784, hidden));
                yield return Product(GemmLayout.TT, alone, 1, Workload.Mixed(784, rows), Workload.Mixed(hidden, 784), new Matrix(rows, hidden));
            }
        }

        foreach (int side in (int[])[512, 1024, 2048])
        {
            Matrix square = Workload.Mixed(side, side);
            yield return Product(GemmLayout.NN, alone, 1, square, square, new Matrix(side, side));
            yield return Product(GemmLayout.NN, together, 2, square, square, new Matrix(side, side));
        }
    }

    private static Measurement Product(GemmLayout layout, GemmWorkspace workspace, int threads, Matrix a, Matrix b, Matrix c)
    {
        int depth = layout is GemmLayout.TN or GemmLayout.TT ? a.Rows : a.Columns;
        return new Measurement(
            $"float product {c.Rows}x{depth}x{c.Columns}, {layout}, threads {threads}",
            () => FloatGemm.Multiply(SimdSelection.Current, layout, workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D()),
            2.0 * c.Rows * depth * c.Columns / 1e9, "GFLOP/s", threads);
    }

    private static Measurement Enumeration()
    {
        const int Hidden = 18;
        RbmParameters model = RbmParameters.From(RbmInitializer.Normal(DatasetSource.Open("strokes"), Hidden, seed: 1, deviation: 0.3));
        return new Measurement(
            $"exact log Z, 784x{Hidden}, a core", () => ExactPartitionFunction.LogPartitionFunction(model), (1 << Hidden) * 784.0 / 1e9, "10^9 units of states/s", 0);
    }

    /// <summary>Boltzmann machines: the Ising model at beta 0.4 on a torus of 256 x 256, and a dense machine of 784 spins.</summary>
    private IEnumerable<Measurement> Lattices()
    {
        const int Side = 256;
        foreach ((int count, int threads) in ((int, int)[])[(1, 1), (16, 1), (16, 2)])
        {
            BoltzmannChains chains = Own(new BoltzmannChains(IsingLattice.Machine(Side, Side, 0.4), count, seed: 1, threads));
            chains.Run(20);
            yield return new Measurement(
                $"Ising sweep, {Side}x{Side}, {count} chains, threads {threads}", () => chains.Run(10), 10e-9 * Side * Side * count, "10^9 spins/s", 0);
        }

        BoltzmannMachine dense = new(CouplingGraph.Complete(784), UnitKind.Spin);
        RandomStream stream = new(1, StreamPurpose.DataGenerator, 99, 0);
        dense.Edit((weights, _) =>
        {
            for (int edge = 0; edge < weights.Length; edge++)
            {
                weights[edge] = 0.03f * (float)(stream.Uniform(edge) - 0.5);
            }
        });
        foreach (int threads in (int[])[1, 2])
        {
            BoltzmannChains chains = Own(new BoltzmannChains(dense, 128, seed: 1, threads));
            chains.Run(5);
            yield return new Measurement($"sequential sweep, 784 dense spins, 128 chains, threads {threads}", () => chains.Run(1), 128 * 784e-9, "10^9 units/s", 0);
        }
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
