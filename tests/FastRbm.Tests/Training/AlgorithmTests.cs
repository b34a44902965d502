using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Testing;
using FastRbm.Tests.Testing;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

/// <summary>What every algorithm must do, and what is special about some.</summary>
[Collection(AllocationGroup.Name)]
public sealed class AlgorithmTests
{
    private static readonly TestRows _rows = new(Enumerable.Range(0, 60).Select(static row => new SplitMix64((ulong)row).NextBits(20, 0.3)));

    public static TheoryData<TrainingAlgorithm> Algorithms => [.. Enum.GetValues<TrainingAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Threads_change_no_bit(TrainingAlgorithm algorithm)
    {
        TestRows rows = new(Enumerable.Range(0, 130).Select(static row => new SplitMix64((ulong)row).NextBits(200, 0.3)));
        int hidden = algorithm == TrainingAlgorithm.ExactGradient ? 9 : 130;
        TrainingOptions options = new() { Algorithm = algorithm, BatchSize = 65, Epochs = 2, Momentum = MomentumSchedule.Constant(0.5), ExchangeInterval = 1 };
        float[][] models = [.. new[] { 1, 2, 3 }.Select(threads => Trained(rows, hidden, options with { Threads = threads }))];
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Training_raises_the_likelihood_of_bars_and_stripes(TrainingAlgorithm algorithm)
    {
        Dataset rows = DatasetSource.Open("bars-and-stripes");
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 10, seed: 1, deviation: 0.1);
        double start = ExactLikelihood.Evaluate(rbm, rows).LogLikelihood;
        TrainingOptions options = new()
        {
            Algorithm = algorithm,
            BatchSize = 32,
            Chains = 64,
            Levels = 4,
            Epochs = 400,
            LearningRate = LearningRateSchedule.Constant(algorithm == TrainingAlgorithm.MinimumProbabilityFlow ? 0.05 : 0.1),
        };
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run();
        double trained = ExactLikelihood.Evaluate(rbm, rows).LogLikelihood;
        Assert.True(trained > start + 1, $"{algorithm}: from {start} to {trained}");
        Assert.True(trained < -Math.Log(30), $"{algorithm}: {trained} is above the bound");
    }

    [Fact]
    public void The_exact_gradient_climbs_at_every_step_to_near_the_best_there_is()
    {
        Dataset rows = DatasetSource.Open("bars-and-stripes");
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 8, seed: 2, deviation: 0.1);
        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.ExactGradient,
            BatchSize = 32,
            Epochs = 3000,
            LearningRate = LearningRateSchedule.Constant(0.1),
            Momentum = MomentumSchedule.Constant(0),
        };
        using Trainer trainer = new(rbm, rows, options);
        double last = ExactLikelihood.Evaluate(rbm, rows).LogLikelihood;
        while (!trainer.IsFinished)
        {
            for (int step = 0; step < 100; step++)
            {
                trainer.Step();
            }

            double now = ExactLikelihood.Evaluate(rbm, rows).LogLikelihood;
            Assert.True(now > last, $"{last} fell to {now}");
            last = now;
        }

        Assert.True(last > -4.5, $"{last}");
    }

    [Fact]
    public void Flipping_every_bit_of_the_data_hardly_matters_to_centred_training_and_a_lot_without()
    {
        Assert.InRange(Distance(Centring.Data), 0, 0.1);
        Assert.InRange(Distance(Centring.Enhanced), 0, 0.1);
        Assert.InRange(Distance(Centring.None), 0.15, 10);

        static double Distance(Centring centring) =>
            Likelihoods(false, centring).Zip(Likelihoods(true, centring), static (plain, flipped) => Math.Abs(plain - flipped)).Max();

        static List<double> Likelihoods(bool flipped, Centring centring)
        {
            // Sparse rows: half of the bits of 12 are on together, or other ones.
            SplitMix64 random = new(3);
            TestRows rows = new(Enumerable.Range(0, 200).Select(row =>
                Enumerable.Range(0, 12).Select(unit => (random.NextDouble() < (unit / 3 == row % 4 ? 0.8 : 0.02)) ^ flipped).ToArray()).ToArray());
            Rbm rbm = RbmInitializer.Normal(rows, hidden: 6, seed: 1, deviation: 0.03);
            TrainingOptions options = new()
            {
                Algorithm = centring == Centring.Enhanced ? TrainingAlgorithm.PersistentContrastiveDivergence : TrainingAlgorithm.ExactGradient,
                Chains = centring == Centring.Enhanced ? 2000 : 0,
                BatchSize = 200,
                Epochs = 600,
                LearningRate = LearningRateSchedule.Constant(0.5),
                Centring = centring,
            };
            List<double> likelihoods = [];
            using Trainer trainer = new(rbm, rows, options);
            while (!trainer.IsFinished)
            {
                trainer.Step();
                if (trainer.State.Epoch % 20 == 0)
                {
                    likelihoods.Add(ExactLikelihood.Evaluate(rbm, rows).LogLikelihood);
                }
            }

            return likelihoods;
        }
    }

    [Fact]
    public void The_averaged_model_is_the_mean_of_the_last_part_of_the_run()
    {
        TrainingOptions options = new() { BatchSize = 10, Epochs = 20, AveragedShare = 0.5, Threads = 1 };
        List<float[]> seen = [];
        Rbm plain = Start();
        using (Trainer trainer = new(plain, _rows, options with { AveragedShare = 0 }))
        {
            while (!trainer.IsFinished)
            {
                trainer.Step();
                if (trainer.State.Update > 60 && (trainer.State.Update - 61) % 10 == 0)
                {
                    seen.Add(Values(plain));
                }
            }
        }

        float[] averaged = Trained(_rows, 8, options);
        Assert.Equal(6, seen.Count);
        for (int i = 0; i < averaged.Length; i++)
        {
            Assert.InRange(averaged[i] - seen.Average(values => (double)values[i]), -1e-6, 1e-6);
        }
    }

    [Fact]
    public void A_run_stops_when_the_validation_likelihood_no_longer_rises_and_keeps_the_best_model()
    {
        TestRows validation = new(Enumerable.Range(100, 40).Select(static row => new SplitMix64((ulong)row).NextBits(20, 0.3)));
        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.ExactGradient,
            BatchSize = 60,
            Epochs = 2000,
            Patience = 3,
            LearningRate = LearningRateSchedule.Constant(0.5),
        };
        Rbm rbm = Start();
        List<double> likelihoods = [];
        using Trainer trainer = new(rbm, _rows, options, validation)
        {
            LogPartitionEstimator = static model => ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(model)),
        };
        trainer.Run(new Collector(progress => likelihoods.Add(progress.Figures.ValidationLogLikelihood)));
        Assert.True(trainer.StoppedEarly);
        Assert.InRange(trainer.State.Epoch, 4, 1999);
        Assert.Equal(trainer.State.Epoch - 3, likelihoods[..^1].IndexOf(likelihoods.Max()) + 1);
        Assert.InRange(ExactLikelihood.Evaluate(rbm, validation).LogLikelihood - likelihoods.Max(), -1e-9, 1e-9);
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, options));
        using Trainer blind = new(Start(), _rows, options, validation);
        Assert.Throws<InvalidOperationException>(() => blind.Run());
    }

    [Fact]
    public void The_likelihood_that_trajectory_tempering_reports_is_near_the_exact_one()
    {
        Dataset rows = DatasetSource.Open("bars-and-stripes");
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 10, seed: 1, deviation: 0.1);
        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.ParallelTrajectoryTempering,
            BatchSize = 32,
            Chains = 200,
            Epochs = 500,
            LearningRate = LearningRateSchedule.Constant(0.05),
        };
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run();

        // A fixed seed; the standard error of the last measurement is about 0.02.
        double exact = ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(rbm));
        Assert.InRange(trainer.LogPartitionFunction - exact, -0.1, 0.1);
    }

    [Fact]
    public void Masked_weights_stay_and_long_ones_are_cut()
    {
        bool[] mask = new SplitMix64(5).NextBits(20 * 8, 0.5);
        TrainingOptions options = new() { BatchSize = 10, Epochs = 10, WeightMask = mask, MaxNorm = 0.8, LearningRate = LearningRateSchedule.Constant(0.5) };
        Rbm start = Start();
        Rbm rbm = Start();
        using Trainer trainer = new(rbm, _rows, options);
        trainer.Run();
        for (int j = 0; j < 8; j++)
        {
            double norm = 0;
            for (int i = 0; i < 20; i++)
            {
                norm += (double)rbm.Weights[i, j] * rbm.Weights[i, j];
                Assert.False(mask[(i * 8) + j] && rbm.Weights[i, j] == start.Weights[i, j]);
            }

            Assert.InRange(Math.Sqrt(norm), 0, 0.8 * (1 + 1e-5));
        }
    }

    [Fact]
    public void Fast_weights_follow_the_changes_of_the_slow_ones_and_fade()
    {
        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.FastPersistentContrastiveDivergence,
            BatchSize = 20,
            Epochs = 10,
            LearningRate = LearningRateSchedule.Constant(0.1),
            Centring = Centring.None,
        };
        Rbm rbm = Start();
        using Trainer trainer = new(rbm, _rows, options);
        float[] expected = new float[Values(rbm).Length];
        for (int update = 0; update < 8; update++)
        {
            float[] before = Values(rbm);
            trainer.Step();
            float[] after = Values(rbm);
            float[] fast = [.. trainer.Update.Values.SelectMany(static part => Enumerable.Range(0, part.Values.Rows).SelectMany(row => part.Values.Row(row).ToArray()))];
            for (int i = 0; i < fast.Length; i++)
            {
                expected[i] = (0.95f * expected[i]) + (after[i] - before[i]);
                Assert.InRange(fast[i] - expected[i], -1e-6, 1e-6);
            }
        }

        Assert.Contains(expected, static value => Math.Abs(value) > 0.01);
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, options with { StepRule = StepRule.Adam }));
    }

    [Theory]
    [InlineData(TrainingAlgorithm.ParallelTempering)]
    [InlineData(TrainingAlgorithm.ParallelTrajectoryTempering)]
    [InlineData(TrainingAlgorithm.ExactGradient)]
    [InlineData(TrainingAlgorithm.PseudoLikelihood)]
    public void A_step_allocates_nothing_while_no_ladder_changes(TrainingAlgorithm algorithm)
    {
        TrainingOptions options = new() { Algorithm = algorithm, BatchSize = 20, Epochs = 1000, LearningRate = LearningRateSchedule.Constant(1e-6), ExchangeInterval = 2 };
        using Trainer trainer = new(Start(), _rows, options);
        for (int update = 0; update < 530; update++)
        {
            trainer.Step();
        }

        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            for (int update = 0; update < 20; update++)
            {
                trainer.Step();
            }
        }));
    }

    [Fact]
    public void What_an_algorithm_can_not_use_is_refused()
    {
        TrainingOptions exact = new() { Algorithm = TrainingAlgorithm.ExactGradient, BatchSize = 5 };
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, exact with { Centring = Centring.Enhanced }));
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, exact with { Binarization = Binarization.None }));
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, exact with { RowWeights = new float[3] }));
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, exact with { RowWeights = new float[60] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(Start(), _rows, exact with { RowWeights = Enumerable.Repeat(-1f, 60).ToArray() }));
        Assert.Throws<ArgumentException>(() => new Trainer(Start(), _rows, exact with { WeightMask = new bool[7] }));
        ArgumentException tooLarge = Assert.Throws<ArgumentException>(() => new Trainer(Rbm.Binary(40, 35), new TestRows([new bool[40]]), exact with { BatchSize = 1 }));
        Assert.Contains("30", tooLarge.Message, StringComparison.Ordinal);
    }

    private static Rbm Start() => RbmInitializer.Normal(_rows, 8, seed: 7, deviation: 0.1);

    private static float[] Trained(TestRows rows, int hidden, TrainingOptions options)
    {
        Rbm rbm = RbmInitializer.Normal(rows, hidden, seed: 7, deviation: 0.1);
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run();
        return Values(rbm);
    }

    private static float[] Values(Rbm rbm) => [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];

    private sealed class Collector(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
