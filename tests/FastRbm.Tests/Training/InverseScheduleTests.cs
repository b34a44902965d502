using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class InverseScheduleTests
{
    private static readonly LearningRateSchedule _schedule = new() { Initial = 0.3, Shape = ScheduleShape.Inverse, DecayUpdates = 50 };

    [Fact]
    public void The_rate_is_halved_after_the_decay_and_does_not_depend_on_the_length_of_the_run()
    {
        Assert.Equal(0.3, _schedule.At(0, 10));
        Assert.Equal(0.15, _schedule.At(50, 100));
        Assert.Equal(0.1, _schedule.At(100, 101), 1e-16);
        Assert.Equal(_schedule.At(7, 10), _schedule.At(7, 1_000_000));
        Assert.False(_schedule.DependsOnLength);
        Assert.True((_schedule with { Shape = ScheduleShape.Linear }).DependsOnLength);
        Assert.False((_schedule with { Shape = ScheduleShape.Constant }).DependsOnLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_decay_that_is_not_a_positive_number_is_refused(double decay)
    {
        TrainingOptions options = new() { LearningRate = _schedule with { DecayUpdates = decay } };
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => options.Validate(1000));
        Assert.Contains("learning rate decay", exception.Message, StringComparison.Ordinal);
        (options with { LearningRate = _schedule with { DecayUpdates = decay, Shape = ScheduleShape.Constant } }).Validate(1000);
    }
}
