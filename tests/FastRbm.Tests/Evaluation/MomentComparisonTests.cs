using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Reference;

namespace FastRbm.Tests.Evaluation;

public sealed class MomentComparisonTests
{
    [Theory]
    [InlineData(1, 5, 7)]
    [InlineData(2, 64, 1)]
    [InlineData(33, 65, 63)]
    [InlineData(70, 200, 129)]
    public void Errors_are_those_of_loops_over_rows_and_pairs(int units, int sampleRows, int dataRows)
    {
        bool[][] samples = TestBits.Random(1, sampleRows, units);
        bool[][] data = TestBits.Random(2, dataRows, units, 0.5);
        MomentErrors errors = MomentComparison.Compute(TestBits.Pack(samples), TestBits.Pack(data), threads: 2);
        double[] sampleMeans = Means(samples, units);
        double[] dataMeans = Means(data, units);
        (int First, int Second)[] pairs = [.. Enumerable.Range(0, units).SelectMany(i => Enumerable.Range(i + 1, units - i - 1).Select(j => (i, j)))];
        double[] sampleCovariances = [.. pairs.Select(pair => ReferenceComparison.Covariance(samples, pair.First, pair.Second))];
        double[] dataCovariances = [.. pairs.Select(pair => ReferenceComparison.Covariance(data, pair.First, pair.Second))];
        Assert.Equal((sampleRows, dataRows, (long)pairs.Length), (errors.Samples, errors.Data, errors.Pairs));
        Assert.Equal(ReferenceComparison.Error(sampleMeans, dataMeans), errors.MeanError, 1e-12);
        Assert.Equal(sampleMeans.Zip(dataMeans, static (x, y) => Math.Abs(x - y)).Max(), errors.LargestMeanError, 1e-12);
        Assert.Equal(errors.LargestMeanError, Math.Abs(sampleMeans[errors.LargestMeanErrorUnit] - dataMeans[errors.LargestMeanErrorUnit]), 1e-12);
        Assert.Equal(ReferenceComparison.Error(Pairs(samples, pairs), Pairs(data, pairs)), errors.PairError, 1e-12);
        Assert.Equal(ReferenceComparison.Error(sampleCovariances, dataCovariances), errors.CovarianceError, 1e-12);
        if (units > 2)
        {
            Assert.Equal(ReferenceComparison.Correlation(sampleMeans, dataMeans), errors.MeanCorrelation!.Value, 1e-9);
            Assert.Equal(ReferenceComparison.Correlation(sampleCovariances, dataCovariances), errors.CovarianceCorrelation!.Value, 1e-9);
        }
    }

    [Fact]
    public void Threads_do_not_show_and_pairs_may_be_among_some_units()
    {
        BitMatrix samples = TestBits.Pack(TestBits.Random(3, 300, 100));
        BitMatrix data = TestBits.Pack(TestBits.Random(4, 200, 100));
        Assert.Equal(MomentComparison.Compute(samples, data), MomentComparison.Compute(samples, data, threads: 3));
        MomentErrors some = MomentComparison.Compute(samples, data, [5, 99, 64]);
        bool[][] three = [.. TestBits.Random(3, 300, 100).Select(static row => (bool[])[row[5], row[99], row[64]])];
        bool[][] others = [.. TestBits.Random(4, 200, 100).Select(static row => (bool[])[row[5], row[99], row[64]])];
        MomentErrors expected = MomentComparison.Compute(TestBits.Pack(three), TestBits.Pack(others));
        Assert.Equal((3, expected.PairError, expected.CovarianceError), (some.Pairs, some.PairError, some.CovarianceError));
        Assert.Equal(MomentComparison.Compute(samples, data).MeanError, some.MeanError);
    }

    [Fact]
    public void Errors_of_equal_distributions_are_about_their_noise_and_those_of_others_are_not()
    {
        BitMatrix samples = TestBits.Pack(TestBits.Random(5, 2000, 200, 0.3));
        MomentErrors same = MomentComparison.Compute(samples, TestBits.Pack(TestBits.Random(6, 3000, 200, 0.3)));
        Assert.InRange(same.MeanError / same.MeanNoise, 0.8, 1.2);
        Assert.InRange(same.PairError / same.PairNoise, 0.8, 1.2);
        MomentErrors other = MomentComparison.Compute(samples, TestBits.Pack(TestBits.Random(6, 3000, 200, 0.4)));
        Assert.InRange(other.MeanError / other.MeanNoise, 5, 20);
    }

    [Fact]
    public void Equal_sets_have_no_error_and_units_that_never_vary_no_correlation()
    {
        BitMatrix off = new(10, 5);
        MomentErrors errors = MomentComparison.Compute(off, off);
        Assert.Equal((0, 0, 0, 0, 0), (errors.MeanError, errors.MeanNoise, errors.PairError, errors.PairNoise, errors.CovarianceError));
        Assert.Null(errors.MeanCorrelation);
        Assert.Null(errors.CovarianceCorrelation);
        BitMatrix set = TestBits.Pack(TestBits.Random(7, 50, 20));
        Assert.Equal((0, 1, 1), (MomentComparison.Compute(set, set).PairError, MomentComparison.Compute(set, set).MeanCorrelation!.Value, Math.Round(MomentComparison.Compute(set, set).CovarianceCorrelation!.Value, 12)));
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_and_cancellation_is_heard()
    {
        Assert.Throws<ArgumentException>(() => MomentComparison.Compute(new BitMatrix(2, 3), new BitMatrix(2, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MomentComparison.Compute(new BitMatrix(0, 3), new BitMatrix(2, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MomentComparison.Compute(new BitMatrix(2, 3), new BitMatrix(0, 3)));
        Assert.Throws<ArgumentException>(() => MomentComparison.Compute(new BitMatrix(2, 3), new BitMatrix(2, 3), [0, 3]));
        Assert.Throws<ArgumentException>(() => MomentComparison.Compute(new BitMatrix(2, 3), new BitMatrix(2, 3), [1, 1]));
        Assert.Throws<OperationCanceledException>(() => MomentComparison.Compute(new BitMatrix(2, 3), new BitMatrix(2, 3), cancellation: new CancellationToken(canceled: true)));
    }

    private static double[] Means(bool[][] rows, int units) => [.. Enumerable.Range(0, units).Select(unit => ReferenceComparison.Mean(rows, unit))];

    private static double[] Pairs(bool[][] rows, (int First, int Second)[] pairs) =>
        [.. pairs.Select(pair => ReferenceComparison.Mean(rows, pair.First, pair.Second))];
}
