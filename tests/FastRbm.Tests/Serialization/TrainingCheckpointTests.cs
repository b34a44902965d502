using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Training;

namespace FastRbm.Tests.Serialization;

public sealed class TrainingCheckpointTests
{
    private static readonly TestRows _rows = new(Enumerable.Range(0, 53).Select(row => new SplitMix64((ulong)row).NextFloats(70, 0, 1)));

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, Binarization.Threshold)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, Binarization.Sample)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, Binarization.None)]
    [InlineData(TrainingAlgorithm.FastPersistentContrastiveDivergence, Binarization.Threshold)]
    [InlineData(TrainingAlgorithm.ParallelTempering, Binarization.Threshold)]
    [InlineData(TrainingAlgorithm.ParallelTrajectoryTempering, Binarization.Sample)]
    [InlineData(TrainingAlgorithm.PseudoLikelihood, Binarization.Threshold)]
    public void A_run_resumed_after_any_update_writes_the_same_bytes(TrainingAlgorithm algorithm, Binarization binarization)
    {
        TrainingOptions options = Options() with
        {
            Algorithm = algorithm,
            Binarization = binarization,
            StepRule = algorithm == TrainingAlgorithm.ParallelTempering ? StepRule.Adam : StepRule.Momentum,
            AveragedShare = 0.5,
            Levels = 3,
            ExchangeInterval = 2,
            RungChains = 7,
            GroupDecay = 1e-3,
        };
        using TemporaryDirectory directory = new();
        byte[] whole = Finish(directory, new Trainer(Model(), _rows, options));
        for (int stop = 0; stop < 18; stop += 1 + (stop % 3))
        {
            string path = directory.File("checkpoint.safetensors");
            using (Trainer first = new(Model(), _rows, options))
            {
                while (first.State.Update < stop)
                {
                    first.Step();
                }

                TrainingCheckpoint.Save(path, first, "data");
            }

            Trainer second = TrainingCheckpoint.Resume(path, _rows, "data", options with { Threads = 2, MonitorRows = 10 });
            Assert.Equal(stop, second.State.Update);
            Assert.Equal(whole, Finish(directory, second));
        }
    }

    [Fact]
    public void More_epochs_may_be_asked_for_while_the_rate_is_constant()
    {
        TrainingOptions options = Options() with { LearningRate = LearningRateSchedule.Constant(0.1) };
        using TemporaryDirectory directory = new();
        byte[] whole = Finish(directory, new Trainer(Model(), _rows, options));
        string path = directory.File("checkpoint.safetensors");
        using (Trainer first = new(Model(), _rows, options with { Epochs = 1 }))
        {
            first.Run(cancellation: TestContext.Current.CancellationToken);
            TrainingCheckpoint.Save(path, first, "data");
        }

        Assert.Equal(whole, Finish(directory, TrainingCheckpoint.Resume(path, _rows, "data", options)));
        Differs(path, options with { LearningRate = new() { Initial = 0.1, Final = 0.1, Shape = ScheduleShape.Linear } }, "data", "learning rate shape");
    }

    [Fact]
    public void A_checkpoint_is_also_a_model()
    {
        using TemporaryDirectory directory = new();
        string path = Saved(directory, Options());
        Assert.Equal(Model().Weights.ToArray(), ModelFile.Load(path).Weights.ToArray());
    }

    [Fact]
    public void Other_data_and_options_are_refused_and_every_difference_is_named()
    {
        using TemporaryDirectory directory = new();
        TrainingOptions options = Options();
        string path = Saved(directory, options);
        Differs(path, options, "other", "data data in the checkpoint, other now");
        Differs(path, options with { Algorithm = TrainingAlgorithm.ContrastiveDivergence }, "data", "algorithm");
        Differs(path, options with { Steps = 3 }, "data", "steps 1 in the checkpoint, 3 now");
        Differs(path, options with { BatchSize = 11 }, "data", "batch size 10 in the checkpoint, 11 now");
        Differs(path, options with { Chains = 4 }, "data", "chains");
        Differs(path, options with { LearningRate = options.LearningRate with { Initial = 0.3 } }, "data", "learning rate 0.1 in the checkpoint, 0.3 now");
        Differs(path, options with { LearningRate = options.LearningRate with { Final = 0.02 } }, "data", "final learning rate");
        Differs(path, options with { Momentum = MomentumSchedule.Constant(0.2) }, "data", "momentum");
        Differs(path, options with { WeightDecay = 0.5 }, "data", "weight decay");
        Differs(path, options with { L1Decay = 0.5 }, "data", "l1 decay");
        Differs(path, options with { Binarization = Binarization.Sample }, "data", "binarization");
        Differs(path, options with { Seed = 2 }, "data", "seed 1 in the checkpoint, 2 now");
        Differs(path, options with { DivergenceLimit = 50 }, "data", "divergence limit");
        Differs(path, options with { Epochs = 9 }, "data", "epochs 3 in the checkpoint, 9 now");
        Differs(path, options with { Seed = 2, Steps = 2 }, "other", "steps 1 in the checkpoint, 2 now; seed 1");
    }

    [Fact]
    public void A_model_is_no_checkpoint()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("model.safetensors");
        ModelFile.Save(path, Model());
        Assert.Contains("training_data", Assert.Throws<InvalidInputException>(() => TrainingCheckpoint.Resume(path, _rows, "data", Options())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused_at_every_length()
    {
        using TemporaryDirectory directory = new();
        TestRows small = new(Enumerable.Repeat(new bool[3], 10));
        string path = directory.File("checkpoint.safetensors");
        using (Trainer trainer = new(Rbm.Binary(3, 2), small, Options()))
        {
            TrainingCheckpoint.Save(path, trainer, "data");
        }

        byte[] whole = File.ReadAllBytes(path);
        string cut = directory.File("cut.safetensors");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Assert.Throws<InvalidInputException>(() => TrainingCheckpoint.Resume(cut, small, "data", Options()));
        }

        TrainingCheckpoint.Resume(path, small, "data", Options()).Dispose();
    }

    private static void Differs(string path, TrainingOptions options, string data, string named)
    {
        InvalidInputException refusal = Assert.Throws<InvalidInputException>(() => TrainingCheckpoint.Resume(path, _rows, data, options));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    private static string Saved(TemporaryDirectory directory, TrainingOptions options)
    {
        string path = directory.File("checkpoint.safetensors");
        using Trainer trainer = new(Model(), _rows, options);
        TrainingCheckpoint.Save(path, trainer, "data");
        return path;
    }

    private static byte[] Finish(TemporaryDirectory directory, Trainer trainer)
    {
        using (trainer)
        {
            trainer.Run();
            string path = directory.File("model.safetensors");
            ModelFile.Save(path, trainer.Model);
            return File.ReadAllBytes(path);
        }
    }

    private static Rbm Model() => RbmInitializer.Normal(_rows, 20, seed: 4, deviation: 0.2);

    private static TrainingOptions Options() => new()
    {
        Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
        Epochs = 3,
        BatchSize = 10,
        Threads = 1,
        LearningRate = new LearningRateSchedule { Initial = 0.1, Final = 0.01, Shape = ScheduleShape.Linear },
        Momentum = new MomentumSchedule { Initial = 0.1, Final = 0.6, RampEpochs = 2 },
        WeightDecay = 1e-3,
    };
}
