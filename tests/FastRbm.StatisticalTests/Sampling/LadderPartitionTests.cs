using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class LadderPartitionTests
{
    private const int Ladders = 12;
    private const int Visible = 10;
    private const int Hidden = 8;
    private const int Rungs = 6;
    private const int Chains = 100;

    [Fact]
    public void Log_z_of_random_ladders_is_exact_within_its_standard_errors_and_these_are_right()
    {
        // Standardised errors are nearly normal, with 99 degrees of freedom in the standard error: no error beyond the bound, and their mean
        // square neither too large (errors understated) nor too small (overstated).
        double bound = MonteCarlo.StandardErrors(Budget.PerCheck);
        double squares = 0;
        for (int ladder = 0; ladder < Ladders; ladder++)
        {
            ReferenceRbm[] models = [.. Enumerable.Range(0, Rungs).Select(rung => Draw((ulong)ladder, rung))];
            using TrajectoryChains chains = Make(models, (ulong)ladder);
            chains.Run(200);
            LogPartitionEstimate estimate = chains.LogPartitionFunction();
            double exact = models[^1].LogPartitionFunction();
            Assert.InRange(estimate.StandardError, 0.001, 0.05);
            double error = (estimate.Value - exact) / estimate.StandardError;
            Assert.True(Math.Abs(error) < bound * 1.2, $"ladder {ladder}: expected {exact}, found {estimate}");
            squares += error * error;
        }

        double tail = GTest.ChiSquareUpperTail(squares, Ladders);
        Assert.InRange(tail, Budget.PerCheck, 1 - Budget.PerCheck);
    }

    [Fact]
    public void Every_rungs_log_z_is_known_and_the_ladder_keeps_the_ratios()
    {
        ReferenceRbm[] models = [.. Enumerable.Range(0, Rungs).Select(static rung => Draw(77, rung))];
        using TrajectoryChains chains = Make(models, 77);
        chains.Run(200);
        double sum = 0;
        double bound = 1.2 * MonteCarlo.StandardErrors(Budget.PerCheck);
        for (int rung = 0; rung < Rungs; rung++)
        {
            LogPartitionEstimate estimate = chains.LogPartitionFunction(rung);
            Assert.Equal(models[rung].LogPartitionFunction(), estimate.Value, (bound * estimate.StandardError) + 1e-5);
            sum += chains.Ladder.LogRatios[rung].Value;
            Assert.Equal(sum, estimate.Value, 1e-9);
        }
    }

    [Fact]
    public void An_edited_tops_log_z_follows()
    {
        ReferenceRbm[] models = [.. Enumerable.Range(0, Rungs).Select(static rung => Draw(5, rung))];
        Rbm top = AuditModels.Engine(models[^1]);
        using TrajectoryChains chains = Make(models[..^1], 5, top);
        chains.Run(200);
        top.Edit(static (weights, visibleBias, _) =>
        {
            weights[0, 0] += 0.5f;
            weights[3, 2] += 0.5f;
            visibleBias[1] += 0.5f;
        });
        double exact = Reference(top).LogPartitionFunction();
        Assert.True(Math.Abs(exact - models[^1].LogPartitionFunction()) > 0.2);
        chains.Run(200);
        LogPartitionEstimate estimate = chains.LogPartitionFunction();
        Assert.InRange(estimate.StandardError, 0.001, 0.05);
        Assert.Equal(exact, estimate.Value, 1.2 * MonteCarlo.StandardErrors(Budget.PerCheck) * estimate.StandardError);
    }

    private static TrajectoryChains Make(ReferenceRbm[] models, ulong seed, Rbm? top = null)
    {
        TrajectoryLadder ladder = new(AuditModels.Engine(models[0]));
        foreach (ReferenceRbm model in models[1..])
        {
            ladder.Add(AuditModels.Engine(model));
        }

        return new TrajectoryChains(ladder, Chains, seed, threads: 1, top);
    }

    private static ReferenceRbm Reference(Rbm rbm)
    {
        double[,] weights = new double[Visible, Hidden];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                weights[i, j] = rbm.Weights[i, j];
            }
        }

        return new ReferenceRbm(weights, Array.ConvertAll(rbm.Visible.Bias.ToArray(), static x => (double)x), Array.ConvertAll(rbm.Hidden.Bias.ToArray(), static x => (double)x));
    }

    private static ReferenceRbm Draw(ulong ladder, int rung)
    {
        SplitMix64 random = new(1000 + ladder);
        double share = rung / (Rungs - 1.0);
        double[,] weights = new double[Visible, Hidden];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                weights[i, j] = (float)(share * random.NextDouble(-1.5, 1.5));
            }
        }

        return new ReferenceRbm(weights, Biases(Visible), Biases(Hidden));

        double[] Biases(int units) => [.. random.NextDoubles(units).Select(u => (double)(float)((0.5 + (0.5 * share)) * ((3 * u) - 2)))];
    }
}
