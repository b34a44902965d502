using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Tests.Sampling;

public sealed class UnitChainsTests
{
    private const int Chains = 2_000;

    [Fact]
    public void Units_that_are_held_stay_and_the_others_have_their_exact_conditional_means()
    {
        Rbm rbm = Model();
        Matrix values = new(Chains, 3);
        BitMatrix held = new(Chains, 3);
        for (int chain = 0; chain < Chains; chain++)
        {
            values[chain, 0] = 1.5f;
            held[chain, 0] = true;
        }

        using UnitChains chains = new(rbm, Chains, seed: 1);
        chains.Hold(values, held);
        chains.Run(30);
        chains.BeginMeans();
        chains.Run(30);
        float[] row = new float[3];
        double[] means = new double[3];
        for (int chain = 0; chain < Chains; chain++)
        {
            chains.CopyVisible(chain, row);
            Assert.Equal(1.5f, row[0]);
            chains.CopyMeans(chain, row);
            for (int unit = 0; unit < 3; unit++)
            {
                means[unit] += row[unit] / (double)Chains;
            }
        }

        // A chain's mean over 30 sweeps has a deviation below 1: six standard errors of 2,000 chains are 0.13.
        double[] exact = ConditionalMeans(rbm, 1.5);
        Assert.InRange(means[1] - exact[1], -0.13, 0.13);
        Assert.InRange(means[2] - exact[2], -0.13, 0.13);

        // That is far from what they are when nothing is held.
        chains.Hold(values, new BitMatrix(Chains, 3));
        chains.Run(30);
        double free = 0;
        for (int chain = 0; chain < Chains; chain++)
        {
            chains.CopyVisible(chain, row);
            free += row[1] / (double)Chains;
        }

        Assert.True(Math.Abs(free - exact[1]) > 0.5, $"{free} against {exact[1]}");
    }

    private static Rbm Model()
    {
        Rbm rbm = new(new GaussianLayer(3), new BinaryLayer(2));
        rbm.Visible.SetParameter(1, [0.2f, -0.3f, 0.4f]);
        rbm.Edit(static (weights, visibleBias, hiddenBias) =>
        {
            (weights[0, 0], weights[0, 1]) = (1.6f, -0.7f);
            (weights[1, 0], weights[1, 1]) = (1.5f, 0.4f);
            (weights[2, 0], weights[2, 1]) = (-0.8f, 1.2f);
            (visibleBias[0], visibleBias[1], visibleBias[2]) = (-0.5f, 0.3f, 0.1f);
            (hiddenBias[0], hiddenBias[1]) = (-2.5f, -0.6f);
        });
        return rbm;
    }

    /// <summary>E[v | v_0], the other two units integrated out for each hidden state.</summary>
    private static double[] ConditionalMeans(Rbm rbm, double first)
    {
        double total = 0;
        double[] sums = new double[3];
        for (int state = 0; state < 4; state++)
        {
            double[] h = [state & 1, state >> 1];
            double log = (rbm.Hidden.Bias[0] * h[0]) + (rbm.Hidden.Bias[1] * h[1]) + (first * ((rbm.Weights[0, 0] * h[0]) + (rbm.Weights[0, 1] * h[1])));
            double[] means = new double[3];
            for (int unit = 1; unit < 3; unit++)
            {
                double input = rbm.Visible.Bias[unit] + (rbm.Weights[unit, 0] * h[0]) + (rbm.Weights[unit, 1] * h[1]);
                double precision = Math.Exp(rbm.Visible.Parameter(1)[unit]);
                means[unit] = input / precision;
                log += 0.5 * input * input / precision;
            }

            double weight = Math.Exp(log);
            total += weight;
            for (int unit = 1; unit < 3; unit++)
            {
                sums[unit] += weight * means[unit];
            }
        }

        return Array.ConvertAll(sums, sum => sum / total);
    }
}
