using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Theory]
    [InlineData("steps")]
    [InlineData("epochs")]
    [InlineData("batch size")]
    [InlineData("chains")]
    [InlineData("threads")]
    [InlineData("monitor rows")]
    [InlineData("weight decay")]
    [InlineData("L1 decay")]
    [InlineData("divergence limit")]
    [InlineData("learning rate")]
    [InlineData("final learning rate")]
    [InlineData("learning rate decay")]
    [InlineData("momentum")]
    [InlineData("initial momentum")]
    [InlineData("momentum ramp epochs")]
    [InlineData("algorithm")]
    [InlineData("binarization")]
    [InlineData("learning-rate schedule")]
    public void An_option_out_of_range_is_refused_by_name(string name)
    {
        TrainingOptions good = new() { BatchSize = 5 };
        TrainingOptions[] bad = name switch
        {
            "steps" => [good with { Steps = 0 }, good with { Steps = -1 }],
            "epochs" => [good with { Epochs = 0 }, good with { Epochs = -1 }],
            "batch size" => [good with { BatchSize = 0 }, good with { BatchSize = 11 }],
            "chains" => [good with { Chains = -1 }],
            "threads" => [good with { Threads = 0 }, good with { Threads = -2 }],
            "monitor rows" => [good with { MonitorRows = 0 }],
            "weight decay" => [good with { WeightDecay = -1 }, good with { WeightDecay = double.NaN }],
            "L1 decay" => [good with { L1Decay = -1 }, good with { L1Decay = double.PositiveInfinity }],
            "divergence limit" => [good with { DivergenceLimit = 0 }, good with { DivergenceLimit = double.NaN }],
            "learning rate" =>
            [
                good with { LearningRate = LearningRateSchedule.Constant(0) }, good with { LearningRate = LearningRateSchedule.Constant(double.NaN) },
                good with { LearningRate = LearningRateSchedule.Constant(1e30) }, good with { LearningRate = LearningRateSchedule.Constant(-0.1) },
            ],
            "final learning rate" => [good with { LearningRate = new() { Shape = ScheduleShape.Exponential, Final = 0 } }, good with { LearningRate = new() { Shape = ScheduleShape.Linear, Final = -1 } }],
            "momentum" => [good with { Momentum = new() { Final = 1 } }, good with { Momentum = new() { Final = double.NaN } }],
            "initial momentum" => [good with { Momentum = new() { Initial = -0.1 } }],
            "momentum ramp epochs" => [good with { Momentum = new() { RampEpochs = -1 } }],
            "learning rate decay" => [good with { LearningRate = new() { DecayUpdates = 0 } }, good with { LearningRate = new() { DecayUpdates = double.NaN } }],
            "algorithm" => [good with { Algorithm = (TrainingAlgorithm)9 }],
            "binarization" => [good with { Binarization = (Binarization)9 }],
            _ => [good with { LearningRate = new() { Shape = (ScheduleShape)9 } }],
        };
        TestRows rows = new(Enumerable.Repeat(new bool[3], 10));
        foreach (TrainingOptions options in bad)
        {
            ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(Rbm.Binary(3, 2), rows, options));
            Assert.Equal(name, refusal.ParamName);
            Assert.StartsWith($"{name}: expected ", refusal.Message, StringComparison.Ordinal);
        }

        new Trainer(Rbm.Binary(3, 2), rows, good).Dispose();
    }
}
