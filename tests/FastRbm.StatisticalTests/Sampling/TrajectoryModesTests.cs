using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class TrajectoryModesTests
{
    private const int Half = 7;
    private const int Visible = 2 * Half;
    private const int Hidden = 6;
    private const int Rungs = 8;
    private const int Chains = 200;
    private const int Sweeps = 500;

    /// <summary>The lesser mode: the second half of the visible units on.</summary>
    private const ulong Second = ((1UL << Half) - 1) << Half;

    [Fact]
    public void Masses_of_separated_modes_come_out_right_where_gibbs_sweeps_alone_never_leave_the_lesser_one()
    {
        ReferenceRbm model = Model(1);
        double exact = MassOfFirst(model);
        Assert.InRange(exact, 0.7, 0.9);

        using ChainSet plain = new(AuditModels.Engine(model), Chains, seed: 31);
        plain.StartFrom(new Lesser());
        plain.Run(Sweeps);
        double stuck = Enumerable.Range(0, Chains).Average(chain => IsFirst(plain.Visible.Row(chain)[0]));
        Assert.True(exact - stuck > 0.4, $"Gibbs sweeps alone: {stuck} of {exact}");

        TrajectoryLadder ladder = new(AuditModels.Engine(Model(0)));
        for (int rung = 1; rung < Rungs; rung++)
        {
            ladder.Add(AuditModels.Engine(Model(rung / (Rungs - 1.0))));
        }

        // All chains of all rungs start in the lesser mode.
        using TrajectoryChains tempered = new(ladder, Chains, seed: 32);
        tempered.StartFrom(new Lesser());
        tempered.Run(Sweeps / 5);
        double[] means = new double[Chains];
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            tempered.Run(1);
            for (int chain = 0; chain < Chains; chain++)
            {
                means[chain] += IsFirst(tempered.Visible.Row(chain)[0]) / Sweeps;
            }
        }

        double mean = means.Average();
        double standardError = Math.Sqrt(means.Sum(value => (value - mean) * (value - mean)) / Chains / (Chains - 1));
        double bound = MonteCarlo.StandardErrors(Budget.PerCheck);
        Assert.True(Math.Abs(mean - exact) < bound * standardError, $"expected a mass of {exact}, found {mean} with a standard error of {standardError}");
        Assert.InRange(standardError, 1e-5, 0.05 / bound);
        Assert.Equal(model.LogPartitionFunction(), tempered.LogPartitionFunction().Value, bound * tempered.LogPartitionFunction().StandardError);
    }

    /// <summary>Hidden units that like one half of the visible units on and the other off; a slight bias for the first half.</summary>
    private static ReferenceRbm Model(double share)
    {
        double[,] weights = new double[Visible, Hidden];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                weights[i, j] = share * (i < Half == j < Hidden / 2 ? 2.0 : -2.0);
            }
        }

        double[] visibleBias = [.. Enumerable.Range(0, Visible).Select(i => share * (i < Half ? 0.2 : 0))];
        return new ReferenceRbm(weights, visibleBias, new double[Hidden]);
    }

    private static double MassOfFirst(ReferenceRbm model)
    {
        double[] probabilities = model.VisibleProbabilities();
        return Enumerable.Range(0, probabilities.Length).Sum(mask => probabilities[mask] * IsFirst((ulong)mask));
    }

    /// <summary>1 where more of the first half is on, 0 where less is, else one half.</summary>
    private static double IsFirst(ulong state) =>
        0.5 * (1 + Math.Sign(System.Numerics.BitOperations.PopCount(state & ~Second) - System.Numerics.BitOperations.PopCount(state & Second)));

    private sealed class Lesser : IVisibleRows
    {
        public int Rows => 1;

        public int Columns => Visible;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = Second;

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();
    }
}
