using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Training;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Training;

public sealed class MissingValuesTests
{
    [Fact]
    public void Training_with_missing_values_does_what_the_naive_doubles_do() =>
        Properties.Hold(Runs(), static run =>
        {
            TestRows rows = Rows(run);
            Rbm rbm = Start(run.Visible, run.Hidden, run.Options.Seed);
            NaiveTraining naive = new(Translate.Reference(rbm), rows, run.Options);
            using Trainer trainer = new(rbm, rows, run.Options);
            for (long update = 0; !trainer.IsFinished; update++)
            {
                naive.Model = Translate.Reference(rbm);
                NaiveBounds.CopyBuffers(trainer, naive);
                double mean = NaiveBounds.MeanError(means: false, rbm);
                trainer.Step();
                naive.Step(update);
                double weight = NaiveBounds.WeightError(naive, run.Options, mean, NaiveBounds.LargestChange(naive));
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
        }, count: 80);

    [Theory]
    [InlineData(MissingValues.Marginal, TrainingAlgorithm.ContrastiveDivergence)]
    [InlineData(MissingValues.Marginal, TrainingAlgorithm.PersistentContrastiveDivergence)]
    [InlineData(MissingValues.Absent, TrainingAlgorithm.ContrastiveDivergence)]
    public void Threads_change_no_bit(MissingValues missing, TrainingAlgorithm algorithm)
    {
        Run run = new(200, 150, 130, 0.5, Grey: true, Options(missing) with { Algorithm = algorithm, BatchSize = 60, Steps = 2, MissingSteps = 2 });
        float[][] models = [.. new[] { 1, 2, 3 }.Select(threads => Trained(run with { Options = run.Options with { Threads = threads } }))];
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Fact]
    public void Complete_data_train_alike_whatever_is_asked_for_missing_values()
    {
        Run run = new(70, 20, 33, 0, Grey: false, Options(MissingValues.Absent));
        float[] expected = Trained(run with { Options = run.Options with { Missing = MissingValues.Refuse } });
        Assert.Equal(expected, Trained(run));
        Assert.Equal(expected, Trained(run with { Options = run.Options with { Missing = MissingValues.Marginal } }));
    }

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence)]
    [InlineData(TrainingAlgorithm.ParallelTempering)]
    [InlineData(TrainingAlgorithm.ExactGradient)]
    public void A_run_resumed_after_any_update_writes_the_same_bytes(TrainingAlgorithm algorithm)
    {
        Run run = new(20, 9, 53, 0.4, Grey: false, Options(MissingValues.Marginal) with { Algorithm = algorithm, Levels = 3, Epochs = 3 });
        TestRows rows = Rows(run);
        using TemporaryDirectory directory = new();
        byte[] whole = Finish(directory, new Trainer(Start(20, 9, 1), rows, run.Options));
        for (int stop = 0; stop < 18; stop += 5)
        {
            string path = directory.File("checkpoint.safetensors");
            using (Trainer first = new(Start(20, 9, 1), rows, run.Options))
            {
                while (first.State.Update < stop)
                {
                    first.Step();
                }

                TrainingCheckpoint.Save(path, first, "data");
            }

            Assert.Equal(whole, Finish(directory, TrainingCheckpoint.Resume(path, rows, "data", run.Options with { Threads = 2 })));
        }
    }

    [Fact]
    public void Missing_values_are_refused_unless_the_options_say_what_becomes_of_them()
    {
        TestRows rows = new([[1, 0, 1], [0, 1, float.NaN]]);
        string message = Assert.Throws<ArgumentException>(() => new Trainer(Rbm.Binary(3, 2), rows, new TrainingOptions { BatchSize = 2 })).Message;
        Assert.Contains("row 1, column 2", message, StringComparison.Ordinal);
        Assert.Contains("--missing", message, StringComparison.Ordinal);
        TrainingOptions options = Options(MissingValues.Marginal) with { BatchSize = 2 };
        Assert.Contains("validation rows", Assert.Throws<ArgumentException>(
            () => new Trainer(Rbm.Binary(3, 2), rows, options, rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_values_that_can_be_neither_sampled_nor_left_out_are_refused()
    {
        TestRows rows = new([[1, 0, 1], [0, 1, float.NaN]]);
        TrainingOptions absent = Options(MissingValues.Absent) with { BatchSize = 2 };
        Refused(new Rbm(new ReplicatedSoftmaxLayer(3), new BinaryLayer(2)), Options(MissingValues.Marginal) with { BatchSize = 2 });
        Refused(new Rbm(new SpinLayer(3), new BinaryLayer(2)), absent);
        Refused(new Rbm(new GaussianLayer(3), new BinaryLayer(2)), absent);
        Refused(new Rbm(new PottsLayer(3), new BinaryLayer(2)), absent);
        Refused(new Rbm(new BinaryLayer(3), new GaussianLayer(2)), absent);

        void Refused(Rbm rbm, TrainingOptions options) =>
            Assert.Contains("missing values", Assert.Throws<ArgumentException>(() => new Trainer(rbm, rows, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("double-relu")]
    [InlineData("potts:2x2")]
    public void Missing_values_of_any_units_are_drawn_given_the_observed_ones(string visible)
    {
        // A spin pulls both visible units, or groups, the same way; the second is always missing, the first is what the spin follows more.
        UnitLayer layer = UnitLayers.Parse(visible, visible[0] == 'p' ? 4 : 2);
        bool groups = layer.Kind == UnitKind.Potts;
        Rbm rbm = new(layer, new SpinLayer(1));
        rbm.Edit((weights, _, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                float size = i < weights.Height / 2 ? 12 : 6;
                weights[i, 0] = groups && i % 2 == 0 ? -size : size;
            }
        });
        TestRows rows = new(Enumerable.Range(0, 40).Select(row => groups
            ? new[] { row % 2, 1f - (row % 2), float.NaN, float.NaN }
            : new[] { row % 2 == 0 ? 6f : -6f, float.NaN }));
        TrainingOptions options = Options(MissingValues.Marginal) with
        {
            BatchSize = 40,
            Epochs = 5,
            LearningRate = LearningRateSchedule.Constant(1e-9),
            LearnUnitParameters = false,
        };
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        ulong[] bits = new ulong[1];
        for (int row = 0; row < 40; row++)
        {
            bool up;
            if (groups)
            {
                rows.CopyBits(row, bits);
                trainer.Update.Filled!.Fill(row, bits);
                Assert.Equal(1, System.Numerics.BitOperations.PopCount(bits[0] >> 2));
                up = (bits[0] >> 3 & 1) == 1;
            }
            else
            {
                Matrix kept = trainer.Update.Values.Single(static buffer => buffer.Name == "missing_values").Values;
                Assert.Equal(rows[row][0], kept[row, 0]);
                up = kept[row, 1] > 0;
            }

            // Six standard deviations, or odds of e^24.
            Assert.Equal(row % 2 == 0, up);
        }
    }

    [Fact]
    public void Spins_and_hidden_units_of_other_kinds_sample_missing_values_as_well()
    {
        // A spin v is 2 b - 1 of a bit b: strong weights make both visible units equal, of which the second is always missing.
        foreach (UnitLayer hidden in (UnitLayer[])[new BinaryLayer(1), new SpinLayer(1), new PottsLayer(2)])
        {
            Rbm rbm = new(new SpinLayer(2), hidden);
            rbm.Edit((weights, _, hiddenBias) =>
            {
                weights[0, 0] = weights[1, 0] = 9;
                weights[0, weights.Width - 1] = weights[1, weights.Width - 1] = hidden.Kind == UnitKind.Potts ? -9 : 9;
                hiddenBias.Clear();
            });
            TestRows rows = new(Enumerable.Range(0, 20).Select(static row => new[] { row % 2 == 0 ? 1f : 0f, float.NaN }));
            using Trainer trainer = new(rbm, rows, Options(MissingValues.Marginal) with { BatchSize = 20, Epochs = 50, LearningRate = LearningRateSchedule.Constant(1e-9) });
            trainer.Run(cancellation: TestContext.Current.CancellationToken);
            ulong[] bits = new ulong[1];
            for (int row = 0; row < 20; row++)
            {
                rows.CopyBits(row, bits);
                trainer.Update.Filled!.Fill(row, bits);

                // A binary hidden unit couples spins only where both are up.
                Assert.True(hidden.Kind == UnitKind.Binary ? row % 2 != 0 || bits[0] == 3 : bits[0] == (row % 2 == 0 ? 3UL : 0UL), $"{hidden.Name} {row}: {bits[0]}");
            }
        }
    }

    [Fact]
    public void Options_that_dont_go_with_missing_values_are_refused_by_name()
    {
        TrainingOptions marginal = Options(MissingValues.Marginal);
        TrainingOptions absent = Options(MissingValues.Absent);
        Refused("binarization", marginal with { Binarization = Binarization.None });
        Refused("missing", marginal with { Algorithm = TrainingAlgorithm.PseudoLikelihood });
        Refused("missing", absent with { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence });
        Refused("centring", absent with { Centring = Centring.Data });
        Refused("missing steps", marginal with { MissingSteps = 0 });
        Refused("missing", marginal with { Missing = (MissingValues)7 });
    }

    [Fact]
    public void Figures_of_partial_rows_are_those_of_observed_values_or_none()
    {
        // Both layers of the model are independent, so that a reconstruction is the unit's mean whatever the hidden states.
        Rbm rbm = Rbm.Binary(3, 2);
        rbm.Edit(static (_, visible, _) => (visible[0], visible[1]) = (MathF.Log(3), -MathF.Log(3)));
        TestRows rows = new([[1, float.NaN, float.NaN], [0, 1, float.NaN]]);
        using Trainer trainer = new(rbm, rows, Options(MissingValues.Marginal) with { BatchSize = 2 }, new TestRows([[1f, 0, 1]]));
        TrainingFigures figures = trainer.Measure();
        Assert.Equal(((0.25 * 0.25) + (0.75 * 0.75) + (0.75 * 0.75)) / 3, figures.ReconstructionError, 1e-6);
        Assert.True(double.IsNaN(figures.LogPseudoLikelihood));
        Assert.True(double.IsNaN(figures.FreeEnergyGap));
        Assert.True(double.IsNaN(figures.LogLikelihood));
    }

    [Fact]
    public void Means_and_first_biases_are_those_of_observed_values()
    {
        TestRows rows = new([[1, float.NaN, float.NaN], [0, 1, float.NaN], [1, 1, float.NaN]]);
        Assert.Equal([2f / 3, 1, 0.5f], DataMeans.Of(rows, Options(MissingValues.Marginal)));
        Rbm rbm = RbmInitializer.Normal(rows, 2, seed: 1);
        Assert.Equal(Math.Log(3.0 / 2), rbm.Visible.Bias[0], 1e-6);
        Assert.Equal(Math.Log(3.0), rbm.Visible.Bias[1], 1e-6);
        Assert.Equal(0, rbm.Visible.Bias[2], 1e-6);
    }

    [Fact]
    public void Half_of_the_values_are_enough_to_learn_bars_and_stripes()
    {
        // Complete patterns, many times, with half of the pixels hidden: more than the independent model (-16 log 2) is learned from them.
        Dataset patterns = DatasetSource.Open("bars-and-stripes");
        byte[] values = [.. Enumerable.Range(0, 40 * patterns.Rows * 16).Select(i => ((BitDataset)patterns)[i / 16 % patterns.Rows, i % 16] ? (byte)1 : (byte)0)];
        Dataset rows = BitDataset.FromBytes("patterns", 40 * patterns.Rows, 16, values).Hide(0.5, seed: 3);
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 12, seed: 1, deviation: 0.1);
        TrainingOptions options = Options(MissingValues.Marginal) with
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            BatchSize = 100,
            Epochs = 600,
            LearningRate = new LearningRateSchedule { Initial = 0.3, Final = 0.001, Shape = ScheduleShape.Linear },
        };
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        double trained = FastRbm.Evaluation.ExactLikelihood.Evaluate(rbm, patterns).LogLikelihood;
        Assert.True(trained > (-16 * Math.Log(2)) + 4, $"{trained}");
    }

    private static void Refused(string name, TrainingOptions options) =>
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => options.Validate(100)).ParamName);

    private static TrainingOptions Options(MissingValues missing) => new()
    {
        Missing = missing,
        Centring = missing == MissingValues.Absent ? Centring.None : Centring.Data,
        BatchSize = 10,
        Epochs = 2,
        LearningRate = LearningRateSchedule.Constant(0.2),
    };

    private static byte[] Finish(TemporaryDirectory directory, Trainer trainer)
    {
        using Trainer run = trainer;
        run.Run();
        string path = directory.File("finished.safetensors");
        TrainingCheckpoint.Save(path, run, "data");
        return File.ReadAllBytes(path);
    }

    private static float[] Trained(Run run)
    {
        Rbm rbm = Start(run.Visible, run.Hidden, 1);
        using Trainer trainer = new(rbm, Rows(run), run.Options);
        trainer.Run();
        return [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];
    }

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
        SplitMix64 random = new(run.Options.Seed + 1000);
        float[][] rows = [.. Enumerable.Range(0, run.Rows).Select(_ =>
        {
            float[] row = run.Grey ? random.NextFloats(run.Visible, 0, 1) : Array.ConvertAll(random.NextBits(run.Visible, 0.4), on => on ? 1f : 0f);
            bool[] missing = random.NextBits(run.Visible, run.MissingShare);
            return row.Zip(missing, static (value, hidden) => hidden ? float.NaN : value).ToArray();
        })];
        return new TestRows(rows);
    }

    private static Arbitrary<Run> Runs() =>
        Arb.From(
            from visible in Gen.Elements(1, 2, 5, 64, 65, 70)
            from hidden in Gen.Elements(1, 3, 9, 65)
            from rows in Gen.Choose(1, 11)
            from batch in Gen.Choose(1, rows)
            from chains in Gen.Elements(0, 3, 12)
            from steps in Gen.Choose(1, 2)
            from missingSteps in Gen.Choose(1, 3)
            from absent in Gen.Elements(true, false, false)
            from persistent in Gen.Elements(true, false)
            from binarization in Gen.Elements(Binarization.Threshold, Binarization.Sample)
            from grey in Gen.Elements(true, false)
            from share in Gen.Elements(0.1, 0.5, 0.9, 1)
            from centring in Gen.Elements(Enum.GetValues<Centring>())
            from weighted in Gen.Elements(false, false, true)
            from seed in Gen.Choose(1, 1_000_000)
            select new Run(visible, hidden, rows, share, grey, new TrainingOptions
            {
                Missing = absent ? MissingValues.Absent : MissingValues.Marginal,
                MissingSteps = missingSteps,
                Algorithm = persistent && !absent ? TrainingAlgorithm.PersistentContrastiveDivergence : TrainingAlgorithm.ContrastiveDivergence,
                Binarization = binarization,
                BatchSize = batch,
                Chains = chains,
                Steps = steps,
                Epochs = 2,
                LearningRate = LearningRateSchedule.Constant(0.2),
                Centring = absent ? Centring.None : centring,
                RowWeights = weighted ? new SplitMix64((ulong)seed).NextFloats(rows, 0.1f, 2) : [],
                Seed = (ulong)seed,
                Threads = 2,
            }));

    private sealed record Run(int Visible, int Hidden, int Rows, double MissingShare, bool Grey, TrainingOptions Options);
}
