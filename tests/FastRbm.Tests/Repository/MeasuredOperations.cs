using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Sampling;
using FastRbm.Threading;
using FastRbm.Training;
using FastRbm.Training.Objectives;

namespace FastRbm.Tests.Repository;

/// <summary>Every loop, batch operation and kernel, and what is made before them.</summary>
internal sealed partial class MeasuredOperations : IDisposable
{
    private const int Visible = 150;
    private const int Hidden = 130;
    private const int Rows = 64;

    // The calls of a measurement together pass ends of epochs and a snapshot, every 64 updates.
    private const int Updates = 7;

    private readonly List<IDisposable> _owned = [];
    private readonly BitDataset _bits;
    private readonly GreyDataset _greys;
    private object? _kept;

    /// <summary>Prepares all operations.</summary>
    public MeasuredOperations()
    {
        byte[] values = [.. Enumerable.Range(0, 2 * Rows * Visible).Select(static i => (byte)(i * 7 % 11 < 4 ? 1 : 0))];
        _bits = BitDataset.FromBytes("bits", 2 * Rows, Visible, values);
        _greys = GreyDataset.FromBytes("greys", 2 * Rows, Visible, [.. Enumerable.Range(0, values.Length).Select(static i => (byte)(i * 31))]);
        All =
        [
            .. Training(), .. Units(), .. Objectives(), .. Chains(), .. Batches(), .. Layers(), .. Containers(), .. Kernels(), .. SetUps(), .. Exact(),
            .. Boltzmann(), .. Hopfield(), .. Subspaces(), .. Networks(), .. Classes(), .. Deep(),
        ];
    }

    /// <summary>The operations.</summary>
    public IReadOnlyList<MeasuredOperation> All { get; }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _owned.ForEach(static owned => owned.Dispose());
        GC.KeepAlive(_kept);
    }

    private static Rbm Model()
    {
        Rbm rbm = Rbm.Binary(Visible, Hidden);
        rbm.Edit(static (weights, _, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                weights[i, i % Hidden] = 0.5f;
            }
        });
        return rbm;
    }

    private IEnumerable<MeasuredOperation> Training()
    {
        // Ladders of tempering change now and then, and are measured between two changes elsewhere; objectives are measured below.
        foreach (TrainingAlgorithm algorithm in (TrainingAlgorithm[])
            [TrainingAlgorithm.ContrastiveDivergence, TrainingAlgorithm.PersistentContrastiveDivergence, TrainingAlgorithm.FastPersistentContrastiveDivergence])
        {
            foreach (int threads in (int[])[1, 2])
            {
                foreach (int steps in (int[])[1, 10])
                {
                    yield return Step(_bits, "bits", new TrainingOptions { Algorithm = algorithm, Steps = steps, Threads = threads });
                }

                foreach (Binarization binarization in Enum.GetValues<Binarization>())
                {
                    yield return Step(_greys, $"greys {binarization}", new TrainingOptions { Algorithm = algorithm, Binarization = binarization, Threads = threads });
                }
            }
        }

        TrainingOptions rich = new()
        {
            Threads = 1,
            StepRule = StepRule.Adam,
            Centring = Centring.Enhanced,
            AveragedShare = 1,
            GroupDecay = 1e-4,
            MaxNorm = 3,
            SparsityCost = 0.1,
            RowWeights = new float[2 * Rows].Select(static (_, row) => row + 1f).ToArray(),
            WeightMask = Enumerable.Repeat(true, Visible * Hidden).ToArray(),
        };
        yield return Step(_bits, "bits, Adam, enhanced, averaged, group decay, max-norm, sparsity, row weights, mask", rich);
        Dataset partial = _bits.Hide(0.3, seed: 1);
        foreach (int threads in (int[])[1, 2])
        {
            TrainingOptions marginal = new() { Missing = MissingValues.Marginal, MissingSteps = 2, Threads = threads };
            yield return Step(partial, "missing values sampled", marginal);
            yield return Step(partial, "missing values sampled", marginal with { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence });
            yield return Step(partial, "absent units", new TrainingOptions { Missing = MissingValues.Absent, Centring = Centring.None, Threads = threads });
        }

        Trainer partly = Own(new Trainer(Model(), partial, new TrainingOptions { BatchSize = 20, Missing = MissingValues.Marginal }));
        yield return new MeasuredOperation("Trainer.Measure, missing values sampled", () => partly.Measure());
        Trainer measured = Own(new Trainer(Model(), _bits, new TrainingOptions { BatchSize = 20 }, _bits));
        yield return new MeasuredOperation("Trainer.Measure", () => measured.Measure());
        Trainer tiny = Own(new Trainer(
            Rbm.Binary(3, 2), BitDataset.FromBytes("triples", 2, 3, [1, 0, 0, 0, 1, 1]), Endless(new TrainingOptions { BatchSize = 2 })));
        yield return new MeasuredOperation("Trainer.Step, 3x2", Repeat(tiny.Step));
    }

    private MeasuredOperation Step(IVisibleRows rows, string what, TrainingOptions options)
    {
        Trainer trainer = Own(new Trainer(Model(), rows, Endless(options with { BatchSize = Rows })));
        string name = options.Algorithm switch
        {
            TrainingAlgorithm.ContrastiveDivergence => "CD",
            TrainingAlgorithm.PersistentContrastiveDivergence => "PCD",
            _ => "FPCD",
        };
        return new MeasuredOperation($"Trainer.Step, {name}-{options.Steps}, {what}, threads {options.Threads}", Repeat(trainer.Step));
    }

    private IEnumerable<MeasuredOperation> Objectives()
    {
        Rbm rbm = Model();
        BitMatrix rows = new(Rows, Visible);
        Matrix weights = new(Visible, Hidden);
        Matrix visibleBias = new(1, Visible);
        Matrix hiddenBias = new(1, Hidden);
        float[] rowWeights = [.. Enumerable.Repeat(1f, Rows)];
        foreach (int threads in (int[])[1, 2])
        {
            yield return Gradient(Own(new ProbabilityFlowObjective(rbm, Rows, threads)), threads);
            yield return Gradient(Own(new PseudoLikelihoodObjective(rbm, Rows, threads)), threads);
            yield return Gradient(Own(new RatioMatchingObjective(rbm, Rows, threads)), threads);
        }

        MeasuredOperation Gradient(IMinibatchObjective objective, int threads) => new(
            $"{objective.GetType().Name}.Gradient, threads {threads}",
            () => objective.Gradient(rows, Rows, rowWeights, weights, visibleBias, hiddenBias));
    }

    private IEnumerable<MeasuredOperation> Chains()
    {
        foreach (int threads in (int[])[1, 2])
        {
            ChainSet chains = Own(new ChainSet(Model(), Rows, seed: 1, threads));
            yield return new MeasuredOperation($"ChainSet.Run, threads {threads}", () => chains.Run(3));
            yield return new MeasuredOperation($"ChainSet.StartFrom, threads {threads}", () => chains.StartFrom(_bits));
            ConditionalChains conditional = Own(new ConditionalChains(Model(), Rows, seed: 1, threads));
            ulong[] known = new ulong[BitMatrix.WordsFor(Visible)];
            known[0] = 0xFFFF;
            yield return new MeasuredOperation($"ConditionalChains.RunAndAverage, threads {threads}", () => conditional.RunAndAverage(3));
            yield return new MeasuredOperation($"ConditionalChains.Observe and Run, threads {threads}", () =>
            {
                conditional.Observe(1, known, known, 0.1);
                conditional.Clamp(2, known, known);
                conditional.Run(3);
            });
            TemperedChains tempered = Own(new TemperedChains(Model(), Rows, TemperatureLadder.Linear(4), seed: 1, threads, new float[Visible]));
            yield return new MeasuredOperation($"TemperedChains.Run, threads {threads}", () => tempered.Run(3));
            yield return new MeasuredOperation($"TemperedChains.StartFrom, threads {threads}", () => tempered.StartFrom(_bits));
            AnnealedRows annealed = Own(new AnnealedRows(Model(), new float[Visible], Rows, seed: 1, annealing: 0, threads));
            float[] ladder = AnnealingSchedule.Linear(4).Ladder(reverse: false);
            yield return new MeasuredOperation($"AnnealedRows.Anneal, threads {threads}", () => annealed.Anneal(ladder, 0, 4, null, default));
            Rbm watched = Model();
            ChainSet watchedChains = Own(new ChainSet(watched, Rows, seed: 1, threads));
            MixingRecorder recorder = new(watched, watchedChains, new MixingOptions { Chains = Rows, Sweeps = 400 });
            yield return new MeasuredOperation($"ChainSet.Run, watched, threads {threads}", () => Watch(watchedChains, recorder));
        }
    }

    private IEnumerable<MeasuredOperation> Exact()
    {
        Rbm small = Rbm.Binary(Visible, 14);
        RbmParameters parameters = RbmParameters.From(small);
        BitMatrix rows = new(Rows, Visible);
        Matrix weights = new(Visible, 14);
        Matrix visibleBias = new(1, Visible);
        Matrix hiddenBias = new(1, 14);
        foreach (int threads in (int[])[1, 2])
        {
            // Made when they are measured, last: what set-ups allocate depends on what the heap looks like before.
            Lazy<ExactMoments> moments = new(() => Own(new ExactMoments(Visible, 14, threads)));
            Lazy<ExactGradient> gradient = new(() => Own(new ExactGradient(Visible, 14, threads)));
            Lazy<ExactLikelihoodObjective> objective = new(() => Own(new ExactLikelihoodObjective(small, Rows, threads)));
            yield return new($"ExactGradient.Compute, threads {threads}", () => gradient.Value.Compute(small, _bits));
            yield return new(
                $"ExactLikelihoodObjective.Gradient, threads {threads}",
                () => objective.Value.Gradient(rows, Rows, default, weights, visibleBias, hiddenBias));
            yield return new($"ExactMoments.Compute, threads {threads}", () => moments.Value.Compute(parameters));
        }

        foreach (int threads in (int[])[1, 2])
        {
            TrajectoryLadder ladder = new(Rbm.Binary(Visible, Hidden));
            ladder.Add(Model());
            TrajectoryChains chains = Own(new TrajectoryChains(ladder, Rows, seed: 1, threads, top: Model()));
            yield return new MeasuredOperation($"TrajectoryChains.Run, threads {threads}", () => chains.Run(3));
            yield return new MeasuredOperation($"TrajectoryChains.StartFrom, threads {threads}", () => chains.StartFrom(_bits));
            yield return new MeasuredOperation($"TrajectoryChains.LogPartitionFunction, threads {threads}", () => chains.LogPartitionFunction());
            yield return new MeasuredOperation($"TrajectoryChains.ResetExchangeRates, threads {threads}", chains.ResetExchangeRates);
            Rbm live = Rbm.Binary(Visible, Hidden);
            BitMatrix visible = new(Rows, Visible);
            BitMatrix hidden = new(Rows, Hidden);
            TrajectoryTempering tempering = new(live, new TrajectoryLadder(live), Rows, Rows / 2, seed: 1, Own(new ThreadTeam(threads)));
            yield return new MeasuredOperation($"TrajectoryTempering.Exchange, threads {threads}", () => tempering.Exchange(visible, hidden, 10));
        }
    }

    private static IEnumerable<MeasuredOperation> Batches()
    {
        Rbm rbm = Model();
        RbmWorkspace workspace = new(rbm);
        BitMatrix visible = new(Rows, Visible);
        BitMatrix hidden = new(Rows, Hidden);
        Matrix hiddenValues = new(Rows, Hidden);
        Matrix visibleValues = new(Rows, Visible);
        double[] energies = new double[Rows];
        long step = 0;
        yield return new("Rbm.Edit", () => rbm.Edit(static (weights, _, _) => weights[0, 0] = 0.25f));
        yield return new("Rbm.Energy", () => rbm.Energy(visible, hidden, workspace, energies));
        yield return new("Rbm.FreeEnergy", () => rbm.FreeEnergy(visible, workspace, energies));
        yield return new("Rbm.GibbsStep", () => rbm.GibbsStep(visible, hidden, new RandomKey(1, step++), workspace));
        yield return new("Rbm.HiddenInputs", () => rbm.HiddenInputs(visible, workspace, hiddenValues));
        yield return new("Rbm.MeanHidden", () => rbm.MeanHidden(visible, workspace, hiddenValues));
        yield return new("Rbm.MeanVisible", () => rbm.MeanVisible(hidden, workspace, visibleValues));
        yield return new("Rbm.ModeHidden", () => rbm.ModeHidden(visible, workspace, hidden));
        yield return new("Rbm.ModeVisible", () => rbm.ModeVisible(hidden, workspace, visible));
        yield return new("Rbm.SampleHidden", () => rbm.SampleHidden(visible, new RandomKey(1, step++), workspace, hidden));
        yield return new("Rbm.SampleVisible", () => rbm.SampleVisible(hidden, new RandomKey(1, step++), workspace, visible));
        yield return new("Rbm.VisibleInputs", () => rbm.VisibleInputs(hidden, workspace, visibleValues));
    }

    private static IEnumerable<MeasuredOperation> Layers()
    {
        BinaryLayer layer = new(Hidden);
        float[] values = new float[Hidden];
        double[] inputs = new double[Hidden];
        yield return new("BinaryLayer.CumulantGenerating", () => layer.CumulantGenerating(inputs));
        yield return new("BinaryLayer.Energy", () => layer.Energy(values));
        yield return new("BinaryLayer.Mean", () => layer.Mean(values, values));
        yield return new("BinaryLayer.Mode", () => layer.Mode(values, values));
        yield return new("BinaryLayer.Variance", () => layer.Variance(values, values));
        RandomStream draws = new(1, StreamPurpose.HiddenSample, 0, 0);
        RandomStream ties = new(1, StreamPurpose.HiddenTie, 0, 0);
        float[,] statistics = new float[4, Hidden];
        ulong[] bits = new ulong[BitMatrix.WordsFor(Hidden)];
        foreach (string name in (string[])["spin", "potts:2x15,100", "binomial:9", "replicated-softmax", "gaussian", "relu", "double-relu", "spike-and-slab",
            "mixed:gaussian[30];binary[100]"])
        {
            UnitLayer kind = UnitLayers.Parse(name, Hidden);
            yield return new($"{name}: CumulantGenerating", () => kind.CumulantGenerating(inputs, 20));
            yield return new($"{name}: Energy", () => kind.Energy(values));
            yield return new($"{name}: Mean and Variance", () =>
            {
                kind.Mean(values, 20, values);
                kind.Variance(values, values);
            });
            yield return new($"{name}: Mode, MeanStatistics, Sample and Statistics", () =>
            {
                kind.Mode(values, values);
                kind.MeanStatistics(values, statistics);
                kind.Sample(values, 20, draws, ties, values);
                kind.Statistics(values, statistics);
            });
            if (kind.StatesAreBits)
            {
                yield return new($"{name}: SampleBits and FromBits", () =>
                {
                    kind.SampleBits(values, draws, ties, bits);
                    kind.FromBits(bits, values);
                });
            }
        }

        RbmParameters parameters = RbmParameters.From(Model());
        ulong[] visible = new ulong[BitMatrix.WordsFor(Visible)];
        yield return new("RbmParameters.HiddenInputs", () => parameters.HiddenInputs(visible, inputs));
        yield return new("RbmParameters.VisibleField", () => parameters.VisibleField(visible));
    }

    private IEnumerable<MeasuredOperation> Containers()
    {
        ulong[] words = new ulong[BitMatrix.WordsFor(Visible)];
        float[] means = new float[Visible];
        Matrix matrix = new(Rows, Visible);
        Matrix other = new(Rows, Visible);
        BitMatrix states = new(Rows, Visible);
        yield return new("BitDataset.CopyBits", () => _bits.CopyBits(1, words));
        yield return new("BitDataset.CopyMeans", () => _bits.CopyMeans(1, means));
        yield return new("BitDataset.CopyObserved", () => _bits.CopyObserved(1, words));
        yield return new("BitMatrix.Clear", states.Clear);
        yield return new("BitMatrix.CountOn", () => states.CountOn(1));
        yield return new("GreyDataset.CopyMeans", () => _greys.CopyMeans(1, means));
        yield return new("Matrix.Clear", matrix.Clear);
        yield return new("Matrix.CopyFrom", () => matrix.CopyFrom(other));
    }

    private static IEnumerable<MeasuredOperation> Kernels()
    {
        GemmWorkspace workspace = new();
        Matrix square = new(40, 40);
        Matrix second = new(40, 40);
        Matrix product = new(40, 40);
        SimdLevel level = SimdSelection.Current;
        foreach (GemmLayout layout in Enum.GetValues<GemmLayout>())
        {
            yield return new($"FloatGemm.Multiply, {layout}", () => FloatGemm.Multiply(level, layout, workspace, square.AsSpan2D(), second.AsSpan2D(), product.AsSpan2D()));
            yield return new($"FloatGemm.MultiplyAdd, {layout}", () => FloatGemm.MultiplyAdd(level, layout, workspace, square.AsSpan2D(), second.AsSpan2D(), product.AsSpan2D()));
        }

        float[] values = new float[100];
        float[] results = new float[100];
        ulong[] states = new ulong[2];
        yield return new("ElementaryKernels.Exp", () => ElementaryKernels.Exp(level, values, results));
        yield return new("ElementaryKernels.Log", () => ElementaryKernels.Log(level, values, results));
        yield return new("ElementaryKernels.Sigmoid", () => ElementaryKernels.Sigmoid(level, values, results));
        yield return new("ElementaryKernels.Softplus", () => ElementaryKernels.Softplus(level, values, results));
        RandomStream draws = new(1, StreamPurpose.HiddenSample, 0, 0);
        RandomStream ties = new(1, StreamPurpose.HiddenTie, 0, 0);
        PowerSpectrum spectrum = new(100);
        double[] series = new double[100];
        yield return new("PowerSpectrum.Add", () => spectrum.Add(series, 0, series, 0));
        yield return new("PowerSpectrum.Autocovariances", () => spectrum.Autocovariances(series, 2));
        yield return new("BernoulliRow.Sample", () => BernoulliRow.Sample(level, values, draws, ties, states.AsSpan()));
    }

    /// <summary>
    /// Only what is made of buffers alone: where there are delegates and iterators the bytes depend on how well the runtime has
    /// optimised the method by then. Trainers are held to the formula of their memory instead.
    /// </summary>
    private IEnumerable<MeasuredOperation> SetUps()
    {
        Rbm model = Model();
        RbmParameters parameters = RbmParameters.From(model);
        yield return new("ExactLikelihood.MeanFreeEnergy", () => ExactLikelihood.MeanFreeEnergy(parameters, _bits), IsSetUp: true);
        yield return new("new BitMatrix, 64x150", () => _kept = new BitMatrix(Rows, Visible), IsSetUp: true);
        yield return new("new ChainSet, 64 chains of 150x130", () => _kept = new ChainSet(model, Rows, seed: 1), IsSetUp: true);
        yield return new("new Matrix, 64x150", () => _kept = new Matrix(Rows, Visible), IsSetUp: true);
        yield return new("new RbmWorkspace, 150x130", () => _kept = new RbmWorkspace(model), IsSetUp: true);
        yield return new("Rbm.Binary, 150x130", () => _kept = Rbm.Binary(Visible, Hidden), IsSetUp: true);
    }

    private static TrainingOptions Endless(TrainingOptions options) => options with { Epochs = 1_000_000 };

    /// <summary>Traces have room for so many sweeps only; a measurement makes fewer calls.</summary>
    private static void Watch(ChainSet chains, MixingRecorder recorder)
    {
        if (chains.Sweeps < 400)
        {
            chains.Run(1, recorder);
        }
    }

    private static Action Repeat(Action step) => () =>
    {
        for (int update = 0; update < Updates; update++)
        {
            step();
        }
    };

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
