using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Testing;
using FastRbm.Training;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Training;

[Collection(AllocationGroup.Name)]
public sealed class TrainerTests
{
    [Fact]
    public void Training_does_what_the_naive_doubles_do() =>
        Properties.Hold(Runs(), run =>
        {
            TestRows rows = Rows(run);
            Rbm rbm = Start(run.Visible, run.Hidden, run.Seed);
            NaiveTraining naive = new(Translate.Reference(rbm), rows, run.Options);
            using Trainer trainer = new(rbm, rows, run.Options);
            for (long update = 0; !trainer.IsFinished; update++)
            {
                // Each update starts from the trainer's parameters and velocities: errors can't add up, so that they have a bound.
                naive.Model = Translate.Reference(rbm);
                NaiveBounds.CopyBuffers(trainer, naive);
                double mean = NaiveBounds.MeanError(run.Grey && run.Options.Binarization == Binarization.None, rbm);
                trainer.Step();
                naive.Step(update);
                double change = NaiveBounds.LargestChange(naive);
                double weight = NaiveBounds.WeightError(naive, run.Options, mean, change);
                for (int i = 0; i < run.Visible; i++)
                {
                    NaiveBounds.Near(weight * (1 + run.Hidden), naive.Model.VisibleBias[i], rbm.Visible.Bias[i]);
                    for (int j = 0; j < run.Hidden; j++)
                    {
                        NaiveBounds.Near(weight, naive.Model.Weight(i, j), rbm.Weights[i, j]);
                        NaiveBounds.Near(weight * (1 + run.Visible), naive.Model.HiddenBias[j], rbm.Hidden.Bias[j]);
                    }
                }
            }
        }, count: 150);

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, Binarization.Threshold)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, Binarization.Sample)]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, Binarization.None)]
    public void Threads_change_no_bit(TrainingAlgorithm algorithm, Binarization binarization)
    {
        Run run = new(200, 150, 130, 0.4, Grey: true, 3, new TrainingOptions
        {
            Algorithm = algorithm,
            Binarization = binarization,
            BatchSize = 60,
            Epochs = 2,
            Steps = 2,
            Momentum = MomentumSchedule.Constant(0.5),
            WeightDecay = 1e-3,
        });
        float[][] models = [.. new[] { 1, 2, 3 }.Select(threads => Trained(run with { Options = run.Options with { Threads = threads } }))];
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Fact]
    public void Binary_data_train_alike_whatever_is_asked_for_values_in_between()
    {
        Run run = new(30, 20, 25, 0.3, Grey: false, 4, new TrainingOptions { BatchSize = 10, Epochs = 2 });
        float[] expected = Trained(run);
        Assert.Equal(expected, Trained(run with { Options = run.Options with { Binarization = Binarization.Sample } }));
        Assert.Equal(expected, Trained(run with { Options = run.Options with { Binarization = Binarization.None } }));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        foreach (TrainingAlgorithm algorithm in Enum.GetValues<TrainingAlgorithm>().Where(static algorithm => algorithm <= TrainingAlgorithm.FastPersistentContrastiveDivergence))
        {
            foreach (Binarization binarization in Enum.GetValues<Binarization>())
            {
                Run run = new(150, 130, 200, 0.3, Grey: true, 5, new TrainingOptions
                {
                    Algorithm = algorithm,
                    Binarization = binarization,
                    BatchSize = 64,
                    Epochs = 1000,
                    Threads = 2,
                });
                using Trainer trainer = new(Start(150, 130, 1), Rows(run), run.Options);

                // Sixty-five updates pass an epoch's end and a snapshot.
                Assert.Equal(0, AllocationGate.BytesOf(() =>
                {
                    for (int update = 0; update < 65; update++)
                    {
                        trainer.Step();
                    }
                }));
            }
        }
    }

    [Fact]
    public void Figures_and_reports_allocate_nothing()
    {
        Run run = new(40, 30, 50, 0.3, Grey: false, 5, new TrainingOptions { BatchSize = 10, Epochs = 1000 });
        TestRows rows = Rows(run);
        using Trainer trainer = new(Start(40, 30, 1), rows, run.Options, rows);
        Assert.Equal(0, AllocationGate.BytesOf(() => trainer.Measure()));
    }

    [Fact]
    public void Figures_are_what_they_say()
    {
        Run run = new(5, 3, 40, 0.5, Grey: false, 6, new TrainingOptions { BatchSize = 10, Epochs = 3 });
        TestRows rows = Rows(run);
        Rbm rbm = Start(5, 3, 2);
        using Trainer trainer = new(rbm, rows, run.Options, Rows(run with { Seed = 9 }));
        List<TrainingProgress> reports = [];
        trainer.Run(new Collector(reports));
        Assert.Equal(12, reports.Count);
        TrainingProgress[] ends = [.. reports.Where(report => report.EpochCompleted)];
        Assert.Equal([1, 2, 3], ends.Select(end => end.Epoch));
        Assert.Equal([4L, 8L, 12L], ends.Select(end => end.Updates));
        Assert.All(reports, report => Assert.Equal(12, report.TotalUpdates));

        ReferenceRbm model = Translate.Reference(rbm);
        bool[][] data = [.. Enumerable.Range(0, rows.Rows).Select(row => Array.ConvertAll(rows[row], value => value == 1))];
        TestRows validation = Rows(run with { Seed = 9 });
        double gap = Enumerable.Range(0, validation.Rows).Average(row => model.FreeEnergy(Array.ConvertAll(validation[row], value => value == 1)))
            - data.Average(model.FreeEnergy);
        Assert.InRange(ends[2].Figures.FreeEnergyGap, gap - 1e-9, gap + 1e-9);

        // The stochastic figure averages one unit a row: its spread over rows bounds the distance (four standard errors).
        double pseudo = model.LogPseudoLikelihood(data);
        Assert.InRange(ends[2].Figures.LogPseudoLikelihood, pseudo - 2.2, pseudo + 2.2);
        Assert.InRange(ends[2].Figures.ReconstructionError, 0.05, 0.4);
        using Trainer without = new(Start(5, 3, 2), rows, run.Options);
        Assert.True(double.IsNaN(without.Measure().FreeEnergyGap));
    }

    [Fact]
    public void Training_beats_the_start_and_the_independent_model_on_bars_and_stripes()
    {
        FastRbm.Data.Dataset rows = FastRbm.Data.DatasetSource.Open("bars-and-stripes");
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 16, seed: 1, deviation: 0.1);
        double start = ExactLikelihood.Evaluate(RbmParameters.From(rbm), rows).LogLikelihood;
        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            Chains = 100,
            BatchSize = 32,
            Epochs = 20_000,
            LearningRate = new LearningRateSchedule { Initial = 0.1, Final = 0.001, Shape = ScheduleShape.Linear },
        };
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run();
        double trained = ExactLikelihood.Evaluate(RbmParameters.From(rbm), rows).LogLikelihood;

        // Every pixel of the set is on in half of the rows: the independent model gives each of the 2^16 pictures the same.
        double independent = -16 * Math.Log(2);
        Assert.InRange(start, independent - 0.5, independent + 0.5);
        Assert.True(trained > independent + 6, $"independent {independent}, start {start}, trained {trained}");
        Assert.True(trained < -3.3791, $"trained {trained} is above the entropy bound");
    }

    [Fact]
    public void A_diverging_run_is_stopped_and_its_last_good_state_kept()
    {
        Run run = new(20, 10, 30, 0.5, Grey: false, 7, new TrainingOptions
        {
            BatchSize = 10,
            Epochs = 1000,
            LearningRate = LearningRateSchedule.Constant(0.5),
            DivergenceLimit = 30,
        });
        Rbm rbm = Start(20, 10, 3);
        using Trainer trainer = new(rbm, Rows(run), run.Options);
        DivergenceException stopped = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.True(stopped.InputBound > 30);
        Assert.Equal((stopped.Update - 1) / 64 * 64, stopped.LastGoodUpdate);
        Assert.Equal(stopped.LastGoodUpdate, trainer.State.Update);
        Assert.True(rbm.InputBound <= 30);
        Assert.Contains($"update {stopped.Update}", stopped.Message);

        // The kept state is that of a run of as many updates.
        Rbm other = Start(20, 10, 3);
        using Trainer shorter = new(other, Rows(run), run.Options);
        while (shorter.State.Update < stopped.LastGoodUpdate)
        {
            shorter.Step();
        }

        Assert.Equal(Values(other), Values(rbm));
    }

    [Fact]
    public void Weight_decay_that_explodes_is_stopped_too()
    {
        // Rate times decay is 1000 * 1000: numbers leave the floats within a few updates.
        Run run = new(20, 10, 30, 0.5, Grey: false, 7, new TrainingOptions
        {
            BatchSize = 10,
            Epochs = 100,
            LearningRate = LearningRateSchedule.Constant(1000),
            WeightDecay = 1000,
            DivergenceLimit = 1e6,
        });
        using Trainer trainer = new(Start(20, 10, 3), Rows(run), run.Options);
        Assert.Equal(0, Assert.Throws<DivergenceException>(() => trainer.Run()).LastGoodUpdate);
        Assert.All(Values(trainer.Model), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_cancelled_run_can_go_on_as_if_nothing_had_been()
    {
        Run run = new(20, 10, 55, 0.5, Grey: false, 8, new TrainingOptions { BatchSize = 10, Epochs = 6 });
        using CancellationTokenSource source = new();
        Rbm rbm = Start(20, 10, 8);
        using Trainer trainer = new(rbm, Rows(run), run.Options);
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Canceller(source, 9), source.Token));
        Assert.Equal(new TrainerState(1, 30, 9), trainer.State);
        trainer.Run();
        Assert.Equal(Trained(run), Values(rbm));
        Assert.True(trainer.IsFinished);
        Assert.Throws<InvalidOperationException>(trainer.Step);
    }

    [Fact]
    public void Data_of_another_width_are_refused()
    {
        TrainingOptions options = new() { BatchSize = 2 };
        TestRows rows = new(Enumerable.Repeat(new bool[3], 10));
        Assert.Contains("4", Assert.Throws<ArgumentException>(() => new Trainer(Rbm.Binary(4, 2), rows, options)).Message);
        Assert.Throws<ArgumentException>(() => new Trainer(Rbm.Binary(3, 2), rows, options, new TestRows([new bool[4]])));
    }

    private static float[] Trained(Run run)
    {
        Rbm rbm = Start(run.Visible, run.Hidden, run.Seed);
        using Trainer trainer = new(rbm, Rows(run), run.Options);
        trainer.Run();
        return Values(rbm);
    }

    private static float[] Values(Rbm rbm) => [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];

    private static Rbm Start(int visible, int hidden, ulong seed)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            SplitMix64 random = new(seed);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -0.5f, 0.5f).CopyTo(weights.GetRowSpan(i));
            }

            random.NextFloats(visibleBias.Length, -1, 1).CopyTo(visibleBias);
            random.NextFloats(hiddenBias.Length, -1, 1).CopyTo(hiddenBias);
        });
        return rbm;
    }

    private static TestRows Rows(Run run)
    {
        SplitMix64 random = new(run.Seed + 1000);
        return new TestRows(Enumerable.Range(0, run.Rows).Select(_ => run.Grey
            ? random.NextFloats(run.Visible, 0, 1)
            : Array.ConvertAll(random.NextBits(run.Visible, run.Density), on => on ? 1f : 0f)));
    }

    private static Arbitrary<Run> Runs() =>
        Arb.From(
            from visible in Gen.Elements(1, 2, 5, 17, 64, 65, 70)
            from hidden in Gen.Elements(1, 2, 3, 9, 63, 65)
            from rows in Gen.Choose(1, 11)
            from batch in Gen.Choose(1, rows)
            from chains in Gen.Elements(0, 0, 1, 3, 7, 12)
            from steps in Gen.Choose(1, 3)
            from epochs in Gen.Choose(1, 3)
            from algorithm in Gen.Elements(TrainingAlgorithm.ContrastiveDivergence, TrainingAlgorithm.PersistentContrastiveDivergence)
            from binarization in Gen.Elements(Enum.GetValues<Binarization>())
            from grey in Gen.Elements(true, false)
            from density in Gen.Elements(0.1, 0.5, 0.9)
            from momentum in Gen.Elements(0, 0.5)
            from l2 in Gen.Elements(0, 0.01)
            from l1 in Gen.Elements(0, 0.02)
            from groups in Gen.Elements(0, 0, 0.05)
            from norm in Gen.Elements(0, 0, 0.7)
            from sparsity in Gen.Elements(0, 0, 0.1)
            from centring in Gen.Elements(Enum.GetValues<Centring>())
            from rule in Gen.Elements(StepRule.Momentum, StepRule.Momentum, StepRule.Adam)
            from weighted in Gen.Elements(false, false, true)
            from masked in Gen.Elements(false, false, true)
            from seed in Gen.Choose(1, 1_000_000)
            select new Run(visible, hidden, rows, density, grey, (ulong)seed, new TrainingOptions
            {
                Algorithm = algorithm,
                Binarization = binarization,
                BatchSize = batch,
                Chains = chains,
                Steps = steps,
                Epochs = epochs,
                LearningRate = new LearningRateSchedule { Initial = 0.2, Final = 0.1, Shape = ScheduleShape.Linear },
                Momentum = new MomentumSchedule { Initial = 0, Final = momentum, RampEpochs = 1 },
                WeightDecay = l2,
                L1Decay = l1,
                GroupDecay = groups,
                MaxNorm = norm,
                SparsityCost = sparsity,
                Centring = centring,
                StepRule = rule,
                Epsilon = 0.1,
                SquareMomentum = 0.9,
                RowWeights = weighted ? new SplitMix64((ulong)seed).NextFloats(rows, 0.1f, 2) : [],
                WeightMask = masked ? new SplitMix64((ulong)seed).NextBits(visible * hidden, 0.7) : [],
                Seed = (ulong)seed,
                Threads = 2,
            }));

    private sealed record Run(int Visible, int Hidden, int Rows, double Density, bool Grey, ulong Seed, TrainingOptions Options);

    private sealed class Collector(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource source, long after) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Updates == after)
            {
                source.Cancel();
            }
        }
    }
}
