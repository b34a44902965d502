using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

/// <summary>Layers whose units share a constraint: Potts groups and word counts.</summary>
public sealed class GroupLayerTests
{
    // exp within 1.1 ULP, a float sum of up to 65 numbers one after the other, a division, a product. Beside it the rounding of I - largest: that
    // many ULP of the result as the difference is large.
    private const double SoftmaxUlp = 8;

    [Theory]
    [InlineData(2, 5)]
    [InlineData(3, 7, 2, 2)]
    [InlineData(16, 15, 17)]
    [InlineData(50, 50, 50, 50, 50)]
    [InlineData(65, 3)]
    public void Potts_groups_have_the_sums_means_and_variances_of_their_one_hot_states(params int[] categories)
    {
        PottsLayer layer = new(categories);
        SplitMix64 random = new(1);
        foreach (float range in (float[])[0.1f, 3, 25])
        {
            float[] inputs = random.NextFloats(layer.Count, -range, range);
            float[] means = new float[layer.Count];
            float[] variances = new float[layer.Count];
            float[] modes = new float[layer.Count];
            layer.Mean(inputs, means);
            layer.Variance(inputs, variances);
            layer.Mode(inputs, modes);
            layer.Check(modes, "modes", "row 0");
            double sum = 0;
            int first = 0;
            foreach (int count in categories)
            {
                double[] own = Translate.ToDoubles(inputs.AsSpan(first, count).ToArray());
                ReferenceUnits reference = ReferenceUnits.Potts(count);
                sum += reference.CumulantGenerating(own);
                for (int k = 0; k < count; k++)
                {
                    double mean = reference.Mean(state => state[k], own);
                    double bound = SoftmaxUlp + own.Max() - own[k];
                    AssertUlp(mean, means[first + k], bound);
                    AssertUlp(mean * Enumerable.Range(0, count).Where(j => j != k).Sum(j => reference.Mean(state => state[j], own)), variances[first + k], 2 * SoftmaxUlp + own.Max() - own[k] + (own[k] == own.Max() ? own.Max() - own.Min() : 0));
                    Assert.True(modes[first + k] == 0 || own[k] == own.Max());
                }

                first += count;
            }

            Assert.Equal(sum, layer.CumulantGenerating(Translate.ToDoubles(inputs)), 1e-11);
        }
    }

    [Fact]
    public void Of_equally_likely_categories_the_first_is_the_mode()
    {
        float[] states = new float[7];
        new PottsLayer(4, 3).Mode([1, 2, 2, 0, 0, 0, 0], states);
        Assert.Equal([0, 1, 0, 0, 1, 0, 0], states);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 6)]
    public void Word_counts_have_the_sums_and_means_of_all_documents_of_their_length(int words, int total)
    {
        ReplicatedSoftmaxLayer layer = new(words);
        SplitMix64 random = new(2);
        random.NextFloats(words, -1, 1).CopyTo(layer.MutableParameter(0));
        float[] inputs = random.NextFloats(words, -4, 4);
        double[] exact = Translate.ToDoubles(inputs);
        ReferenceUnits reference = ReferenceUnits.Multinomial(words, total);
        Assert.Equal(reference.CumulantGenerating(exact), layer.CumulantGenerating(exact, total), 1e-12);
        float[] means = new float[words];
        layer.Mean(inputs, total, means);
        float[] one = new float[words];
        float[] variances = new float[words];
        layer.Mean(inputs, one);
        layer.Variance(inputs, variances);
        for (int word = 0; word < words; word++)
        {
            AssertUlp(reference.Mean(state => state[word], exact), means[word], SoftmaxUlp + 8);
            AssertUlp(ReferenceUnits.Potts(words).Mean(state => state[word], exact), one[word], SoftmaxUlp + 8);
            AssertUlp(ReferenceUnits.Potts(words).Variance(word, exact), variances[word], 2 * (SoftmaxUlp + 8));
        }

        // The energies of all documents of this length sum to the cumulant generating function of the bias.
        double[] terms = [.. reference.States.Select(state => -layer.Energy(Array.ConvertAll(state, static count => (float)count)))];
        Assert.Equal(layer.CumulantGenerating(Translate.ToDoubles(layer.Bias.ToArray()), total), ReferenceMath.LogSumExp(terms), 1e-12);
    }

    private static void AssertUlp(double expected, float found, double bound) =>
        Assert.True(
            Ulp.Error(found, expected) <= bound || Math.Abs(found - expected) < 1e-15,
            $"expected {expected:R}, found {found:R}, {Ulp.Error(found, expected):F2} ULP");
}
