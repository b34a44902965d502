using FastRbm.Evaluation;

namespace FastRbm.Tests.Evaluation;

public sealed class AnnealingWeightsTests
{
    [Fact]
    public void Figures_are_those_of_their_formulas()
    {
        double[] weights = [1, 2, 3, 6];
        AnnealingWeights found = new([.. weights.Select(static weight => Math.Log(weight) + 1000)]);
        double mean = weights.Average();
        double error = Math.Sqrt(weights.Sum(weight => (weight - mean) * (weight - mean)) / 12) / mean;
        Assert.Equal(1000 + Math.Log(mean), found.LogMeanWeight, 1e-12);
        Assert.Equal(1000 + weights.Average(Math.Log), found.MeanLogWeight, 1e-12);
        Assert.Equal(144.0 / 50, found.EffectiveSampleSize, 1e-11);
        Assert.Equal(error, found.StandardError, 1e-11);
        Assert.Equal(1000 + Math.Log(mean * (1 + (3 * error))), found.Upper, 1e-11);
        Assert.True(found.Lower < found.MeanLogWeight && found.MeanLogWeight < found.LogMeanWeight);
    }

    [Fact]
    public void Equal_weights_have_no_error_and_one_of_many_decides_alone()
    {
        AnnealingWeights equal = new([5, 5, 5]);
        Assert.Equal((5.0, 0.0, 3.0), (equal.LogMeanWeight, Math.Round(equal.StandardError, 12), Math.Round(equal.EffectiveSampleSize, 12)));
        AnnealingWeights one = new([800, -800, -800, -800]);
        Assert.Equal(1, one.EffectiveSampleSize, 1e-12);
        Assert.Equal(800 - Math.Log(4), one.LogMeanWeight, 1e-12);
        Assert.True(double.IsFinite(one.Lower) && double.IsFinite(one.Upper) && one.Lower <= one.LogMeanWeight && one.LogMeanWeight <= one.Upper);
        AnnealingWeights single = new([-3]);
        Assert.Equal((-3.0, -3.0, -3.0, double.PositiveInfinity), (single.LogMeanWeight, single.Lower, single.Upper, single.StandardError));
    }

    [Fact]
    public void No_weights_and_weights_that_are_no_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnealingWeights([]));
        Assert.Contains("Infinity at run 1", Assert.Throws<ArgumentException>(() => new AnnealingWeights([0, double.PositiveInfinity])).Message, StringComparison.Ordinal);
        Assert.Contains("NaN at run 0", Assert.Throws<ArgumentException>(() => new AnnealingWeights([double.NaN])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdicts_say_what_speaks_against_an_estimate()
    {
        AnnealingWeights even = new([.. Enumerable.Range(0, 100).Select(static run => run % 2 * 0.1)]);
        AnnealingWeights back = new([.. Enumerable.Range(0, 100).Select(static run => run % 2 * -0.1)]);
        AnnealingWeights lucky = new([.. Enumerable.Range(0, 100).Select(static run => run == 7 ? 4.6 : -20)]);
        Assert.Equal(new AnnealingVerdict(true, "trust: bracket 0.4 nat"), AnnealingVerdict.Of(even, back, 0.4));
        Assert.Equal(new AnnealingVerdict(false, "do not trust: bracket 2.5 nats"), AnnealingVerdict.Of(even, back, 2.5));
        Assert.Equal(new AnnealingVerdict(false, "do not trust: effective sample size 1 of 100"), AnnealingVerdict.Of(lucky, back, 0.4));
        Assert.Contains("forward runs alone", AnnealingVerdict.Of(even, null, 0.4).Text, StringComparison.Ordinal);
        Assert.Equal("do not trust: the forward and reverse estimates are 2.3 nats apart", AnnealingVerdict.Of(even, Shifted(-2.35), 0.4).Text);
        Assert.Contains("2.3 nats below", AnnealingVerdict.Of(even, Shifted(2.25), 0.4).Text, StringComparison.Ordinal);

        AnnealingWeights Shifted(double by) => new([.. back.LogWeights.ToArray().Select(weight => weight + by)]);
    }
}
