using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Deep;
using FastRbm.Tests.Models.Deep;

namespace FastRbm.Tests.Evaluation.Deep;

public sealed class DeepLikelihoodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Annealing_finds_the_log_partition_function_of_all_layers(bool data)
    {
        DeepCase tiny = new(41, 2, data ? [5, 4, 3] : [4, 3, 3, 2]);
        AnnealingOptions options = new()
        {
            Runs = 200,
            Schedule = AnnealingSchedule.Linear(400),
            Data = data ? tiny.AllVisible() : null,
        };
        AnnealingEstimate estimate = DeepLikelihood.Partition(tiny.Machine, options);
        Assert.Equal(tiny.Reference.LogPartitionFunction, estimate.LogPartitionFunction, 0.05);
        Assert.InRange(tiny.Reference.LogPartitionFunction, estimate.Lower, estimate.Upper);
    }

    [Fact]
    public void The_report_brackets_a_bound_that_is_below_the_exact_likelihood()
    {
        DeepCase tiny = new(42, 1.5, 5, 4, 3);
        AnnealingOptions options = new() { Runs = 100, Schedule = AnnealingSchedule.Linear(200), Data = tiny.AllVisible() };
        DeepLikelihoodReport report = DeepLikelihood.Estimate(tiny.Machine, tiny.AllVisible(), options);
        double exact = Enumerable.Range(0, report.Rows).Average(v => tiny.Reference.LogLikelihood(v));
        Assert.Equal(1 << 5, report.Rows);
        Assert.True(report.Lower <= report.LogLikelihood && report.LogLikelihood <= report.Upper);
        Assert.True(report.Lower < exact);
        Assert.Equal(exact, report.LogLikelihood, 0.3);
    }

    [Fact]
    public void Bounds_do_not_depend_on_threads()
    {
        DeepCase tiny = new(43, 1.5, 6, 5, 3);
        Assert.Equal(DeepLikelihood.Bounds(tiny.Machine, tiny.AllVisible()), DeepLikelihood.Bounds(tiny.Machine, tiny.AllVisible(), threads: 3));
    }

    [Fact]
    public void Rows_that_are_no_visible_states_are_refused()
    {
        DeepCase tiny = new(44, 1, 4, 3, 2);
        Assert.Throws<ArgumentException>(() => DeepLikelihood.Bounds(tiny.Machine, new DeepCase.States([1], 5)));
        Assert.Throws<ArgumentException>(() => DeepLikelihood.Bounds(tiny.Machine, GreyDataset.FromBytes("grey", 1, 4, [1, 100, 200, 255])));
        Assert.Throws<ArgumentException>(() => DeepLikelihood.Partition(tiny.Machine, new AnnealingOptions { Data = new DeepCase.States([1], 5) }));
    }
}
