using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Tests.Evaluation;

public sealed class ClassificationReportTests
{
    [Fact]
    public void Errors_cross_entropy_calibration_and_confusions_are_those_worked_out_by_hand()
    {
        float[][] probabilities = [[0.75f, 0.125f, 0.125f], [0.625f, 0.25f, 0.125f], [0.25f, 0.25f, 0.5f], [0.5f, 0.25f, 0.25f], [0, 1, 0]];
        Dataset rows = Rows(0, 1, 2, 255, 1);
        ClassificationReport report = ClassificationReport.Run(new Table(probabilities), rows, bins: 2);
        Assert.Equal((4, 1, 3), (report.Rows, report.Errors, report.Classes));
        Assert.Equal(0.25, report.ErrorRate);
        Assert.Equal(Math.Sqrt(0.25 * 0.75 / 4), report.ErrorRateDeviation, 1e-15);
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.25) + Math.Log(0.5)) / 4, report.CrossEntropy, 1e-7);

        // One half lies in the lower bin: bins are open below and closed above.
        Assert.Equal([1, 3], report.Bins.Select(static bin => bin.Count));
        Assert.Equal(0.5, report.Bins[0].Confidence, 1e-7);
        Assert.Equal(2 / 3.0, report.Bins[1].Accuracy, 1e-15);
        Assert.Equal((0.25 * 0.5) + (0.75 * ((2.375 / 3) - (2 / 3.0))), report.CalibrationError, 1e-7);
        Assert.Equal([1, 1, 1, 1], new[] { report.Confusions(0, 0), report.Confusions(1, 0), report.Confusions(2, 2), report.Confusions(1, 1) });
        Assert.Equal(0, report.Confusions(0, 1));
    }

    [Fact]
    public void A_sure_and_right_classifier_has_no_errors_and_an_unsure_one_the_entropy_of_a_guess()
    {
        ClassificationReport sure = ClassificationReport.Run(new Table([[1, 0], [0, 1]]), Rows(0, 1));
        Assert.Equal((0, 0.0, 0.0), (sure.Errors, sure.CrossEntropy, sure.CalibrationError));
        ClassificationReport guess = ClassificationReport.Run(new Table([[0.5f, 0.5f], [0.5f, 0.5f]]), Rows(0, 1));
        Assert.Equal(Math.Log(2), guess.CrossEntropy, 1e-7);
        Assert.Equal(0, guess.CalibrationError, 1e-7);
        Assert.Equal(1, guess.Errors);
    }

    [Fact]
    public void Labels_that_are_no_classes_are_refused()
    {
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => ClassificationReport.Run(new Table([[1, 0], [0, 1]]), Rows(0, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ClassificationReport.Run(new Table([[1, 0]]), Rows()));
    }

    [Theory]
    [InlineData(1.0, new[] { 3.0, 4 }, new[] { 1.0, 2 })]
    [InlineData(0.0, new[] { 1.0, 2 }, new[] { 3.0, 4 })]
    [InlineData(0.5, new[] { 1.0, 1 }, new[] { 1.0, 1, 1 })]
    [InlineData(0.625, new[] { 2.0, 5 }, new[] { 2.0, 3 })]
    [InlineData(1.0, new[] { double.PositiveInfinity }, new[] { double.NegativeInfinity })]
    public void The_area_under_the_curve_counts_pairs_and_ties_by_half(double area, double[] inside, double[] outside) =>
        Assert.Equal(area, RocCurve.Area(inside, outside));

    [Fact]
    public void Scores_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RocCurve.Area([], [1]));
        Assert.Throws<ArgumentException>(() => RocCurve.Area([1], [double.NaN]));
    }

    private static BitDataset Rows(params byte[] labels) => BitDataset.FromBytes("rows", Math.Max(1, labels.Length), 1, new byte[Math.Max(1, labels.Length)], labels: labels);

    private sealed class Table(float[][] probabilities) : IClassifier
    {
        public int Columns => 1;

        public int Classes => probabilities[0].Length;

        public void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination)
        {
            for (int row = 0; row < destination.Rows; row++)
            {
                for (int label = 0; label < Classes; label++)
                {
                    destination.Row(row)[label] = MathF.Log(probabilities[firstRow + row][label]);
                }
            }
        }
    }
}
