using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

/// <summary>Models for exact evaluation, and their moments by the reference.</summary>
internal static class ExactModels
{
    /// <summary>Weights within +-size, biases within +-1/2.</summary>
    public static ReferenceRbm Random(int visible, int hidden, double size, ulong seed = 6)
    {
        SplitMix64 random = new(seed);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = random.NextDouble(-size, size);
            }
        }

        return new ReferenceRbm(weights, [.. random.NextDoubles(visible).Select(u => u - 0.5)], [.. random.NextDoubles(hidden).Select(u => u - 0.5)]);
    }

    /// <summary>E[v h'], E[v] and E[h] by the smaller side: the reference enumerates visible states, so a wide model is turned around.</summary>
    public static ReferenceMoments Moments(ReferenceRbm model)
    {
        if (model.Visible <= model.Hidden)
        {
            return model.ExpectedMoments(model.VisibleProbabilities());
        }

        double[,] turned = new double[model.Hidden, model.Visible];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                turned[j, i] = model.Weight(i, j);
            }
        }

        ReferenceMoments moments = Moments(new ReferenceRbm(turned, [.. model.HiddenBias], [.. model.VisibleBias]));
        ReferenceMoments result = new(model.Visible, model.Hidden);
        moments.HiddenBias.CopyTo(result.VisibleBias, 0);
        moments.VisibleBias.CopyTo(result.HiddenBias, 0);
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                result.Weights[i, j] = moments.Weights[j, i];
            }
        }

        return result;
    }

    /// <summary>
    /// How far two exact computations of a mean may lie apart: log weights are sums of parameters, each rounded to 2^-53 of the largest
    /// partial sum at most, a few times over.
    /// </summary>
    public static double Tolerance(ReferenceRbm model)
    {
        double size = ((double[])[.. model.VisibleBias, .. model.HiddenBias]).Sum(static bias => Math.Abs(bias));
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                size += Math.Abs(model.Weight(i, j));
            }
        }

        return 8 * Math.Pow(2, -53) * (100 + size);
    }

    /// <summary>Every element within a tolerance, or the worst one is named.</summary>
    public static void AssertClose(IEnumerable<double> expected, IEnumerable<double> found, double tolerance, string what)
    {
        double[] e = [.. expected];
        double[] f = [.. found];
        Assert.Equal(e.Length, f.Length);
        int worst = Enumerable.Range(0, e.Length).MaxBy(i => Math.Abs(e[i] - f[i]));
        Assert.True(Math.Abs(e[worst] - f[worst]) <= tolerance, $"{what} {worst}: expected {e[worst]}, found {f[worst]}, tolerance {tolerance}");
    }
}
