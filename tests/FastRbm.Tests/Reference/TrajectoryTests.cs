using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class TrajectoryTests
{
    [Fact]
    public void A_step_of_trajectory_tempering_keeps_the_product_of_the_models_distributions()
    {
        foreach ((int units, int models) in ((int, int)[])[(2, 2), (3, 2), (2, 3), (1, 5)])
        {
            for (ulong seed = 0; seed < 8; seed++)
            {
                ReferenceTrajectory trajectory = new([.. Enumerable.Range(0, models).Select(model => Draw(seed, units, model))]);
                double[] pi = trajectory.Probabilities();
                double[,] transitions = trajectory.Transitions();
                Assert.Equal(1, pi.Sum(), 1e-12);
                for (int state = 0; state < pi.Length; state++)
                {
                    Assert.Equal(1, Enumerable.Range(0, pi.Length).Sum(to => transitions[state, to]), 1e-12);
                    Assert.Equal(pi[state], Enumerable.Range(0, pi.Length).Sum(from => pi[from] * transitions[from, state]), 1e-12);
                }
            }
        }
    }

    [Fact]
    public void Exchanges_alone_are_in_detailed_balance_and_do_what_they_say()
    {
        ReferenceTrajectory trajectory = new([Draw(1, 2, 0), Draw(1, 2, 1)]);
        double[] pi = trajectory.Probabilities();
        double[,] exchanges = trajectory.Exchanges(0);
        for (int from = 0; from < pi.Length; from++)
        {
            for (int to = 0; to < from; to++)
            {
                Assert.Equal(pi[from] * exchanges[from, to], pi[to] * exchanges[to, from], 1e-15);
                bool swapped = trajectory.MaskOf(from, 0) == trajectory.MaskOf(to, 1) && trajectory.MaskOf(from, 1) == trajectory.MaskOf(to, 0);
                Assert.Equal(swapped, exchanges[from, to] > 0);
            }
        }
    }

    private static ReferenceRbm Draw(ulong seed, int units, int model)
    {
        SplitMix64 random = new((100 * seed) + (ulong)model);
        double[,] weights = new double[units, 2];
        for (int i = 0; i < units; i++)
        {
            weights[i, 0] = model * random.NextDouble(-2, 2);
            weights[i, 1] = model * random.NextDouble(-2, 2);
        }

        return new ReferenceRbm(
            weights, [.. random.NextDoubles(units).Select(static u => (4 * u) - 2)], [.. random.NextDoubles(2).Select(static u => (4 * u) - 2)]);
    }
}
