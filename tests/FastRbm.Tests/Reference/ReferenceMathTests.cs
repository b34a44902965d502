using FastRbm.Reference;

namespace FastRbm.Tests.Reference;

public sealed class ReferenceMathTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.731058578630004879)]
    [InlineData(-1, 0.268941421369995121)]
    [InlineData(-40, 4.248354255291588995e-18)]
    [InlineData(-700, 9.859676543759770e-305)]
    [InlineData(800, 1)]
    [InlineData(-800, 0)]
    public void The_sigmoid_keeps_its_relative_accuracy(double x, double expected)
    {
        Assert.Equal(expected, ReferenceMath.Sigmoid(x), 4e-16 * expected);
    }

    [Theory]
    [InlineData(0, 0.693147180559945309)]
    [InlineData(1, 1.313261687518222834)]
    [InlineData(-1, 0.313261687518222834)]
    [InlineData(-40, 4.248354255291588986e-18)]
    [InlineData(40, 40)]
    [InlineData(800, 800)]
    [InlineData(-800, 0)]
    public void The_softplus_keeps_its_relative_accuracy(double x, double expected)
    {
        Assert.Equal(expected, ReferenceMath.Softplus(x), 4e-16 * expected);
    }

    [Fact]
    public void Log_sum_exp_neither_overflows_nor_underflows()
    {
        Assert.Equal(1000 + Math.Log(3), ReferenceMath.LogSumExp([1000, 1000, 1000]), 1e-12);
        Assert.Equal(-1000 + Math.Log(2), ReferenceMath.LogSumExp([-1000, -1000]), 1e-12);
        Assert.Equal(Math.Log(7), ReferenceMath.LogSumExp([Math.Log(1), Math.Log(2), Math.Log(4)]), 1e-15);
        Assert.Equal(5, ReferenceMath.LogSumExp([double.NegativeInfinity, 5]));
    }

    [Fact]
    public void Log_sum_exp_of_special_values_is_the_limit()
    {
        Assert.Equal(double.NegativeInfinity, ReferenceMath.LogSumExp([]));
        Assert.Equal(double.NegativeInfinity, ReferenceMath.LogSumExp([double.NegativeInfinity]));
        Assert.Equal(double.PositiveInfinity, ReferenceMath.LogSumExp([1, double.PositiveInfinity]));
        Assert.Equal(double.NaN, ReferenceMath.LogSumExp([1, double.NaN]));
    }
}
