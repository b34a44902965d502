using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

public sealed class NoisyMeanLayerTests
{
    private static readonly RandomStream _draws = new(3, StreamPurpose.VisibleSample, 5, 7);

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    public void A_state_is_the_mean_plus_deviation_times_the_noise(int count)
    {
        NoisyMeanLayer layer = new(count, 0.1f);
        float[] inputs = new SplitMix64(1).NextFloats(count, -9, 9);
        float[] means = new float[count];
        layer.Mean(inputs, means);
        float[] noise = new float[count];
        NormalRow.Fill(SimdSelection.Current, _draws, noise);
        float[] states = [.. inputs];
        layer.Sample(states, 0, _draws, _draws, states);
        for (int unit = 0; unit < count; unit++)
        {
            Assert.Equal(1 / (1 + Math.Exp(-inputs[unit])), means[unit], 1e-6);
            Assert.Equal(MathF.FusedMultiplyAdd(0.1f, noise[unit], means[unit]), states[unit]);
        }
    }

    [Fact]
    public void Every_level_adds_the_same_noise()
    {
        foreach (int count in (int[])[1, 15, 64, 65, 131])
        {
            float[] values = new SplitMix64(2).NextFloats(count, -1, 1);
            float[] deviations = new SplitMix64(3).NextFloats(count, 0, 2);
            float[] expected = new float[count];
            NormalRow.Add(SimdLevel.Scalar, values, deviations, _draws, expected);
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                float[] states = new float[count];
                NormalRow.Add(level, values, deviations, _draws, states);
                Assert.Equal(expected, states);
            }
        }
    }

    [Fact]
    public void Energies_are_those_of_binary_units_with_the_same_biases()
    {
        NoisyMeanLayer layer = new(20, 0.3f);
        BinaryLayer binary = new(20);
        new SplitMix64(4).NextFloats(20, -2, 2).CopyTo(layer.MutableParameter(0));
        layer.Bias.CopyTo(binary.MutableParameter(0));
        float[] states = new SplitMix64(5).NextFloats(20, -0.2f, 1.2f);
        double[] inputs = [.. states.Select(static state => (double)state * 7)];
        Assert.Equal(binary.Energy(states), layer.Energy(states));
        Assert.Equal(binary.CumulantGenerating(inputs), layer.CumulantGenerating(inputs));
    }

    [Fact]
    public void Any_finite_number_is_a_state_and_nothing_else()
    {
        NoisyMeanLayer layer = new(3, 0.1f);
        layer.Check([-0.3f, 1.2f, 0], "data", "row 0");
        ArgumentException error = Assert.Throws<ArgumentException>(() => layer.Check([0, float.NaN, 0], "data", "row 4"));
        Assert.Contains("row 4, column 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new NoisyMeanLayer(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new NoisyMeanLayer(3, float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new NoisyMeanLayer(3, 10.1f));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new NoisyMeanLayer(0, 0.1f));
    }
}
