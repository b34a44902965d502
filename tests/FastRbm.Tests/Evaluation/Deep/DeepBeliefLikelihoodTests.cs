using FastRbm.Evaluation;
using FastRbm.Evaluation.Deep;
using FastRbm.Models;
using FastRbm.Tests.Models.Deep;

namespace FastRbm.Tests.Evaluation.Deep;

public sealed class DeepBeliefLikelihoodTests
{
    [Fact]
    public void The_bound_is_that_of_the_reference_and_below_the_exact_likelihood()
    {
        BeliefCase tiny = new(61, 4, 3, 3);
        DeepCase.States rows = new([.. Enumerable.Range(0, 16)], 4);
        double logZ = ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(tiny.Network.Top));
        double[] bounds = DeepBeliefLikelihood.Bounds(tiny.Network, rows, samples: 4000);
        double[] exact = tiny.Reference.Probabilities(0);
        for (int v = 0; v < 16; v++)
        {
            Assert.Equal(tiny.Reference.Bound(v), bounds[v] - logZ, 0.08);
            Assert.True(tiny.Reference.Bound(v) <= Math.Log(exact[v]) + 1e-12);
        }

        DeepLikelihoodReport report = DeepBeliefLikelihood.Estimate(
            tiny.Network, rows, new AnnealingOptions { Runs = 100, Schedule = AnnealingSchedule.Linear(200), Data = rows }, samples: 200);
        Assert.Equal(Enumerable.Range(0, 16).Average(tiny.Reference.Bound), report.LogLikelihood, 0.1);
    }

    [Fact]
    public void One_machine_has_its_exact_likelihood()
    {
        BeliefCase tiny = new(62, 4, 3);
        double logZ = ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(tiny.Network.Top));
        double[] bounds = DeepBeliefLikelihood.Bounds(tiny.Network, new DeepCase.States([.. Enumerable.Range(0, 16)], 4), samples: 1);
        double[] exact = tiny.Reference.Probabilities(0);
        for (int v = 0; v < 16; v++)
        {
            Assert.Equal(Math.Log(exact[v]), bounds[v] - logZ, 1e-5);
        }
    }
}
