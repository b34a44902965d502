using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Tests.Models.Boltzmann;

namespace FastRbm.Tests.Evaluation.Boltzmann;

public sealed class BoltzmannAnnealingTests
{
    [Theory]
    [InlineData("dense6", UnitKind.Binary, true)]
    [InlineData("dense6", UnitKind.Spin, false)]
    [InlineData("grid2x3", UnitKind.Spin, true)]
    public void Small_machines_are_bracketed_and_trusted(string graph, UnitKind kind, bool withData)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 51);
        double exact = BoltzmannEnumeration.LogPartitionFunction(machine);
        BoltzmannAnnealingOptions options = new()
        {
            Schedule = AnnealingSchedule.Linear(201),
            Data = withData ? BoltzmannEnumerationTests.Rows([1, 5, 44, 61, 7], 6) : null,
        };
        AnnealingEstimate estimate = BoltzmannAnnealing.Estimate(machine, options);
        Assert.True(estimate.Verdict.Trusted, estimate.Verdict.Text);
        Assert.InRange(exact, estimate.Lower, estimate.Upper);
        Assert.Equal(exact, estimate.LogPartitionFunction, 5 * estimate.StandardError);
        Assert.InRange(estimate.StandardError, 0, 0.1);
    }

    [Fact]
    public void A_lattice_has_the_log_partition_function_of_the_formula()
    {
        BoltzmannMachine machine = IsingLattice.Machine(12, 12, 0.3);
        AnnealingEstimate estimate = BoltzmannAnnealing.Estimate(machine, new BoltzmannAnnealingOptions { Schedule = AnnealingSchedule.Linear(301), StartSweeps = 200 });
        double exact = IsingLattice.LogPartitionFunction(12, 12, machine.Coupling(0, 1));
        Assert.True(estimate.Verdict.Trusted, estimate.Verdict.Text);
        Assert.Equal(exact, estimate.LogPartitionFunction, 5 * estimate.StandardError);
    }

    [Fact]
    public void Threads_change_nothing_and_one_way_is_doubted()
    {
        BoltzmannMachine machine = BoltzmannModels.Random("dense70", UnitKind.Binary, 52, 0.05);
        BoltzmannAnnealingOptions options = new() { Runs = 130, Schedule = AnnealingSchedule.Linear(6), StartSweeps = 5 };
        AnnealingEstimate one = BoltzmannAnnealing.Estimate(machine, options);
        AnnealingEstimate two = BoltzmannAnnealing.Estimate(machine, options with { Threads = 2 });
        Assert.Equal(one.Forward.LogWeights, two.Forward.LogWeights);
        Assert.Equal(one.Reverse!.LogWeights, two.Reverse!.LogWeights);
        AnnealingEstimate forward = BoltzmannAnnealing.Estimate(machine, options with { BothWays = false });
        Assert.False(forward.Verdict.Trusted);
        Assert.Equal(one.Forward.LogWeights, forward.Forward.LogWeights);
        Assert.Throws<ArgumentOutOfRangeException>(() => BoltzmannAnnealing.Estimate(machine, options with { Runs = 0 }));
        Assert.Throws<ArgumentException>(() => BoltzmannAnnealing.Estimate(machine, options with { Data = BoltzmannEnumerationTests.Rows([1], 6) }));
    }
}
