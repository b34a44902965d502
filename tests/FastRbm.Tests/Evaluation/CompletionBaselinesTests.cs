using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class CompletionBaselinesTests
{
    private static readonly TestRows _training = new([[1f, 0, 1, 1], [1f, 1, 0, 0], [0f, 0, 1, 0]]);

    [Fact]
    public void Independent_units_have_the_smoothed_means_of_the_training_rows()
    {
        BitMatrix given = Translate.Bits([[true, false, false, true]]);
        double[] found = CompletionBaselines.IndependentUnits(_training, new TestRows([[0f, 1, 1, 1], [1f, 0, 0, 0]]), given);
        Assert.Equal(Math.Log(2.0 / 5) + Math.Log(3.0 / 5), found[0], 1e-12);
        Assert.Equal(Math.Log(3.0 / 5) + Math.Log(2.0 / 5), found[1], 1e-12);
    }

    [Fact]
    public void The_nearest_neighbour_is_the_first_that_differs_in_the_fewest_given_units_and_is_right_as_often_as_among_training_rows()
    {
        // Given the first two units: of row 0 the nearest other ones are 1 (which differs in both of the rest) and 2 (in one): the first is
        // taken. Of row 1 it is 0, two wrong; of row 2 it is 0, one wrong. Five of six are wrong.
        BitMatrix given = Translate.Bits([[true, true, false, false]]);
        TestRows rows = new([[0f, 0, 1, 1], [1f, 1, 1, 1]]);
        double right = Math.Log(2.0 / 8);
        double wrong = Math.Log(6.0 / 8);
        double[] found = CompletionBaselines.NearestNeighbour(_training, rows, given, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(right + wrong, found[0], 1e-12);
        Assert.Equal(2 * wrong, found[1], 1e-12);
    }

    [Fact]
    public void Threads_change_nothing_and_wrong_input_is_refused()
    {
        SplitMix64 random = new(3);
        TestRows training = new(Enumerable.Range(0, 50).Select(_ => random.NextBits(70, 0.4)));
        TestRows rows = new(Enumerable.Range(0, 21).Select(_ => random.NextBits(70, 0.4)));
        BitMatrix given = Translate.Bits([.. Enumerable.Range(0, 21).Select(_ => random.NextBits(70, 0.5))]);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(
            CompletionBaselines.NearestNeighbour(training, rows, given, 1, cancellation), CompletionBaselines.NearestNeighbour(training, rows, given, 3, cancellation));
        Assert.Throws<ArgumentException>(() => CompletionBaselines.IndependentUnits(training, rows, new BitMatrix(3, 70)));
        Assert.Throws<ArgumentException>(() => CompletionBaselines.IndependentUnits(_training, rows, given));
        Assert.Throws<ArgumentException>(() => CompletionBaselines.IndependentUnits(new TestRows([new float[70].Select(_ => float.NaN).ToArray()]), rows, given));
    }
}
