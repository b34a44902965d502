using FastRbm.Evaluation;
using FastRbm.Evaluation.Subspace;
using FastRbm.Models.Subspace;
using FastRbm.Reference;
using FastRbm.Tests.Models.Subspace;

namespace FastRbm.Tests.Evaluation.Subspace;

public sealed class SubspaceAnnealingTests
{
    [Theory]
    [InlineData(5, 3, 2)]
    [InlineData(6, 2, 1)]
    public void The_estimate_is_the_exact_log_z(int visible, int gates, int subspaces)
    {
        ReferenceSubspace reference = SubspaceModels.Random(visible, gates, subspaces, 51, 2);
        AnnealingOptions options = Options() with { BaseBias = [.. Enumerable.Range(0, visible).Select(static unit => 0.3 * unit)] };
        AnnealingEstimate estimate = SubspaceAnnealing.Estimate(SubspaceModels.Engine(reference), options, cancellation: TestContext.Current.CancellationToken);
        double exact = reference.LogPartitionFunction();

        // Fixed seeds; five standard errors.
        Assert.InRange(estimate.LogPartitionFunction, exact - (5 * estimate.StandardError), exact + (5 * estimate.StandardError));
        Assert.InRange(estimate.StandardError, 0, 0.04);
        Assert.InRange(exact, estimate.Lower - 0.01, estimate.Upper + 0.01);
        Assert.True(estimate.Verdict.Trusted, estimate.Verdict.Text);
    }

    [Fact]
    public void A_model_without_weights_needs_no_luck()
    {
        // Every run has the same weight where p_beta is the base rates at every beta.
        SubspaceRbm model = new(4, 2, 3);
        AnnealingEstimate estimate = SubspaceAnnealing.Estimate(model, Options() with { BothWays = false }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((4 * Math.Log(2)) + (8 * Math.Log(2)), estimate.LogPartitionFunction, 1e-12);
        Assert.Equal(0, estimate.StandardError, 1e-12);
    }

    [Fact]
    public void Threads_do_not_change_a_bit_and_bad_options_are_refused()
    {
        SubspaceRbm model = SubspaceModels.Engine(SubspaceModels.Random(9, 4, 3, 6));
        AnnealingEstimate one = SubspaceAnnealing.Estimate(model, Options() with { Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
        AnnealingEstimate three = SubspaceAnnealing.Estimate(model, Options() with { Threads = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(one.LogPartitionFunction, three.LogPartitionFunction);
        Assert.Throws<ArgumentOutOfRangeException>(() => SubspaceAnnealing.Estimate(model, Options() with { Runs = 0 }));
        Assert.Throws<ArgumentException>(() => SubspaceAnnealing.Estimate(model, Options() with { Data = new TestRows([new bool[3]]) }));
        Assert.Throws<ArgumentException>(() => SubspaceAnnealing.Estimate(model, Options() with { BaseBias = [double.NaN, 0, 0, 0, 0, 0, 0, 0, 0] }));
    }

    private static AnnealingOptions Options() => new()
    {
        Runs = 200,
        Schedule = AnnealingSchedule.Classic(100),
        StartSweeps = 100,
        Seed = 4,
    };
}
