using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Sampling.Networks;
using FastRbm.Tests.Models.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Tests.Training.Networks;

public sealed class JemTrainerTests
{
    private static readonly TestLabelledRows _rows = ClassifierTrainerTests.Rows(30);

    private static readonly JemOptions _options = new()
    {
        BatchSize = 30,
        BufferSize = 30,
        LangevinSteps = 5,
        Epochs = 3,
        DataNoise = 0,
        Langevin = new LangevinOptions { StepSize = 0.1, Noise = 0.05 },
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.Momentum, Momentum = MomentumSchedule.Constant(0), LearningRate = LearningRateSchedule.Constant(0.1) },
    };

    [Theory]
    [InlineData(false, 0.0, 1.0)]
    [InlineData(true, 0.1, 0.5)]
    [InlineData(false, 0.1, 0.0)]
    public void An_update_descends_both_losses_of_the_reference(bool conditional, double penalty, double weight)
    {
        EnergyNetwork model = Model();
        ReferenceNetwork reference = NetworkCases.Reference(model.Network);
        Network before = model.Network.Clone();
        using JemTrainer trainer = new(model, _rows, _options with { ClassConditional = conditional, EnergyPenalty = penalty, GenerativeWeight = weight, Threads = 2 });
        trainer.Step();
        double[,] expected = new double[20, 14];
        double classifier = 0;
        double generative = 0;
        for (int row = 0; row < 30; row++)
        {
            double[] x = [.. _rows[row].Select(static v => (2.0 * v) - 1)];
            double[] p = reference.Probabilities(x);
            byte label = _rows.Labels.Span[row];
            classifier -= Math.Log(p[label]) / 30;
            Add(expected, reference, x, [.. p.Select((value, y) => value - (y == label ? 1 : 0))], 1.0 / 30);
            generative += Energy(expected, x, conditional ? label : -1, 1);
            if (weight > 0)
            {
                generative -= Energy(expected, NetworkCases.Doubles(trainer.Buffer.Row(row)), conditional ? row % 3 : -1, -1);
            }
        }

        double Energy(double[,] gradient, double[] x, int label, double sign)
        {
            double energy = label < 0 ? reference.Energy(x) : -reference.Outputs(x)[label];
            double[] c = [.. reference.Probabilities(x).Select((value, y) => label < 0 ? -value : y == label ? -1 : 0)];
            Add(gradient, reference, x, c, weight * (sign + (2 * penalty * energy)) / 30);
            return energy / 30;
        }

        Assert.Equal(classifier, trainer.Figures.ClassifierLoss, 1e-5);
        Assert.Equal(weight > 0 ? generative : double.NaN, trainer.Figures.GenerativeLoss, 1e-5);
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < 14; j++)
            {
                Assert.Equal(before.Layers[0].Weights[i, j] - (0.1 * expected[i, j]), model.Network.Layers[0].Weights[i, j], 2e-6);
            }
        }
    }

    [Fact]
    public void The_buffer_holds_the_chains_of_the_langevin_sampler()
    {
        // All chains start anew: the buffer is what chains of the sampler reach from the same noise with the parameters of the start.
        EnergyNetwork model = Model();
        using JemTrainer trainer = new(model, _rows, _options with { GenerativeWeight = 1, Threads = 1, RestartProbability = 0 });
        Matrix start = new(30, 20);
        start.CopyFrom(trainer.Buffer);
        EnergyNetwork before = model.Clone();
        trainer.Step();
        using LangevinChains chains = new(before, 30, _options.Langevin, _options.Seed);
        Assert.Equal(start.AsSpan2D().ToArray(), chains.States.AsSpan2D().ToArray());

        // Chain i of the update is at a place of a random order; every chain of the sampler with that number and start would go the same way.
        chains.Run(5);
        Assert.NotEqual(start.AsSpan2D().ToArray(), trainer.Buffer.AsSpan2D().ToArray());
        Assert.All(trainer.Buffer.AsSpan2D().ToArray().Cast<float>(), static value => Assert.InRange(value, -1, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Runs_are_the_same_for_any_threads_and_when_resumed(bool conditional)
    {
        JemOptions options = _options with
        {
            BatchSize = 8,
            BufferSize = 21,
            DataNoise = 0.1,
            RestartProbability = 0.3,
            ClassConditional = conditional,
            Optimizer = new OptimizerOptions { AverageDecay = 0.9, WarmUpUpdates = 4 },
        };
        float[] whole = Train(options with { Threads = 1 }, stopAt: -1);
        Assert.Equal(whole, Train(options with { Threads = 3 }, stopAt: -1));
        Assert.Equal(whole, Train(options with { Threads = 2 }, stopAt: 6));
    }

    [Fact]
    public void A_run_that_diverges_stops_with_its_last_good_parameters_and_says_what_to_change()
    {
        EnergyNetwork model = Model();
        Network start = model.Network.Clone();
        JemOptions wild = _options with { Epochs = 500, Optimizer = _options.Optimizer with { LearningRate = LearningRateSchedule.Constant(50) } };
        using JemTrainer trainer = new(model, _rows, wild);
        DivergenceException failure = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.Contains("learning rate", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, failure.LastGoodUpdate);
        Assert.Equal(ClassifierTrainerTests.Parameters(start), ClassifierTrainerTests.Parameters(model.Network));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        byte[] some = _rows.Labels.ToArray();
        some[4] = ClassLabels.Unlabelled;
        TestLabelledRows partly = new(Enumerable.Range(0, 30).Select(row => _rows[row]), some);
        new JemTrainer(Model(), partly, _options).Dispose();
        Assert.Contains("row 4", Assert.Throws<ArgumentException>(() => new JemTrainer(Model(), partly, _options with { ClassConditional = true })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new JemTrainer(Model(), new TestLabelledRows(Enumerable.Range(0, 30).Select(row => _rows[row]), new byte[30]), _options));
        TestLabelledRows outside = new(Enumerable.Range(0, 30).Select(row => row == 7 ? new float[20].Select(static _ => 1.2f).ToArray() : _rows[row]), _rows.Labels.ToArray());
        Assert.Contains("row 7, column 0", Assert.Throws<ArgumentException>(() => new JemTrainer(Model(), outside, _options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new JemTrainer(Model(), _rows, _options with { BufferSize = 29 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JemTrainer(Model(), _rows, _options with { RestartProbability = 1.5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JemTrainer(Model(), _rows, _options with { Langevin = new LangevinOptions { StepSize = -1 } }));
    }

    private static EnergyNetwork Model() => new(NetworkCases.Make(4, UnitFunction.Swish, 20, 14, 3), new EnergyNetworkOptions());

    private static void Add(double[,] sum, ReferenceNetwork reference, double[] x, double[] c, double factor)
    {
        double[,] gradient = reference.ParameterGradient(x, c)[0].Weights;
        for (int i = 0; i < sum.GetLength(0); i++)
        {
            for (int j = 0; j < sum.GetLength(1); j++)
            {
                sum[i, j] += factor * gradient[i, j];
            }
        }
    }

    private static float[] Train(JemOptions options, int stopAt)
    {
        EnergyNetwork model = Model();
        JemTrainer trainer = new(model, _rows, options);
        while (!trainer.IsFinished)
        {
            trainer.Step();
            if (trainer.Update == stopAt)
            {
                JemTrainer old = trainer;
                model = old.Model.Clone();
                trainer = new JemTrainer(model, _rows, options with { Threads = 1 });
                foreach (((string name, Matrix from), (string other, Matrix to)) in old.FloatState.Zip(trainer.FloatState))
                {
                    Assert.Equal(name, other);
                    to.CopyFrom(from);
                }

                Assert.Equal(old.Settings, trainer.Settings);
                trainer.RestoreCounters(old.SaveCounters());
                Assert.Equal(old.Figures, trainer.Figures);
                old.Dispose();
            }
        }

        float[] result = [.. ClassifierTrainerTests.Parameters(model.Network), .. trainer.Buffer.AsSpan2D().ToArray().Cast<float>()];
        trainer.Dispose();
        return result;
    }
}
