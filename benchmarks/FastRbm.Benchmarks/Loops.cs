using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Benchmarks;

/// <summary>The loops that users wait for, ready to be measured.</summary>
internal sealed class Loops : IDisposable
{
    private const int Batch = 100;
    private const int ChainCount = 1000;

    private readonly List<IDisposable> _owned = [];

    /// <summary>Prepares data and models.</summary>
    /// <param name="modelPath">A model to sample from; null to train one on the strokes.</param>
    public Loops(string? modelPath)
    {
        BitDataset data = ((GreyDataset)DatasetSource.Open("strokes")).Threshold();
        Rbm model = modelPath is null ? Trained(data) : ModelFile.Load(modelPath);
        All =
        [
            new Measurement("FMA peak, 256 bits, a core", static () => Roofline.Run(), Roofline.Work, "GFLOP/s", 1),
            .. HalfSteps(model, data),
            .. Chains(model),
            .. Training(data),
            .. Products(),
            Enumeration(),
        ];
    }

    /// <summary>The rows, the peak first.</summary>
    public IReadOnlyList<Measurement> All { get; }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _owned.ForEach(static owned => owned.Dispose());

    private static double DenseWork(Rbm model, int rows) => 2.0 * rows * model.Visible.Count * model.Hidden.Count / 1e9;

    private static Rbm Trained(BitDataset data)
    {
        Rbm rbm = RbmInitializer.Normal(data, hidden: 500, seed: 1);
        using Trainer trainer = new(rbm, data, new TrainingOptions { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence });
        trainer.Run();
        return rbm;
    }

    private static IEnumerable<Measurement> HalfSteps(Rbm model, BitDataset data)
    {
        BitMatrix visible = new(Batch, model.Visible.Count);
        BitMatrix hidden = new(Batch, model.Hidden.Count);
        BitMatrix drawn = new(Batch, model.Visible.Count);
        RbmWorkspace workspace = new(model);
        for (int row = 0; row < Batch; row++)
        {
            data.CopyBits(row, visible.Row(row));
        }

        model.SampleHidden(visible, new RandomKey(1, 0), workspace, hidden);
        string shape = $"{model.Visible.Count}x{model.Hidden.Count}, batch {Batch}, a core";
        yield return new Measurement(
            $"half step v to h, {shape}", () => model.SampleHidden(visible, new RandomKey(1, 0), workspace, hidden), DenseWork(model, Batch), "GFLOP/s replaced", 1);
        Matrix inputs = new(Batch, model.Hidden.Count);
        yield return new Measurement(
            $"its sums alone, {shape}", () => model.HiddenInputs(visible, workspace, inputs), DenseWork(model, Batch), "GFLOP/s replaced", 1);
        yield return new Measurement(
            $"half step h to v, {shape}", () => model.SampleVisible(hidden, new RandomKey(1, 0), workspace, drawn), DenseWork(model, Batch), "GFLOP/s replaced", 1);
    }

    private IEnumerable<Measurement> Chains(Rbm model)
    {
        foreach (int threads in (int[])[1, 2])
        {
            ChainSet chains = Own(new ChainSet(model, ChainCount, seed: 1, threads));
            chains.Run(100);
            yield return new Measurement(
                $"Gibbs sweep, {ChainCount} chains, {model.Visible.Count}x{model.Hidden.Count}, threads {threads}", () => chains.Run(1), 2 * DenseWork(model, ChainCount), "GFLOP/s replaced", threads);
        }
    }

    private IEnumerable<Measurement> Training(BitDataset data)
    {
        foreach (TrainingAlgorithm algorithm in Enum.GetValues<TrainingAlgorithm>())
        {
            foreach (int threads in (int[])[1, 2])
            {
                Trainer trainer = Own(new Trainer(RbmInitializer.Normal(data, hidden: 500, seed: 1), data, new TrainingOptions
                {
                    Algorithm = algorithm,
                    BatchSize = Batch,
                    Epochs = 1_000_000,
                    Threads = threads,
                }));
                for (int update = 0; update < 500; update++)
                {
                    trainer.Step();
                }

                string name = algorithm == TrainingAlgorithm.ContrastiveDivergence ? "CD-1" : "PCD-1";
                yield return new Measurement(
                    $"{name} update, 784x500, batch {Batch}, threads {threads}", trainer.Step, Batch * 784.0 * 500 / 1e9, "GCUPS", 0);
            }
        }
    }

    private static IEnumerable<Measurement> Products()
    {
        foreach ((int rows, int depth, int columns) in ((int, int, int)[])[(64, 784, 500), (512, 784, 500), (1024, 1024, 1024)])
        {
            Matrix a = new(rows, depth);
            Matrix b = new(depth, columns);
            Matrix c = new(rows, columns);
            GemmWorkspace workspace = new();
            yield return new Measurement(
                $"float product {rows}x{depth}x{columns}, a core",
                () => FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D()),
                2.0 * rows * depth * columns / 1e9, "GFLOP/s", 1);
        }
    }

    private static Measurement Enumeration()
    {
        const int Hidden = 18;
        RbmParameters model = RbmParameters.From(RbmInitializer.Normal(DatasetSource.Open("strokes"), Hidden, seed: 1, deviation: 0.3));
        return new Measurement(
            $"exact log Z, 784x{Hidden}, a core", () => ExactPartitionFunction.LogPartitionFunction(model), (1 << Hidden) * 784.0 / 1e9, "10^9 units of states/s", 0);
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
