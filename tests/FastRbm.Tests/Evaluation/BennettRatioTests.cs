using FastRbm.Evaluation;
using FastRbm.Kernels.Elementary;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class BennettRatioTests
{
    [Theory]
    [InlineData(2000, 2000)]
    [InlineData(300, 5000)]
    [InlineData(5000, 300)]
    public void Samples_of_two_tempered_models_give_their_log_ratio_and_its_error(int forward, int reverse)
    {
        ReferenceRbm model = new(new[,] { { 1.5, -2.0 }, { -1.25, 0.75 }, { 0.5, 1.0 }, { 0.25, -0.5 } }, [0.5, -0.25, 0.75, -2], [-0.75, 0.5]);
        double[] bias = [0.1, 0.2, -0.4, 0];
        bool[][] states = BinaryStates.All(4);
        double[] low = Table(0.4);
        double[] high = Table(1);
        double exact = ReferenceMath.LogSumExp(high) - ReferenceMath.LogSumExp(low);
        double squares = 0;
        double claimed = 0;
        const int Repeats = 40;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            SplitMix64 random = new((ulong)repeat);
            BennettEstimate estimate = BennettRatio.Estimate(Weights(low, high, forward, random), Weights(high, low, reverse, random));
            squares += Math.Pow((estimate.LogRatio - exact) / estimate.StandardError, 2) / Repeats;
            claimed += estimate.StandardError / Repeats;
        }

        // 40 squares of normal numbers: their mean is within 0.25 and 2.2 but for one seed in a million.
        Assert.InRange(squares, 0.25, 2.2);
        Assert.InRange(claimed, 0.001, 0.05);

        double[] Table(double beta) => [.. states.Select(state => model.LogAnnealed(state, bias, beta))];
    }

    [Fact]
    public void One_state_has_its_ratio_exactly_and_swapping_the_sides_changes_the_sign()
    {
        Assert.Equal(2.5, BennettRatio.Estimate([2.5, 2.5, 2.5], [-2.5]).LogRatio, 1e-12);
        double[] u = [1, 2, 0.5, 3];
        double[] w = [-1, -0.5, -2.5];
        Assert.Equal(BennettRatio.Estimate(u, w).LogRatio, -BennettRatio.Estimate(w, u).LogRatio, 1e-12);
        double[] shifted = [.. u.Select(static value => value + 1e6)];
        Assert.Equal(1e6 + BennettRatio.Estimate(u, w).LogRatio, BennettRatio.Estimate(shifted, [.. w.Select(static value => value - 1e6)]).LogRatio, 1e-8);
    }

    [Fact]
    public void Samples_that_do_not_overlap_give_finite_numbers_between_the_two()
    {
        BennettEstimate far = BennettRatio.Estimate([1e5, 1.1e5], [1e5, 2e5]);
        Assert.InRange(far.LogRatio, -1e5, 1e5);
        Assert.True(double.IsFinite(far.StandardError));
        BennettEstimate farther = BennettRatio.Estimate([-1e300], [-1e300]);
        Assert.True(double.IsFinite(farther.LogRatio) && double.IsFinite(farther.StandardError));
    }

    [Fact]
    public void Empty_sets_and_numbers_that_are_none_are_refused_with_the_place()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BennettRatio.Estimate([], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BennettRatio.Estimate([1], []));
        Assert.Contains("NaN at 1", Assert.Throws<ArgumentException>(() => BennettRatio.Estimate([1, double.NaN], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("reverseLogWeights", Assert.Throws<ArgumentException>(() => BennettRatio.Estimate([1], [double.PositiveInfinity])).Message, StringComparison.Ordinal);
    }

    private static double[] Weights(double[] of, double[] other, int count, SplitMix64 random)
    {
        double logZ = ReferenceMath.LogSumExp(of);
        double[] probabilities = [.. of.Select(value => DoubleMath.Exp(value - logZ))];
        return [.. Enumerable.Range(0, count).Select(_ => random.NextCell(probabilities)).Select(cell => other[cell] - of[cell])];
    }
}
