using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class ScheduleTests
{
    private static readonly LearningRateSchedule _inverse = new() { Initial = 0.3, Shape = ScheduleShape.Inverse, DecayUpdates = 50 };

    [Fact]
    public void The_rate_is_halved_after_the_decay_and_does_not_depend_on_the_length_of_the_run()
    {
        Assert.Equal(0.3, _inverse.At(0, 10));
        Assert.Equal(0.15, _inverse.At(50, 100));
        Assert.Equal(0.1, _inverse.At(100, 101), 1e-16);
        Assert.Equal(_inverse.At(7, 10), _inverse.At(7, 1_000_000));
        Assert.False(_inverse.DependsOnLength);
        Assert.True((_inverse with { Shape = ScheduleShape.Linear }).DependsOnLength);
        Assert.False((_inverse with { Shape = ScheduleShape.Constant }).DependsOnLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_decay_that_is_not_a_positive_number_is_refused(double decay)
    {
        TrainingOptions options = new() { LearningRate = _inverse with { DecayUpdates = decay } };
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => options.Validate(1000));
        Assert.Contains("learning rate decay", exception.Message, StringComparison.Ordinal);
        (options with { LearningRate = _inverse with { DecayUpdates = decay, Shape = ScheduleShape.Constant } }).Validate(1000);
    }

    [Fact]
    public void Schedules_go_from_first_to_last()
    {
        LearningRateSchedule linear = new() { Initial = 0.3, Final = 0.1, Shape = ScheduleShape.Linear };
        foreach (ScheduleShape shape in new[] { ScheduleShape.Linear, ScheduleShape.Exponential, ScheduleShape.Cosine })
        {
            LearningRateSchedule schedule = linear with { Shape = shape };
            Assert.Equal(0.3, schedule.At(0, 101), 1e-15);
            Assert.Equal(0.1, schedule.At(100, 101), 1e-15);
            Assert.Equal(0.1, schedule.At(1000, 101), 1e-15);
            Assert.Equal(0.3, schedule.At(0, 1), 1e-15);
        }

        Assert.Equal(0.2, linear.At(50, 101), 1e-15);
        Assert.Equal(0.2, (linear with { Shape = ScheduleShape.Cosine }).At(50, 101), 1e-15);
        Assert.Equal(Math.Sqrt(0.03), (linear with { Shape = ScheduleShape.Exponential }).At(50, 101), 1e-15);
        Assert.Equal(0.3, LearningRateSchedule.Constant(0.3).At(77, 101));
        MomentumSchedule ramp = new() { Initial = 0.5, Final = 0.9, RampEpochs = 4 };
        Assert.Equal([0.5, 0.6, 0.7, 0.8, 0.9, 0.9], Enumerable.Range(0, 6).Select(epoch => Math.Round(ramp.At(epoch), 12)));
    }
}
