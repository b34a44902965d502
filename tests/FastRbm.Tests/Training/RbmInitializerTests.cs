using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class RbmInitializerTests
{
    [Fact]
    public void Starting_values_are_normal_and_the_visible_bias_is_the_logit_of_the_mean()
    {
        TestRows rows = new([[true, true, false], [true, false, false], [true, true, false]]);
        Rbm rbm = RbmInitializer.Normal(rows, 4000, seed: 3);
        float[] weights = [.. rbm.Weights.ToArray().Cast<float>()];
        Assert.InRange(weights.Average(), -0.0005f, 0.0005f);
        Assert.InRange(weights.Average(w => w * w), 1e-4 * 0.93, 1e-4 * 1.07);
        Assert.InRange(weights.Count(w => Math.Abs(w) > 0.0196), 12_000 * 0.04, 12_000 * 0.06);
        Assert.Equal([(float)Math.Log(4.0), (float)Math.Log(3.0 / 2), (float)Math.Log(1.0 / 4)], rbm.Visible.Bias.ToArray());
        Assert.All(rbm.Hidden.Bias.ToArray(), bias => Assert.Equal(0, bias));
        Rbm xavier = RbmInitializer.Xavier(rows, 4000, seed: 3);
        Assert.InRange(xavier.Weights.ToArray().Cast<float>().Average(w => w * w), 2.0 / 4003 * 0.93, 2.0 / 4003 * 1.07);
        Assert.Throws<ArgumentOutOfRangeException>(() => RbmInitializer.Normal(rows, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RbmInitializer.Normal(rows, 2, 1, double.NaN));
    }
}
