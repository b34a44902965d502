using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Classification;
using FastRbm.Tests.Testing;
using FastRbm.Training;
using FastRbm.Training.Classification;

namespace FastRbm.Tests.Training.Classification;

[Collection(AllocationGroup.Name)]
public sealed class ClassificationTrainerTests
{
    private const double Rate = 0.25;

    [Theory]
    [InlineData(false, Binarization.Threshold)]
    [InlineData(true, Binarization.None)]
    [InlineData(true, Binarization.Threshold)]
    public void A_discriminative_update_is_the_exact_gradient(bool grey, Binarization binarization)
    {
        ClassificationRbm model = ClassificationModels.Random(4, 3, 5, 1);
        LabelledTestRows rows = ClassificationModels.Rows(19, 4, 3, 2, grey);
        ReferenceClassification before = ClassificationModels.Reference(model);
        double[] expected = before.Gradient(reference => Enumerable.Range(0, rows.Rows).Average(row => reference.Discriminative(Values(rows, row, binarization), rows.Labels.Span[row])));
        Compare(expected, Change(model, rows, Plain(ClassificationObjective.Discriminative, 19) with { Binarization = binarization }));
    }

    [Fact]
    public void Minibatches_weigh_their_rows()
    {
        // 10 and 3 rows: two updates from the same start, the second with three tenths of the weight.
        ClassificationRbm model = ClassificationModels.Random(4, 3, 5, 1);
        LabelledTestRows rows = ClassificationModels.Rows(13, 4, 3, 2);
        ReferenceClassification before = ClassificationModels.Reference(model);
        using ClassificationTrainer trainer = new(model, rows, Plain(ClassificationObjective.Discriminative, 10) with { LearningRate = LearningRateSchedule.Constant(1e-3) });
        trainer.Step();
        trainer.Step();
        Assert.Equal(1, trainer.State.Epoch);
        double[] expected = before.Gradient(reference => Enumerable.Range(0, rows.Rows).Sum(row => reference.Discriminative(Values(rows, row, Binarization.Threshold), rows.Labels.Span[row]) / 10));
        double[] after = ClassificationModels.Parameters(model);
        Assert.All(expected, (value, p) => Assert.Equal(value, (before.Parameters[p] - after[p]) / 1e-3, 2e-3));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 2)]
    public void A_generative_update_is_the_gradient_where_chains_have_one_place_to_go(bool persistent, int steps)
    {
        // Biases of 40 leave v and y of the negative phase no choice, so that it is exact; the positive phase is that of the rows.
        ClassificationRbm model = ClassificationModels.Random(3, 3, 4, 3, scale: 0.5f);
        model.Edit(static (_, _, visibleBias, classBias, _) =>
        {
            visibleBias[0] = 40;
            visibleBias[1] = -40;
            visibleBias[2] = 40;
            classBias[1] = 40;
        });
        LabelledTestRows rows = ClassificationModels.Rows(40, 3, 3, 4);
        ReferenceClassification before = ClassificationModels.Reference(model);
        double[] expected = before.Gradient(reference => reference.LogPartition() + Enumerable.Range(0, rows.Rows).Average(row => reference.FreeEnergy(Values(rows, row, Binarization.Threshold), rows.Labels.Span[row])));
        Compare(expected, Change(model, rows, Plain(ClassificationObjective.Generative, 40) with { Persistent = persistent, Steps = steps }), 1e-4);
    }

    [Fact]
    public void Offsets_turn_the_gradient_as_their_formula_says()
    {
        // With means m of data and l of hidden units: dW = g_W - m g_c' - g_b l', dc = g_c - dW'm, db = g_b - dW l, over v and y as one layer.
        LabelledTestRows rows = ClassificationModels.Rows(30, 5, 3, 5);
        ClassificationRbm model = ClassificationModels.Random(5, 3, 4, 6);
        double[] plain = Change(ClassificationModels.Random(5, 3, 4, 6), rows, Plain(ClassificationObjective.Discriminative, 30));
        double[] found = Change(model, rows, Plain(ClassificationObjective.Discriminative, 30) with { Centring = Centring.Data });
        ReferenceClassification reference = ClassificationModels.Reference(ClassificationModels.Random(5, 3, 4, 6));
        double[] hidden = new double[4];
        double[] visible = new double[8];
        for (int row = 0; row < 30; row++)
        {
            double[] v = Values(rows, row, Binarization.Threshold);
            double[] means = reference.MeanHidden(v, rows.Labels.Span[row]);
            for (int j = 0; j < 4; j++)
            {
                hidden[j] += means[j] / 30;
            }

            for (int i = 0; i < 8; i++)
            {
                visible[i] += (i < 5 ? v[i] : rows.Labels.Span[row] == i - 5 ? 1 : 0) / 30;
            }
        }

        double[] expected = [.. plain];
        for (int i = 0; i < 8; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                double step = plain[(i * 4) + j] - (visible[i] * plain[40 + j]) - (plain[32 + i] * hidden[j]);
                expected[(i * 4) + j] = step;
                expected[40 + j] -= step * visible[i];
                expected[32 + i] -= step * hidden[j];
            }
        }

        Compare(expected, found);
    }

    [Fact]
    public void A_hybrid_update_is_the_discriminative_one_and_its_share_of_the_generative_one()
    {
        LabelledTestRows rows = ClassificationModels.Rows(60, 20, 3, 5, grey: true);
        double[] Of(ClassificationObjective objective) => Change(
            ClassificationModels.Random(20, 3, 17, 6), rows, Plain(objective, 60) with { GenerativeWeight = 0.3, Binarization = Binarization.Sample });
        double[] discriminative = Of(ClassificationObjective.Discriminative);
        double[] generative = Of(ClassificationObjective.Generative);
        double[] hybrid = Of(ClassificationObjective.Hybrid);
        Assert.All(hybrid, (value, p) => Assert.Equal(discriminative[p] + (0.3 * generative[p]), value, 1e-5));
    }

    [Fact]
    public void A_semi_supervised_update_is_the_hybrid_one_where_rows_without_labels_weigh_nothing()
    {
        LabelledTestRows rows = ClassificationModels.Rows(60, 20, 3, 5, label: static row => row < 20 ? (byte)(row % 3) : ClassLabels.Unlabelled);
        double[] hybrid = Change(ClassificationModels.Random(20, 3, 17, 6), rows, Plain(ClassificationObjective.Hybrid, 20));
        double[] semi = Change(
            ClassificationModels.Random(20, 3, 17, 6), rows, Plain(ClassificationObjective.SemiSupervised, 40) with { LabelledBatchSize = 20, UnlabelledWeight = 0 });
        Assert.All(hybrid, (value, p) => Assert.Equal(value, semi[p], 1e-5));
    }

    [Theory]
    [InlineData(ClassificationObjective.Discriminative, false, Binarization.None)]
    [InlineData(ClassificationObjective.Hybrid, false, Binarization.Sample)]
    [InlineData(ClassificationObjective.Generative, true, Binarization.Threshold)]
    [InlineData(ClassificationObjective.SemiSupervised, false, Binarization.None)]
    [InlineData(ClassificationObjective.SemiSupervised, true, Binarization.Sample)]
    public void Threads_change_no_bit_and_a_step_allocates_nothing(ClassificationObjective objective, bool persistent, Binarization binarization)
    {
        LabelledTestRows rows = Rows(objective, 120, 70);
        double[] Trained(int threads)
        {
            ClassificationRbm model = ClassificationModels.Random(70, 3, 131, 7, scale: 0.1f);
            using ClassificationTrainer trainer = new(model, rows, Options(objective, persistent, binarization) with { Threads = threads }, ClassificationModels.Rows(20, 70, 3, 8));
            trainer.Run();
            return [.. ClassificationModels.Parameters(model), trainer.Figures.ValidationError, trainer.Figures.TrainingCrossEntropy];
        }

        double[] one = Trained(1);
        Assert.Equal(one, Trained(2));
        using ClassificationTrainer endless = new(
            ClassificationModels.Random(70, 3, 131, 7, scale: 0.1f), rows, Options(objective, persistent, binarization) with { Threads = 2, Epochs = 100_000 },
            ClassificationModels.Rows(20, 70, 3, 8));
        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            for (int update = 0; update < 65; update++)
            {
                endless.Step();
            }
        }));
    }

    [Theory]
    [InlineData(ClassificationObjective.Hybrid, true, Binarization.Sample, 0)]
    [InlineData(ClassificationObjective.Discriminative, false, Binarization.None, 2)]
    [InlineData(ClassificationObjective.SemiSupervised, false, Binarization.Sample, 0)]
    public void A_run_resumed_after_any_update_writes_the_same_bytes(ClassificationObjective objective, bool persistent, Binarization binarization, int patience)
    {
        LabelledTestRows rows = Rows(objective, 90, 20);
        LabelledTestRows validation = ClassificationModels.Rows(20, 20, 3, 8);
        ClassificationOptions options = Options(objective, persistent, binarization) with { Epochs = 4, Patience = patience, AveragedShare = patience > 0 ? 0 : 0.5 };
        using TemporaryDirectory directory = new();
        string path = directory.File("checkpoint.safetensors");
        byte[] whole = Finish(directory, new ClassificationTrainer(ClassificationModels.Random(20, 3, 7, 7), rows, options, validation));
        for (int stop = 0; stop < 9; stop += 2)
        {
            using (ClassificationTrainer first = new(ClassificationModels.Random(20, 3, 7, 7), rows, options, validation))
            {
                while (first.Update < stop && !first.IsFinished)
                {
                    first.Step();
                }

                ClassificationFile.SaveCheckpoint(path, first, "data");
            }

            Assert.Equal(whole, Finish(directory, ClassificationFile.ResumeCheckpoint(path, rows, "data", options with { Threads = 2 }, validation)));
        }

        InvalidInputException other = Assert.Throws<InvalidInputException>(
            () => ClassificationFile.ResumeCheckpoint(path, rows, "other", options with { Seed = 9, GenerativeWeight = 0.7 }, validation));
        Assert.Contains("seed 1 in the checkpoint, 9 now", other.Message, StringComparison.Ordinal);
        Assert.Contains("data", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patience_ends_a_run_with_the_best_parameters()
    {
        LabelledTestRows rows = ClassificationModels.Rows(60, 30, 2, 1);
        LabelledTestRows validation = ClassificationModels.Rows(200, 30, 2, 2);
        ClassificationRbm model = ClassificationModels.Random(30, 2, 40, 3, scale: 0.1f);
        ClassificationOptions options = Plain(ClassificationObjective.Discriminative, 60) with { Epochs = 500, Patience = 5 };
        using ClassificationTrainer trainer = new(model, rows, options, validation);
        List<ClassificationProgress> epochs = [];
        trainer.Run(new Collector(epochs));
        Assert.True(trainer.StoppedEarly);
        ClassificationFigures best = epochs.Select(static epoch => epoch.Figures).OrderBy(static figures => figures.ValidationError).ThenBy(static figures => figures.ValidationCrossEntropy).First();
        Matrix lines = new(validation.Rows, 2);
        model.LogProbabilities(validation, 0, lines);
        double loss = Enumerable.Range(0, validation.Rows).Average(row => -lines[row, validation.Labels.Span[row]]);
        Assert.Equal(best.ValidationCrossEntropy, loss, 1e-6);
        Assert.Equal(best.ValidationError, Enumerable.Range(0, validation.Rows).Average(row => lines[row, validation.Labels.Span[row]] < Math.Log(0.5) ? 1.0 : 0), 1e-9);
    }

    [Fact]
    public void Figures_of_training_are_those_before_each_update()
    {
        LabelledTestRows rows = ClassificationModels.Rows(30, 4, 3, 2);
        ClassificationRbm model = ClassificationModels.Random(4, 3, 5, 1);
        ReferenceClassification before = ClassificationModels.Reference(model);
        using ClassificationTrainer trainer = new(model, rows, Plain(ClassificationObjective.Hybrid, 30));
        trainer.Step();
        Assert.Equal(Enumerable.Range(0, 30).Average(row => before.Discriminative(Values(rows, row, Binarization.Threshold), rows.Labels.Span[row])), trainer.Figures.TrainingCrossEntropy, 1e-5);
        Assert.True(double.IsNaN(trainer.Figures.ValidationError));
    }

    [Fact]
    public void A_diverging_run_stops_with_its_last_good_state()
    {
        LabelledTestRows rows = ClassificationModels.Rows(30, 4, 3, 2);
        ClassificationRbm model = ClassificationModels.Random(4, 3, 5, 1);
        using ClassificationTrainer trainer = new(model, rows, Plain(ClassificationObjective.Generative, 30) with { LearningRate = LearningRateSchedule.Constant(1000), DivergenceLimit = 50, Epochs = 50 });
        double[] start = ClassificationModels.Parameters(model);
        DivergenceException divergence = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.Equal(0, divergence.LastGoodUpdate);
        Assert.Equal(start, ClassificationModels.Parameters(model));
    }

    [Fact]
    public void Data_and_options_that_make_no_sense_are_refused()
    {
        static LabelledTestRows With(Func<int, byte> label, int columns = 4) => ClassificationModels.Rows(20, columns, 3, 1, label: label);
        LabelledTestRows good = With(static row => (byte)(row % 3));
        ClassificationOptions options = Plain(ClassificationObjective.Hybrid, 10);
        Refused("a label from 0 to 2 in row 5", With(static row => row == 5 ? (byte)3 : (byte)(row % 3)), options);
        Refused("none of class 2", With(static row => (byte)(row % 2)), options);
        Refused("rows with class labels", With(static _ => ClassLabels.Unlabelled), options);
        Refused("rows of 4 values", With(static row => (byte)(row % 3), columns: 5), options);
        Refused("some rows without labels", good, options with { Objective = ClassificationObjective.SemiSupervised });
        Refused("batch size", good, options with { BatchSize = 21 });
        Refused("generative weight", good, options with { GenerativeWeight = -1 });
        Refused("generative weight", good, options with { GenerativeWeight = double.NaN });
        Refused("validation", good, options with { Patience = 1 });
        Refused("averaged share", good, options with { Patience = 1, AveragedShare = 0.1 }, good);
        Refused("in row 0", good, options, With(static _ => 7));
        Refused("objective", good, options with { Objective = (ClassificationObjective)9 });
        LabelledTestRows wide = new([[0, 2, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]], [0, 1, 2]);
        Refused("row 0, column 1", wide, options with { BatchSize = 3 });
        Assert.Contains("at least two classes", Assert.Throws<ArgumentException>(() => ClassLabels.Count(With(static _ => 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_are_those_of_the_data()
    {
        LabelledTestRows rows = ClassificationModels.Rows(30, 6, 3, 2, label: static row => row < 20 ? (byte)(row % 3 == 0 ? 0 : (row % 2) + 1) : ClassLabels.Unlabelled);
        ClassificationRbm model = ClassificationInitializer.Normal(rows, 3, 400, seed: 4);
        int[] counts = [.. Enumerable.Range(0, 3).Select(y => rows.Labels.Span.Count((byte)y))];
        Assert.All(counts, (count, y) => Assert.Equal(Math.Log((count + 1.0) / 23), model.ClassBias[y], 1e-6));
        double deviation = Math.Sqrt(ClassificationModels.Parameters(model).Take(9 * 400).Average(static weight => weight * weight));
        Assert.InRange(deviation, 0.9 / Math.Sqrt(1200), 1.1 / Math.Sqrt(1200));
        Assert.NotEqual(model.Weights[0, 0], model.ClassWeights[0, 0]);
        Rbm rbm = RbmInitializer.Normal(rows, 5, seed: 1);
        ClassificationRbm started = ClassificationInitializer.From(rbm, rows, 3, seed: 1);
        Assert.Equal(rbm.Weights[3, 4], started.Weights[3, 4]);
        Assert.Equal(model.ClassBias.ToArray(), started.ClassBias.ToArray());
        Assert.NotEqual(0, started.ClassWeights[2, 4]);
    }

    private static void Refused(string expected, LabelledTestRows rows, ClassificationOptions options, LabelledTestRows? validation = null)
    {
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => new ClassificationTrainer(new ClassificationRbm(4, 3, 2), rows, options, validation));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Finish(TemporaryDirectory directory, ClassificationTrainer trainer)
    {
        string path = directory.File("model.safetensors");
        using (trainer)
        {
            trainer.Run();
            ClassificationFile.SaveCheckpoint(path, trainer, "data");
        }

        return File.ReadAllBytes(path);
    }

    private static LabelledTestRows Rows(ClassificationObjective objective, int count, int columns) => ClassificationModels.Rows(
        count, columns, 3, 5, grey: true, label: row => objective == ClassificationObjective.SemiSupervised && row >= 25 ? ClassLabels.Unlabelled : (byte)(row % 3));

    private static ClassificationOptions Options(ClassificationObjective objective, bool persistent, Binarization binarization) => new()
    {
        Objective = objective,
        GenerativeWeight = 0.1,
        UnlabelledWeight = 0.2,
        Persistent = persistent,
        Steps = 2,
        Epochs = 2,
        BatchSize = 40,
        LabelledBatchSize = 7,
        Binarization = binarization,
        WeightDecay = 1e-3,
        Momentum = MomentumSchedule.Constant(0.5),
        StepRule = persistent ? StepRule.Momentum : StepRule.Adam,
        Centring = binarization == Binarization.Sample ? Centring.Data : Centring.None,
        LearningRate = new LearningRateSchedule { Initial = 0.01, Final = 0, Shape = ScheduleShape.Linear },
    };

    private static ClassificationOptions Plain(ClassificationObjective objective, int batch) => new()
    {
        Objective = objective,
        BatchSize = batch,
        Epochs = 1,
        LearningRate = LearningRateSchedule.Constant(Rate),
        Momentum = MomentumSchedule.Constant(0),
        StepRule = StepRule.Momentum,
        Binarization = Binarization.Threshold,
    };

    private static double[] Values(LabelledTestRows rows, int row, Binarization binarization) =>
        [.. rows.Values[row].Select(value => binarization == Binarization.Threshold ? (value >= 0.5 ? 1.0 : 0) : value)];

    /// <summary>What one update takes off every parameter, over the learning rate.</summary>
    private static double[] Change(ClassificationRbm model, LabelledTestRows rows, ClassificationOptions options)
    {
        double[] before = ClassificationModels.Parameters(model);
        using ClassificationTrainer trainer = new(model, rows, options);
        trainer.Step();
        return [.. before.Zip(ClassificationModels.Parameters(model), static (old, now) => (old - now) / Rate)];
    }

    private static void Compare(double[] expected, double[] found, double tolerance = 2e-5) =>
        Assert.All(expected, (value, p) => Assert.InRange(found[p], value - tolerance - (1e-5 * Math.Abs(value)), value + tolerance + (1e-5 * Math.Abs(value))));

    private sealed class Collector(List<ClassificationProgress> epochs) : IProgress<ClassificationProgress>
    {
        public void Report(ClassificationProgress value)
        {
            if (value.EpochCompleted)
            {
                epochs.Add(value);
            }
        }
    }
}
