using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Reference;

namespace FastRbm.Tests.Evaluation;

public sealed class AdversarialAccuracyTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(50, 3)]
    [InlineData(33, 64)]
    [InlineData(70, 130)]
    public void Shares_are_those_of_all_pairs_of_rows(int rows, int units)
    {
        bool[][] samples = TestBits.Random(1, rows, units, 0.3);
        bool[][] data = TestBits.Random(2, rows, units, 0.4);
        AdversarialAccuracyReport report = AdversarialAccuracy.Compute(TestBits.Pack(samples), TestBits.Pack(data));
        Assert.Equal(ReferenceComparison.NearerToOwn(data, samples, 0.5), report.Truth, 1e-12);
        Assert.Equal(ReferenceComparison.NearerToOwn(samples, data, 0.5), report.Synthetic, 1e-12);
        Assert.Equal(ReferenceComparison.NearerToOwn(data, samples, 0), report.Truth - (0.5 * report.TruthTies), 1e-12);
        Assert.Equal(ReferenceComparison.NearerToOwn(samples, data, 0), report.Synthetic - (0.5 * report.SyntheticTies), 1e-12);
        Assert.Equal(0.5 * (report.Truth + report.Synthetic), report.Accuracy);
        Assert.Equal(report, AdversarialAccuracy.Compute(TestBits.Pack(samples), TestBits.Pack(data), threads: 2));
    }

    [Fact]
    public void Equal_distributions_give_one_half_also_where_most_distances_tie()
    {
        foreach (int units in (int[])[5, 300])
        {
            AdversarialAccuracyReport report = AdversarialAccuracy.Compute(
                TestBits.Pack(TestBits.Random(3, 1000, units)), TestBits.Pack(TestBits.Random(4, 1000, units)), threads: 2);
            Assert.InRange(report.Accuracy, 0.45, 0.55);
            Assert.True(units > 5 || report.TruthTies > 0.9);
        }
    }

    [Fact]
    public void Copies_of_the_data_are_below_other_distributions_above_one_half_and_the_loss_tells_training_rows_from_test_rows()
    {
        BitMatrix training = TestBits.Pack(TestBits.Random(5, 200, 100, 0.1));
        BitMatrix test = TestBits.Pack(TestBits.Random(6, 200, 100, 0.1));
        BitMatrix other = TestBits.Pack(TestBits.Random(7, 200, 100, 0.9));
        Assert.Equal(0, AdversarialAccuracy.Compute(training, training).Accuracy);
        Assert.InRange(AdversarialAccuracy.Compute(other, training).Accuracy, 0.9, 1);
        PrivacyLossReport copied = AdversarialAccuracy.PrivacyLoss(training, training, test);
        Assert.InRange(copied.Loss, 0.4, 0.6);
        Assert.Equal(copied.OnTest.Accuracy - copied.OnTraining.Accuracy, copied.Loss);
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_and_cancellation_is_heard()
    {
        Assert.Throws<ArgumentException>(() => AdversarialAccuracy.Compute(new BitMatrix(3, 4), new BitMatrix(4, 4)));
        Assert.Throws<ArgumentException>(() => AdversarialAccuracy.Compute(new BitMatrix(3, 4), new BitMatrix(3, 5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdversarialAccuracy.Compute(new BitMatrix(1, 4), new BitMatrix(1, 4)));
        Assert.Throws<OperationCanceledException>(() => AdversarialAccuracy.Compute(new BitMatrix(3, 4), new BitMatrix(3, 4), cancellation: new CancellationToken(canceled: true)));
    }
}
