using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

/// <summary>The transition matrix of the production Gibbs step, from the probabilities that its sampler decides by.</summary>
public sealed class TransitionTests
{
    [Fact]
    public void The_production_transition_matrix_keeps_the_exact_distribution_and_balances_in_detail() =>
        Properties.Hold(RandomModels.TinyRbm(5, 4), drawn =>
        {
            // The engine samples the model with fixed-point weights: that is the one whose distribution must be kept.
            Rbm rbm = Translate.Engine(drawn);
            ReferenceRbm model = FixedPoint(drawn, rbm.FixedPointBits);
            bool[][] visible = BinaryStates.All(model.Visible);
            bool[][] hidden = BinaryStates.All(model.Hidden);
            RbmWorkspace workspace = new(rbm);
            Matrix hiddenMeans = new(visible.Length, model.Hidden);
            Matrix visibleMeans = new(hidden.Length, model.Visible);
            rbm.MeanHidden(Translate.Bits(visible), workspace, hiddenMeans);
            rbm.MeanVisible(Translate.Bits(hidden), workspace, visibleMeans);
            double[] pi = model.VisibleProbabilities();

            // Each of the units' probabilities is off by an input rounded to a float (2^-24 of up to 60) and 3 ULP: 4e-6 in all
            // for a product of nine.
            const double Tolerance = 4e-6;
            double[] kept = new double[visible.Length];
            double[,] flow = new double[visible.Length, visible.Length];
            for (int from = 0; from < visible.Length; from++)
            {
                double total = 0;
                for (int to = 0; to < visible.Length; to++)
                {
                    double probability = 0;
                    for (int h = 0; h < hidden.Length; h++)
                    {
                        probability += Probability(hiddenMeans.Row(from), hidden[h]) * Probability(visibleMeans.Row(h), visible[to]);
                    }

                    total += probability;
                    kept[to] += pi[from] * probability;
                    flow[from, to] = pi[from] * probability;
                }

                Assert.InRange(total, 1 - 1e-12, 1 + 1e-12);
            }

            for (int from = 0; from < visible.Length; from++)
            {
                Assert.InRange(kept[from], pi[from] - Tolerance, pi[from] + Tolerance);
                for (int to = 0; to < visible.Length; to++)
                {
                    Assert.InRange(flow[from, to], flow[to, from] - Tolerance, flow[to, from] + Tolerance);
                }
            }
        });

    private static double Probability(ReadOnlySpan<float> means, bool[] states)
    {
        double probability = 1;
        for (int unit = 0; unit < states.Length; unit++)
        {
            probability *= states[unit] ? means[unit] : 1 - (double)means[unit];
        }

        return probability;
    }

    private static ReferenceRbm FixedPoint(ReferenceRbm model, int bits)
    {
        double scale = Math.Pow(2, -bits);
        double[,] weights = model.CopyWeights();
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                weights[i, j] = FixedPointReference.Quantize(weights[i, j], bits) * scale;
            }
        }

        return new ReferenceRbm(weights, Round(model.VisibleBias), Round(model.HiddenBias));

        double[] Round(ReadOnlySpan<double> values) => Array.ConvertAll(FixedPointReference.Quantize(values, bits), value => value * scale);
    }
}
