using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

public sealed class BinaryLayerTests
{
    [Fact]
    public void The_cumulant_generating_function_is_the_log_of_the_sum_over_states_and_its_derivatives_are_mean_and_variance()
    {
        SplitMix64 random = new(4);
        for (int count = 1; count <= 70; count++)
        {
            BinaryLayer layer = new(count);
            float[] inputs = random.NextFloats(count, -9, 9);
            float[] means = new float[count];
            float[] variances = new float[count];
            layer.Mean(inputs, means);
            layer.Variance(inputs, variances);
            double sum = 0;
            for (int unit = 0; unit < count; unit++)
            {
                double input = inputs[unit];
                sum += Math.Log(1 + Math.Exp(input));
                double mean = ReferenceMath.Sigmoid(input);
                Assert.InRange(Ulp.Error(means[unit], mean), 0, 2);
                Assert.InRange(variances[unit], (mean * (1 - mean)) - 2e-7, (mean * (1 - mean)) + 2e-7);
            }

            Assert.InRange(layer.CumulantGenerating(Translate.ToDoubles(inputs)), sum - 1e-11, sum + 1e-11);
        }
    }

    [Fact]
    public void The_energy_is_minus_bias_times_state()
    {
        Rbm rbm = Rbm.Binary(3, 1);
        rbm.Edit((_, bias, _) =>
        {
            bias[0] = 1;
            bias[1] = -2;
            bias[2] = 0.5f;
        });
        Assert.Equal(-1 + 2, rbm.Visible.Energy([1, 1, 0]));
        Assert.Equal(-0.25, rbm.Visible.Energy([0, 0, 0.5f]));
    }

    [Fact]
    public void Samples_in_place_are_those_of_a_separate_span_and_the_mode_has_no_chance_in_it()
    {
        BinaryLayer layer = new(67);
        float[] inputs = new SplitMix64(5).NextFloats(67, -2, 2);
        float[] states = new float[67];
        RandomStream draws = new(1, StreamPurpose.HiddenSample, 0, 0);
        RandomStream ties = new(1, StreamPurpose.HiddenTie, 0, 0);
        layer.Sample(inputs, 0, draws, ties, states);
        float[] modes = (float[])inputs.Clone();
        layer.Mode(modes, modes);
        Assert.Equal(Array.ConvertAll(inputs, input => input > 0 ? 1f : 0f), modes);
        layer.Sample(inputs, 0, draws, ties, inputs);
        Assert.Equal(states, inputs);
    }

    [Fact]
    public void A_row_of_another_length_is_refused() =>
        Assert.All(
            new Action[]
            {
                () => new BinaryLayer(3).Energy(new float[2]),
                () => new BinaryLayer(3).CumulantGenerating(new double[4]),
                () => new BinaryLayer(3).Mean(new float[3], new float[2]),
                () => new BinaryLayer(3).Mode(new float[2], new float[3]),
            },
            action => Assert.Throws<ArgumentException>(action));
}
