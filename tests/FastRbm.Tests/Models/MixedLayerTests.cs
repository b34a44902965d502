using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

public sealed class MixedLayerTests
{
    private static readonly RandomStream _draws = new(3, StreamPurpose.VisibleSample, 1, 2);
    private static readonly RandomStream _ties = new(3, StreamPurpose.VisibleTie, 1, 2);

    [Fact]
    public void A_mixed_layer_is_its_parts_side_by_side()
    {
        SplitMix64 random = new(1);
        UnitLayer[] parts = [new DoubleReluLayer(3), new PottsLayer(4, 4), new GaussianLayer(6), new BinaryLayer(66), new SpikeAndSlabLayer(2)];
        UnitLayer[] twins = [new DoubleReluLayer(3), new PottsLayer(4, 4), new GaussianLayer(6), new BinaryLayer(66), new SpikeAndSlabLayer(2)];
        parts[2].SetParameter(1, random.NextFloats(6, -1, 1));
        parts[2].Parameter(1).CopyTo(twins[2].MutableParameter(1));
        MixedLayer mixed = new(parts);
        Assert.Equal(85, mixed.Count);
        Assert.Equal(["bias", "parameter_1", "parameter_2", "parameter_3"], mixed.ParameterNames);
        Assert.Equal("mixed:double-relu[3];potts:4x2[8];gaussian[6];binary[66];spike-and-slab[2]", mixed.Name);
        Assert.False(mixed.StatesAreBits);
        Assert.True(mixed.IsUnbounded);

        // Written through the whole, read through the parts.
        random.NextFloats(85, -1, 1).CopyTo(mixed.MutableParameter(0));
        mixed.SetParameter(2, random.NextFloats(85, -1, 1));
        float[] inputs = random.NextFloats(85, -3, 3);
        float[] states = new float[85];
        mixed.Sample(inputs, 0, _draws, _ties, states);
        float[,] statistics = new float[4, 85];
        float[,] meanStatistics = new float[4, 85];
        mixed.Statistics(states, statistics);
        mixed.MeanStatistics(inputs, meanStatistics);
        float[] means = Row((x, y) => mixed.Mean(x, y), inputs);
        float[] variances = Row((x, y) => mixed.Variance(x, y), inputs);
        float[] modes = Row((x, y) => mixed.Mode(x, y), inputs);
        double energy = 0;
        double sum = 0;
        int first = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            UnitLayer twin = twins[p];
            int count = twin.Count;
            Assert.Equal(mixed.Bias.Slice(first, count), parts[p].Bias);
            for (int row = 0; row < twin.ParameterNames.Count; row++)
            {
                parts[p].Parameter(row).CopyTo(twin.MutableParameter(row));
            }

            Span<float> own = inputs.AsSpan(first, count);
            float[] drawn = new float[count];
            twin.Sample(own, 0, _draws.ForPart(p), _ties.ForPart(p), drawn);
            Assert.Equal(drawn, states[first..(first + count)]);
            float[,] ownStatistics = new float[twin.ParameterNames.Count, count];
            float[,] ownMeans = new float[twin.ParameterNames.Count, count];
            twin.Statistics(drawn, ownStatistics);
            twin.MeanStatistics(own, ownMeans);
            for (int unit = 0; unit < count; unit++)
            {
                for (int row = 0; row < 4; row++)
                {
                    Assert.Equal(row < twin.ParameterNames.Count ? ownStatistics[row, unit] : 0, statistics[row, first + unit]);
                    Assert.Equal(row < twin.ParameterNames.Count ? ownMeans[row, unit] : 0, meanStatistics[row, first + unit]);
                }
            }

            Assert.Equal(Row((x, y) => twin.Mean(x, y), own.ToArray()), means[first..(first + count)]);
            Assert.Equal(Row((x, y) => twin.Variance(x, y), own.ToArray()), variances[first..(first + count)]);
            Assert.Equal(Row((x, y) => twin.Mode(x, y), own.ToArray()), modes[first..(first + count)]);
            energy += twin.Energy(drawn);
            sum += twin.CumulantGenerating(Translate.ToDoubles(own.ToArray()));
            first += count;
        }

        Assert.Equal(energy, mixed.Energy(states), 1e-12);
        Assert.Equal(sum, mixed.CumulantGenerating(Translate.ToDoubles(inputs)), 1e-12);
        double[] curvatures = new double[85];
        mixed.Curvatures(curvatures);
        Assert.Equal(Math.Exp(mixed.Parameter(1)[11]), curvatures[11], 1e-12);
        Assert.Equal(0, curvatures[5]);
    }

    [Fact]
    public void A_row_is_one_of_scale_where_every_part_that_has_it_says_so()
    {
        Assert.True(new MixedLayer(new GaussianLayer(1), new BinaryLayer(1)).IsScale(1));
        Assert.False(new MixedLayer(new GaussianLayer(1), new SpikeAndSlabLayer(1)).IsScale(1));
        Assert.False(new MixedLayer(new BinaryLayer(1), new SpinLayer(1)).IsScale(0));
    }

    [Fact]
    public void Parts_that_cannot_be_parts_are_refused()
    {
        BinaryLayer twice = new(2);
        Assert.Throws<ArgumentException>(() => new MixedLayer());
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => new MixedLayer(twice, new SpinLayer(1), twice)).Message, StringComparison.Ordinal);
        Assert.Contains("replicated-softmax in part 1", Assert.Throws<ArgumentException>(
            () => new MixedLayer(twice, new ReplicatedSoftmaxLayer(3))).Message, StringComparison.Ordinal);
        Assert.Contains("mixed:binary[1] in part 0", Assert.Throws<ArgumentException>(
            () => new MixedLayer(new MixedLayer(new BinaryLayer(1)))).Message, StringComparison.Ordinal);
    }

    private static float[] Row(RowFunction function, float[] inputs)
    {
        float[] results = (float[])inputs.Clone();
        function(results, results);
        return results;
    }

    private delegate void RowFunction(ReadOnlySpan<float> inputs, Span<float> results);
}
