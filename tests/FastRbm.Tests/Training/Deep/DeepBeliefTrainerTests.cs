using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Deep;
using FastRbm.Training;
using FastRbm.Training.Deep;

namespace FastRbm.Tests.Training.Deep;

public sealed class DeepBeliefTrainerTests
{
    [Fact]
    public void Each_machine_is_trained_as_it_would_be_alone_on_the_means_of_the_one_below()
    {
        DeepBeliefNetwork network = Trained(threads: 2);
        IReadOnlyList<TrainingOptions> options = Options(1);
        Rbm first = RbmInitializer.Normal(Data(), 20, options[0].Seed);
        Train(first, Data(), options[0]);
        LayerRows means = new(first, Data());
        Rbm second = RbmInitializer.Normal(means, 10, options[1].Seed);
        Train(second, means, options[1]);
        Assert.Equal(Parameters(first), Parameters(network.Machines[0]));
        Assert.Equal(Parameters(second), Parameters(network.Machines[1]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void A_resumed_run_ends_with_the_same_bytes(int updates)
    {
        using TemporaryDirectory directory = new();
        string whole = Path.Combine(directory.FullPath, "whole");
        string resumed = Path.Combine(directory.FullPath, "resumed");
        string checkpoint = Path.Combine(directory.FullPath, "checkpoint");
        DeepBeliefFile.Save(whole, Trained(threads: 1));
        using (DeepBeliefTrainer first = new(new DeepBeliefNetwork([30, 20, 10]), Data(), Options(1)))
        {
            for (int update = 0; update < updates; update++)
            {
                first.Step();
            }

            DeepBeliefFile.SaveCheckpoint(checkpoint, first, "data");
        }

        using DeepBeliefTrainer second = DeepBeliefFile.ResumeCheckpoint(checkpoint, Data(), "data", Options(1));
        second.Run();
        DeepBeliefFile.Save(resumed, second.Network);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
        Assert.Throws<FastRbm.Errors.InvalidInputException>(() => DeepBeliefFile.ResumeCheckpoint(checkpoint, Data(), "other", Options(1)));
        Assert.Throws<FastRbm.Errors.InvalidInputException>(() => DeepBeliefFile.ResumeCheckpoint(checkpoint, Data(), "data", [.. Options(1).Select(static one => one with { Steps = 2 })]));
    }

    [Fact]
    public void The_layer_wise_start_gives_the_first_layer_the_input_of_twice_its_weights()
    {
        IReadOnlyList<TrainingOptions> options = DeepBeliefTrainer.Same(
            new TrainingOptions { Epochs = 30, BatchSize = 40, Threads = 1, LearningRate = LearningRateSchedule.Constant(0.1), Binarization = Binarization.Sample }, 2);
        DeepBoltzmannMachine machine = DeepBoltzmannStart.Train(Data(), [20, 10], options);
        Assert.Equal([30, 20, 10], machine.Layers);

        // The rows are learned in the first machine: reconstruction from twice the input is better than from the input alone.
        Assert.True(Reconstruction(machine, 2) < Reconstruction(machine, 1));
        Assert.Throws<ArgumentException>(() => DeepBoltzmannStart.Train(Data(), [20], options));
    }

    [Fact]
    public void What_can_not_be_trained_on_is_refused()
    {
        DeepBeliefNetwork network = new([30, 20, 10]);
        Assert.Throws<ArgumentException>(() => new DeepBeliefTrainer(network, new DeepCase.States([1], 4), Options(1)));
        Assert.Throws<ArgumentException>(() => new DeepBeliefTrainer(network, Data(), [Options(1)[0]]));
        Assert.Throws<ArgumentException>(() => new DeepBeliefTrainer(network, Data(), [.. Options(1).Select(static one => one with { Algorithm = TrainingAlgorithm.ExactGradient })]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBeliefTrainer(network, Data(), Options(1), 3));
    }

    private static double Reconstruction(DeepBoltzmannMachine machine, double factor)
    {
        float[] row = new float[30];
        double sum = 0;
        for (int r = 0; r < 40; r++)
        {
            Data().CopyMeans(r, row);
            double[] hidden = new double[20];
            for (int j = 0; j < 20; j++)
            {
                double input = machine.Bias(1)[j];
                for (int i = 0; i < 30; i++)
                {
                    input += factor * row[i] * machine.Joined.Weights[i, j];
                }

                hidden[j] = FastRbm.Reference.ReferenceMath.Sigmoid(input);
            }

            for (int i = 0; i < 30; i++)
            {
                double input = machine.Bias(0)[i];
                for (int j = 0; j < 20; j++)
                {
                    input += hidden[j] * machine.Joined.Weights[i, j];
                }

                double error = row[i] - FastRbm.Reference.ReferenceMath.Sigmoid(input);
                sum += error * error;
            }
        }

        return sum;
    }

    private static DeepBeliefNetwork Trained(int threads)
    {
        DeepBeliefNetwork network = new([30, 20, 10]);
        using DeepBeliefTrainer trainer = new(network, Data(), Options(threads));
        trainer.Run();
        return network;
    }

    private static void Train(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        using Trainer trainer = new(rbm, rows, options);
        trainer.Run();
    }

    private static IReadOnlyList<TrainingOptions> Options(int threads) => DeepBeliefTrainer.Same(
        new TrainingOptions { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence, Epochs = 2, BatchSize = 30, Threads = threads, Binarization = Binarization.Sample, Seed = 9 }, 2);

    private static BitDataset Data() =>
        BitDataset.FromBytes("bits", 90, 30, [.. Enumerable.Range(0, 90 * 30).Select(static i => (byte)((i % 30 * (i / 30 % 3)) % 7 < 3 ? 1 : 0))]);

    private static float[] Parameters(Rbm rbm) => [.. rbm.Weights.ToArray().Cast<float>(), .. rbm.Visible.Bias, .. rbm.Hidden.Bias];
}
