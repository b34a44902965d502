using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Models.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Tests.Training.Networks;

public sealed class ClassifierTrainerTests
{
    private static readonly TestLabelledRows _rows = Rows(50);

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Momentum)]
    [InlineData(OptimizerKind.Nesterov)]
    public void An_update_is_the_one_of_the_reference(OptimizerKind kind)
    {
        const double Rate = 0.05;
        Network network = NetworkCases.Make(4, UnitFunction.Sigmoid, 20, 18, 3);
        ReferenceNetwork reference = NetworkCases.Reference(network);
        ClassifierOptions options = new()
        {
            BatchSize = 50,
            Threads = 2,
            Optimizer = new OptimizerOptions { Kind = kind, LearningRate = LearningRateSchedule.Constant(Rate), WeightDecay = 0.1, Epsilon = 1e-3 },
        };
        double loss = 0;
        double[,] expected = new double[20, 18];
        double[] expectedBias = new double[3];
        for (int row = 0; row < 50; row++)
        {
            double[] x = NetworkCases.Doubles(_rows[row]);
            double[] p = reference.Probabilities(x);
            byte label = _rows.Labels.Span[row];
            loss -= Math.Log(p[label]) / 50;
            p[label]--;
            (double[,] Weights, double[] Bias)[] gradient = reference.ParameterGradient(x, p);
            for (int j = 0; j < 18; j++)
            {
                for (int i = 0; i < 20; i++)
                {
                    expected[i, j] += gradient[0].Weights[i, j] / 50;
                }
            }

            for (int j = 0; j < 3; j++)
            {
                expectedBias[j] += gradient[1].Bias[j] / 50;
            }
        }

        Network before = network.Clone();
        using ClassifierTrainer trainer = new(network, _rows, options);
        trainer.Step();
        Assert.Equal(loss, trainer.Loss, 1e-5);
        double Move(double g) => kind switch
        {
            OptimizerKind.Adam => -Rate * g / (Math.Abs(g) + 1e-3),
            OptimizerKind.Momentum => -Rate * g,
            _ => -Rate * g * 1.9,
        };
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < 18; j++)
            {
                double w = before.Layers[0].Weights[i, j];
                Assert.Equal(w + Move(expected[i, j] + (0.1 * w)), network.Layers[0].Weights[i, j], 2e-5);
            }
        }

        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(before.Layers[1].Bias[j] + Move(expectedBias[j]), network.Layers[1].Bias[j], 2e-5);
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, 0.0)]
    [InlineData(OptimizerKind.Nesterov, 0.7)]
    public void Runs_are_the_same_for_any_threads_and_when_resumed(OptimizerKind kind, double maxNorm)
    {
        ClassifierOptions options = new()
        {
            BatchSize = 20,
            Epochs = 4,
            InputDropout = 0.2,
            HiddenDropout = 0.5,
            Optimizer = new OptimizerOptions { Kind = kind, LearningRate = LearningRateSchedule.Constant(0.02), MaxNorm = maxNorm, AverageDecay = 0.9 },
        };
        float[] whole = Train(options with { Threads = 1 }, stopAt: -1);
        Assert.Equal(whole, Train(options with { Threads = 3 }, stopAt: -1));
        Assert.Equal(whole, Train(options with { Threads = 2 }, stopAt: 5));
    }

    [Fact]
    public void Norms_stay_at_their_limit()
    {
        Network network = NetworkCases.Make(4, UnitFunction.Relu, 20, 40, 3);
        using ClassifierTrainer trainer = new(network, _rows, new ClassifierOptions { BatchSize = 10, Threads = 2, Optimizer = new OptimizerOptions { MaxNorm = 0.5 } });
        trainer.Step();
        foreach (DenseLayer layer in network.Layers)
        {
            for (int j = 0; j < layer.Outputs; j++)
            {
                double squares = 0;
                for (int i = 0; i < layer.Inputs; i++)
                {
                    squares += layer.Weights[i, j] * (double)layer.Weights[i, j];
                }

                Assert.InRange(Math.Sqrt(squares), 0, 0.50001);
            }
        }
    }

    [Fact]
    public void A_network_learns_classes_and_measures_them()
    {
        Network network = Network.Random([20, 30, 3], UnitFunction.Tanh, 1);
        using ClassifierTrainer trainer = new(network, _rows, new ClassifierOptions { BatchSize = 10, Epochs = 60, Threads = 1, Optimizer = new OptimizerOptions { LearningRate = LearningRateSchedule.Constant(0.01) } }, _rows);
        ClassifierFigures before = trainer.Measure(_rows);
        trainer.Run();
        ClassifierFigures after = trainer.Measure(_rows);
        Assert.Equal(0, after.ErrorRate);
        Assert.InRange(after.CrossEntropy, 0, 0.1 * before.CrossEntropy);
    }

    [Fact]
    public void A_run_that_diverges_stops_with_its_last_good_parameters()
    {
        Network network = NetworkCases.Make(4, UnitFunction.Relu, 20, 18, 3);
        Network start = network.Clone();
        ClassifierOptions options = new() { BatchSize = 50, Epochs = 100, Threads = 1, Optimizer = new OptimizerOptions { Kind = OptimizerKind.Momentum, LearningRate = LearningRateSchedule.Constant(900) } };
        using ClassifierTrainer trainer = new(network, _rows, options);
        DivergenceException failure = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.Equal(0, failure.LastGoodUpdate);
        Assert.Contains("smaller learning rate", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Parameters(start), Parameters(network));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Network network = NetworkCases.Make(4, UnitFunction.Relu, 20, 18, 3);
        ClassifierOptions options = new() { Threads = 1, BatchSize = 10 };
        byte[] labels = _rows.Labels.ToArray();
        labels[17] = 3;
        TestLabelledRows wrong = new(Enumerable.Range(0, 50).Select(row => _rows[row]), labels);
        Assert.Contains("row 17", Assert.Throws<ArgumentException>(() => new ClassifierTrainer(network, wrong, options)).Message, StringComparison.Ordinal);
        TestLabelledRows one = new(Enumerable.Range(0, 50).Select(row => _rows[row]), new byte[50]);
        Assert.Throws<ArgumentException>(() => new ClassifierTrainer(network, one, options));
        Assert.Throws<ArgumentException>(() => new ClassifierTrainer(NetworkCases.Make(4, UnitFunction.Relu, 19, 3), _rows, options));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassifierTrainer(network, _rows, options with { BatchSize = 51 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassifierTrainer(network, _rows, options with { HiddenDropout = 1 }));
        Network sigmoid = new(new DenseLayer(20, 3, UnitFunction.Sigmoid));
        Assert.Throws<ArgumentException>(() => new ClassifierTrainer(sigmoid, _rows, options));
    }

    internal static TestLabelledRows Rows(int count)
    {
        SplitMix64 random = new(5);
        byte[] labels = [.. Enumerable.Range(0, count).Select(static row => (byte)(row % 3))];
        return new TestLabelledRows(
            labels.Select(label => random.NextFloats(20, 0, 1).Select((value, i) => i % 3 == label ? (value + 1) / 2 : value / 2).ToArray()), labels);
    }

    internal static float[] Parameters(Network network) =>
        [.. network.Layers.SelectMany(static layer => layer.Weights.ToArray().Cast<float>().Concat(layer.Bias.ToArray()))];

    private static float[] Train(ClassifierOptions options, int stopAt)
    {
        Network network = NetworkCases.Make(4, UnitFunction.Sigmoid, 20, 35, 3);
        ClassifierTrainer trainer = new(network, _rows, options);
        while (!trainer.IsFinished)
        {
            trainer.Step();
            if (trainer.Update == stopAt)
            {
                trainer = Resumed(trainer, options with { Threads = 1 });
                network = trainer.Network;
            }
        }

        trainer.Dispose();
        return Parameters(network);
    }

    private static ClassifierTrainer Resumed(ClassifierTrainer old, ClassifierOptions options)
    {
        Network network = old.Network.Clone();
        ClassifierTrainer trainer = new(network, _rows, options);
        Assert.Equal(old.Settings, trainer.Settings);
        foreach (((string name, Matrix from), (string other, Matrix to)) in old.FloatState.Zip(trainer.FloatState))
        {
            Assert.Equal(name, other);
            to.CopyFrom(from);
        }

        trainer.RestoreCounters(old.SaveCounters());
        old.Dispose();
        return trainer;
    }
}
