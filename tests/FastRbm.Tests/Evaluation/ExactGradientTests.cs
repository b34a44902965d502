using FastRbm.Evaluation;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;

namespace FastRbm.Tests.Evaluation;

public sealed class ExactGradientTests
{
    [Fact]
    public void The_gradient_equals_the_reference_with_and_without_weights() =>
        Properties.Hold(RandomModels.TinyRbm(), static model =>
        {
            bool[][] rows = [.. BinaryStates.All(model.Visible).Take(7)];
            float[] weights = [.. rows.Select(static (_, row) => row == 1 ? 0 : 0.5f * row)];
            weights[0] = 1.5f;
            using ExactGradient gradient = new(model.Visible, model.Hidden);
            foreach (float[] shares in (float[][])[[], weights])
            {
                double[]? reference = shares.Length == 0 ? null : Array.ConvertAll(shares, static share => (double)share);
                double likelihood = gradient.Compute(Translate.Parameters(model), new TestRows(rows), shares);
                ReferenceMoments expected = model.LikelihoodGradient(rows, reference);
                double tolerance = ExactModels.Tolerance(model);
                ExactModels.AssertClose([model.LogLikelihood(rows, reference)], [likelihood], tolerance, "log-likelihood");
                ExactModels.AssertClose(expected.Weights.Cast<double>(), gradient.Weights.ToArray().Cast<double>(), tolerance, "dW");
                ExactModels.AssertClose(expected.VisibleBias, gradient.VisibleBias.ToArray(), tolerance, "da");
                ExactModels.AssertClose(expected.HiddenBias, gradient.HiddenBias.ToArray(), tolerance, "db");
            }
        });

    [Fact]
    public void The_gradient_is_the_slope_of_the_log_likelihood()
    {
        const double Step = 1e-4;
        RbmParameters model = Translate.Parameters(ExactModels.Random(9, 13, 0.7));
        SplitMix64 random = new(2);
        TestRows rows = new([.. Enumerable.Range(0, 11).Select(_ => random.NextBits(9))]);
        using ExactGradient gradient = new(9, 13);
        gradient.Compute(model, rows);
        double[] found = [.. gradient.Weights.ToArray().Cast<double>(), .. gradient.VisibleBias, .. gradient.HiddenBias];
        double[][] parameters = [model.Weights, model.VisibleBias, model.HiddenBias];
        List<double> slopes = [];
        foreach (double[] values in parameters)
        {
            for (int i = 0; i < values.Length; i++)
            {
                double kept = values[i];
                values[i] = kept + Step;
                double above = ExactLikelihood.Evaluate(model, rows).LogLikelihood;
                values[i] = kept - Step;
                double below = ExactLikelihood.Evaluate(model, rows).LogLikelihood;
                values[i] = kept;
                slopes.Add((above - below) / (2 * Step));
            }
        }

        // The third derivative is a third cumulant of a number in [0, 1], below 1; the values are exact to some 1e-14.
        ExactModels.AssertClose(slopes, found, (Step * Step / 6) + (1e-13 / Step), "slope");
    }

    [Theory]
    [InlineData(14, 20)]
    [InlineData(70, 9)]
    public void Threads_widths_and_portions_of_rows_change_no_bit(int visible, int hidden)
    {
        RbmParameters model = Translate.Parameters(ExactModels.Random(visible, hidden, 1));
        SplitMix64 random = new(8);
        bool[][] rows = [.. Enumerable.Range(0, 200).Select(_ => random.NextBits(visible, 0.3))];
        float[] weights = random.NextFloats(200, 0, 2);
        double[]? first = null;
        foreach (SimdLevel level in Levels.All)
        {
            foreach ((int threads, int portion) in ((int, int)[])[(1, 200), (2, 200), (3, 77)])
            {
                using LikelihoodGradientSums sums = new(visible, hidden, 200, threads, level);
                sums.Load(model.Weights, model.VisibleBias, model.HiddenBias);
                for (int row = 0; row < rows.Length; row += portion)
                {
                    int count = Math.Min(portion, rows.Length - row);
                    sums.Add(Translate.Bits(rows[row..(row + count)]), count, weights.AsSpan(row, count));
                }

                double likelihood = sums.Finish(null, CancellationToken.None);
                double[] all = [likelihood, .. sums.WeightGradient, .. sums.VisibleGradient, .. sums.HiddenGradient];
                first ??= all;
                Assert.Equal(first, all);
            }
        }
    }

    [Fact]
    public void Many_rows_are_those_of_their_states()
    {
        // 1,000 rows go in portions; the weights of the 8 states are how often each is among them.
        ReferenceRbm model = ExactModels.Random(3, 4, 1);
        bool[][] states = BinaryStates.All(3);
        int[] picks = [.. Enumerable.Range(0, 1000).Select(static i => i * i % 8)];
        using ExactGradient gradient = new(3, 4, 2);
        double all = gradient.Compute(Translate.Engine(model), new TestRows([.. picks.Select(pick => states[pick])]));
        double[] found = gradient.Weights.ToArray().Cast<double>().ToArray();
        float[] counts = [.. Enumerable.Range(0, 8).Select(state => (float)picks.Count(pick => pick == state))];
        double few = gradient.Compute(Translate.Engine(model), new TestRows(states), counts);
        ExactModels.AssertClose([few], [all], 1e-12, "log-likelihood");
        ExactModels.AssertClose(gradient.Weights.ToArray().Cast<double>(), found, 1e-12, "dW");
    }

    [Fact]
    public void Wrong_rows_and_weights_are_refused()
    {
        using ExactGradient gradient = new(3, 2);
        RbmParameters model = new(new double[6], new double[3], new double[2]);
        TestRows rows = new([new bool[3], new bool[3]]);
        Assert.Contains("row 1", Message(() => gradient.Compute(model, rows, [1, -1])));
        Assert.Contains("NaN", Message(() => gradient.Compute(model, rows, [1, float.NaN])));
        Assert.Contains("more than 0", Message(() => gradient.Compute(model, rows, [0, 0])));
        Assert.Contains("length of 2", Message(() => gradient.Compute(model, rows, [1])));
        Assert.Contains("3 values", Message(() => gradient.Compute(model, new TestRows([new bool[4]]))));
        Assert.Contains("0 and 1", Message(() => gradient.Compute(model, new TestRows([[0.5f, 0, 0]]))));
        Assert.Contains("2 hidden", Message(() => gradient.Compute(Rbm.Binary(3, 3), rows)));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => gradient.Compute(model, rows, default, null, source.Token));

        static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }
}
