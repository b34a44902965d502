using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Tests.Evaluation;

public sealed class FreeEnergyGapTests
{
    [Fact]
    public void The_gap_is_the_difference_of_mean_free_energies()
    {
        // F(v) = -a v - log(1 + exp(b + w v)).
        RbmParameters parameters = new([0.7], [-0.2], [0.4]);
        double off = -Math.Log(1 + Math.Exp(0.4));
        double on = 0.2 - Math.Log(1 + Math.Exp(0.4 + 0.7));
        TestRows training = new([new[] { true }, new[] { true }, new[] { false }]);
        TestRows validation = new([new[] { false }]);
        FreeEnergyGap gap = FreeEnergyGap.Compute(parameters, training, validation);
        Assert.Equal(((2 * on) + off) / 3, gap.Training, 1e-14);
        Assert.Equal(off, gap.Validation, 1e-14);
        Assert.Equal(off - (((2 * on) + off) / 3), gap.Gap, 1e-14);
        Assert.Throws<ArgumentException>(() => FreeEnergyGap.Compute(parameters, training, new TestRows([new[] { true, false }])));
    }
}
