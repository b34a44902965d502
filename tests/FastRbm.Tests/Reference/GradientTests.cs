using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class GradientTests
{
    [Fact]
    public void The_likelihood_gradient_is_that_of_finite_differences()
    {
        Properties.Hold(
            RandomModels.TinyRbm(4, 4),
            model =>
            {
                bool[][] rows = SomeRows(model);
                double[] rowWeights = [1, 0.5, 3];
                double[] gradient = model.LikelihoodGradient(rows, rowWeights).ToArray();
                for (int k = 0; k < gradient.Length; k++)
                {
                    const double Step = 1e-4;
                    double above = Moved(model, k, Step).LogLikelihood(rows, rowWeights);
                    double below = Moved(model, k, -Step).LogLikelihood(rows, rowWeights);

                    // Third cumulants of numbers in [0, 1] are below 1, so curvature takes Step^2 / 3; rounding takes the rest.
                    Assert.Equal((above - below) / (2 * Step), gradient[k], 2 * Step * Step);
                }
            },
            200);
    }

    [Fact]
    public void The_gradient_vanishes_where_the_data_are_the_model()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            bool[][] rows = BinaryStates.All(model.Visible);
            double[] gradient = model.LikelihoodGradient(rows, model.VisibleProbabilities()).ToArray();
            Assert.All(gradient, value => Assert.Equal(0, value, 1e-12));
            double[] contrastive = model.ContrastiveDivergenceGradient(rows, 3, model.VisibleProbabilities()).ToArray();
            Assert.All(contrastive, value => Assert.Equal(0, value, 1e-12));
        });
    }

    [Fact]
    public void The_contrastive_divergence_gradient_tends_to_the_likelihood_gradient()
    {
        ReferenceRbm model = RandomModel(5, 4, 1.5, 11);
        bool[][] rows = SomeRows(model);
        double[] exact = model.LikelihoodGradient(rows).ToArray();
        double[] target = model.VisibleProbabilities();
        double lastDistance = double.PositiveInfinity;
        foreach (int steps in (int[])[1, 2, 4, 8, 16, 32])
        {
            double[] distribution = model.ChainDistribution(BinaryStates.ToDoubles(rows), steps);
            double distance = distribution.Zip(target, (q, p) => Math.Abs(q - p)).Sum() / 2;
            double[] gradient = model.ContrastiveDivergenceGradient(rows, steps).ToArray();

            // Statistics lie in [0, 1], so no expectation differs by more than the total variation distance.
            Assert.All(gradient.Zip(exact), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= distance + 1e-14));
            Assert.True(distance < lastDistance);
            lastDistance = distance;
        }

        Assert.InRange(lastDistance, 1e-300, 1e-6);
        double[] late = model.ContrastiveDivergenceGradient(rows, 200).ToArray();
        Assert.All(late.Zip(exact), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Fact]
    public void A_chain_of_k_steps_from_binary_rows_is_k_transitions()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            int states = BinaryStates.Count(model.Visible);
            double[] start = new double[states];
            start[0] = 0.25;
            start[states - 1] = 0.75;
            double[][] rows = [BinaryStates.ToDoubles(BinaryStates.FromMask(0, model.Visible)), BinaryStates.ToDoubles(BinaryStates.FromMask(states - 1, model.Visible))];
            foreach (int steps in (int[])[1, 2, 5])
            {
                double[] expected = model.PropagateVisible(start, steps);
                double[] actual = model.ChainDistribution(rows, steps, [1, 3]);
                Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-13));
            }
        });
    }

    [Fact]
    public void The_contrastive_divergence_gradient_is_the_mean_of_simulated_ones()
    {
        const int Chains = 100_000;
        const int Steps = 2;
        ReferenceRbm model = RandomModel(4, 3, 4, 5);
        double[][] rows = [[1, 0, 1, 1], [0, 0, 1, 0], [0.2, 0.9, 0.5, 0.1]];
        double[] rowWeights = [2, 1, 1];
        double[] expected = model.ContrastiveDivergenceGradient(rows, Steps, rowWeights).ToArray();
        double[] sum = new double[expected.Length];
        double[] squares = new double[expected.Length];
        SplitMix64 random = new(2024);
        for (int chain = 0; chain < Chains; chain++)
        {
            double[] start = rows[random.NextCell([0.5, 0.25, 0.25])];
            bool[] hidden = model.SampleHidden(start, random.NextDoubles(3));
            bool[] visible = [];
            for (int step = 0; step < Steps; step++)
            {
                visible = model.SampleVisible(hidden, random.NextDoubles(4));
                hidden = model.SampleHidden(visible, random.NextDoubles(3));
            }

            double[] one = model.DataMoments([start]).Minus(model.DataMoments([visible])).ToArray();
            for (int k = 0; k < one.Length; k++)
            {
                sum[k] += one[k];
                squares[k] += one[k] * one[k];
            }
        }

        double falseAlarm = MonteCarlo.FalseAlarmPerTest(1e-6, expected.Length);
        double[] oneStepMore = model.ContrastiveDivergenceGradient(rows, Steps + 1, rowWeights).ToArray();
        bool seesOneStepMore = false;
        for (int k = 0; k < expected.Length; k++)
        {
            double mean = sum[k] / Chains;
            double bound = MonteCarlo.MeanBound(Math.Sqrt((squares[k] / Chains) - (mean * mean)), Chains, falseAlarm);
            Assert.Equal(expected[k], mean, bound);
            seesOneStepMore |= Math.Abs(oneStepMore[k] - mean) > bound;
        }

        Assert.True(seesOneStepMore);
    }

    [Fact]
    public void Data_moments_of_the_tutorial_machine_are_those_worked_out_by_hand()
    {
        ReferenceRbm model = TutorialMachine.Create();
        ReferenceMoments moments = model.DataMoments([TutorialMachine.Visible("AC"), TutorialMachine.Visible("B")], [3, 1]);
        double d = ReferenceMath.Sigmoid(6);
        double e = ReferenceMath.Sigmoid(-3);
        Assert.Equal([0.75, 0.25, 0.75], moments.VisibleBias);
        Assert.Equal(0.75 * d, moments.Weights[0, 0], 1e-15);
        Assert.Equal(0.75 * e, moments.Weights[2, 1], 1e-15);
        Assert.Equal(0.25 * ReferenceMath.Sigmoid(-4), moments.Weights[1, 0], 1e-15);
        Assert.Equal((0.75 * e) + (0.25 * ReferenceMath.Sigmoid(5)), moments.HiddenBias[1], 1e-15);
    }

    [Fact]
    public void The_model_moments_are_those_of_the_joint_table()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double[,] joint = model.JointProbabilities();
            ReferenceMoments expected = new(model.Visible, model.Hidden);
            for (int v = 0; v < joint.GetLength(0); v++)
            {
                for (int h = 0; h < joint.GetLength(1); h++)
                {
                    bool[] visible = BinaryStates.FromMask(v, model.Visible);
                    bool[] hidden = BinaryStates.FromMask(h, model.Hidden);
                    expected.Add(joint[v, h], BinaryStates.ToDoubles(visible), BinaryStates.ToDoubles(hidden));
                }
            }

            double[] actual = model.ExpectedMoments(model.VisibleProbabilities()).ToArray();
            Assert.All(actual.Zip(expected.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        });
    }

    private static ReferenceRbm RandomModel(int visible, int hidden, double largest, ulong seed)
    {
        SplitMix64 random = new(seed);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = random.NextDouble(-largest, largest);
            }
        }

        double[] Biases(int count) => Array.ConvertAll(random.NextDoubles(count), u => (2 * u) - 1);
        return new ReferenceRbm(weights, Biases(visible), Biases(hidden));
    }

    /// <summary>Three rows: the first state, the last, and one between.</summary>
    private static bool[][] SomeRows(ReferenceRbm model)
    {
        int states = BinaryStates.Count(model.Visible);
        return [.. ((int[])[0, states - 1, states / 3]).Select(mask => BinaryStates.FromMask(mask, model.Visible))];
    }

    /// <summary>The model with parameter k, in the order of the moments' array, moved by a step.</summary>
    private static ReferenceRbm Moved(ReferenceRbm model, int k, double step)
    {
        double[,] weights = model.CopyWeights();
        double[] visibleBias = model.VisibleBias.ToArray();
        double[] hiddenBias = model.HiddenBias.ToArray();
        if (k < weights.Length)
        {
            weights[k / model.Hidden, k % model.Hidden] += step;
        }
        else if (k < weights.Length + model.Visible)
        {
            visibleBias[k - weights.Length] += step;
        }
        else
        {
            hiddenBias[k - weights.Length - model.Visible] += step;
        }

        return new ReferenceRbm(weights, visibleBias, hiddenBias);
    }
}
