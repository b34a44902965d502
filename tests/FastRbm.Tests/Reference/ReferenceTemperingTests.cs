using FastRbm.Reference;

namespace FastRbm.Tests.Reference;

public sealed class ReferenceTemperingTests
{
    private static readonly ReferenceRbm _narrow = new(new[,] { { 1.5 }, { -2.25 } }, [0.5, -0.75], [1.0]);
    private static readonly ReferenceRbm _square = new(new[,] { { 2.5, -1.0 }, { -1.25, 3.0 } }, [0.5, -0.75], [-1.0, 0.25]);

    public static TheoryData<string, int, double> Cases() => new()
    {
        { "2x1", 2, 0.0 }, { "2x1", 2, 0.35 }, { "2x1", 3, 0.1 }, { "2x2", 2, 0.0 }, { "2x2", 2, 0.35 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sweep_of_tempered_chains_leaves_the_product_of_its_levels_in_place(string size, int levels, double least)
    {
        ReferenceTempering tempering = Tempering(size, levels, least);
        double[] stationary = tempering.Probabilities();
        Assert.Equal(1, stationary.Sum(), 1e-12);
        for (int parity = 0; parity < 2; parity++)
        {
            double[,] transitions = tempering.Transitions(parity);
            double[] after = new double[stationary.Length];
            for (int state = 0; state < stationary.Length; state++)
            {
                double row = 0;
                for (int next = 0; next < stationary.Length; next++)
                {
                    Assert.True(transitions[state, next] >= 0);
                    row += transitions[state, next];
                    after[next] += stationary[state] * transitions[state, next];
                }

                Assert.Equal(1, row, 1e-12);
            }

            Assert.All(Enumerable.Range(0, after.Length), state => Assert.Equal(stationary[state], after[state], 1e-12));
        }
    }

    [Fact]
    public void Swaps_alone_are_in_detailed_balance_and_levels_without_swaps_are_independent_gibbs_chains()
    {
        ReferenceTempering tempering = Tempering("2x1", 2, 0.2);
        double[] stationary = tempering.Probabilities();
        int states = tempering.LevelStates;
        for (int low = 0; low < states; low++)
        {
            for (int high = 0; high < states; high++)
            {
                double there = stationary[low + (states * high)] * tempering.SwapProbability(0, low, high);
                double back = stationary[high + (states * low)] * tempering.SwapProbability(0, high, low);
                Assert.Equal(there, back, 1e-15);
            }
        }

        double[,] odd = tempering.Transitions(parity: 1);
        double[,] hot = tempering.Level(0).JointTransitions();
        double[,] cold = tempering.Level(1).JointTransitions();
        Assert.All(Enumerable.Range(0, states * states), next =>
            Assert.Equal(hot[3, next % states] * cold[5, next / states], odd[3 + (states * 5), next], 1e-15));
    }

    [Fact]
    public void The_ends_of_the_ladder_are_the_base_model_and_the_model_itself()
    {
        ReferenceTempering tempering = Tempering("2x2", 2, 0);
        double[,] hot = tempering.Level(0).JointProbabilities();
        for (int v = 0; v < 4; v++)
        {
            double first = ReferenceMath.Sigmoid((v & 1) != 0 ? -0.5 : 0.5);
            double second = ReferenceMath.Sigmoid((v & 2) != 0 ? 1.25 : -1.25);
            for (int h = 0; h < 4; h++)
            {
                Assert.Equal(first * second / 4, hot[v, h], 1e-15);
            }
        }

        Assert.Equal(_square.JointProbabilities(), tempering.Level(1).JointProbabilities());
    }

    private static ReferenceTempering Tempering(string size, int levels, double least)
    {
        double[] betas = [.. Enumerable.Range(0, levels).Select(level => least + ((1 - least) * level / (levels - 1)))];
        return new ReferenceTempering(size == "2x1" ? _narrow : _square, betas, [-0.5, 1.25]);
    }
}
