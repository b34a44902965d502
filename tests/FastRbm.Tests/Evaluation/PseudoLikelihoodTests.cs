using FastRbm.Evaluation;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;

namespace FastRbm.Tests.Evaluation;

public sealed class PseudoLikelihoodTests
{
    [Fact]
    public void The_exact_figure_is_that_of_the_naive_doubles() =>
        Properties.Hold(RandomModels.TinyRbm(9, 17), model =>
        {
            bool[][] rows = [.. BinaryStates.All(model.Visible).Take(40)];
            PseudoLikelihoodReport report = PseudoLikelihood.Exact(Translate.Parameters(model), new TestRows(rows));
            double expected = model.LogPseudoLikelihood(rows);
            Assert.InRange(report.LogPseudoLikelihood, expected - (1e-12 * (1 + Math.Abs(expected))), expected + (1e-12 * (1 + Math.Abs(expected))));
            double[] values = PseudoLikelihood.ExactRows(Translate.Parameters(model), new TestRows(rows));
            for (int row = 0; row < rows.Length; row++)
            {
                double value = model.LogPseudoLikelihood([rows[row]]);
                Assert.InRange(values[row], value - (1e-12 * (1 + Math.Abs(value))), value + (1e-12 * (1 + Math.Abs(value))));
            }
        });

    [Fact]
    public void Weights_beyond_all_exponentials_are_evaluated_as_well()
    {
        ReferenceRbm model = Random(20, 9, 900, 3);
        bool[][] rows = Rows(20, 30, 4);
        double expected = model.LogPseudoLikelihood(rows);
        double found = PseudoLikelihood.Exact(Translate.Parameters(model), new TestRows(rows)).LogPseudoLikelihood;
        Assert.InRange(found, expected - (1e-12 * Math.Abs(expected)), expected + (1e-12 * Math.Abs(expected)));
    }

    [Fact]
    public void Threads_and_vector_widths_change_no_bit()
    {
        // More rows than are computed at once.
        RbmParameters model = Translate.Parameters(Random(70, 45, 2, 5));
        TestRows rows = new(Rows(70, VisibleFlips.RowsAtOnce + 21, 6));
        double[] expected = PseudoLikelihood.ExactRows(model, rows);
        foreach (SimdLevel level in Levels.All)
        {
            Assert.Equal(expected, PseudoLikelihood.ExactRows(level, model, rows, 3, null, default));
        }
    }

    [Fact]
    public void The_estimate_is_the_number_of_units_times_the_term_of_one_of_them_and_unbiased()
    {
        ReferenceRbm model = Random(12, 7, 1.5, 7);
        RbmParameters parameters = Translate.Parameters(model);
        bool[] row = Rows(12, 1, 8)[0];
        double[] terms = Array.ConvertAll(model.FlipDifferences(row), static d => -12 * ReferenceMath.Softplus(d));
        double[] values = PseudoLikelihood.StochasticRows(parameters, new TestRows(Enumerable.Repeat(row, 4000)), seed: 9);
        long[] counts = new long[terms.Length];
        foreach (double value in values)
        {
            int unit = Array.FindIndex(terms, term => Math.Abs(term - value) <= 1e-10 * (1 + Math.Abs(term)));
            Assert.True(unit >= 0, $"{value} is no term");
            counts[unit]++;
        }

        // Every unit as often as every other: then the mean is that of all terms, the exact figure.
        Assert.True(GTest.Of(counts, [.. Enumerable.Repeat(1.0 / 12, 12)]).PValue > 1e-6);
        Assert.InRange(terms.Average(), model.LogPseudoLikelihood([row]) - 1e-9, model.LogPseudoLikelihood([row]) + 1e-9);
    }

    [Fact]
    public void Standard_errors_are_those_of_the_rows_values()
    {
        RbmParameters model = Translate.Parameters(Random(12, 7, 1.5, 7));
        TestRows rows = new(Rows(12, 50, 10));
        double[] values = PseudoLikelihood.ExactRows(model, rows);
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / 49);
        PseudoLikelihoodReport report = PseudoLikelihood.Exact(model, rows);
        Assert.Equal(mean, report.LogPseudoLikelihood, 1e-12);
        Assert.Equal(deviation / Math.Sqrt(50), report.StandardError!.Value, 1e-12);
        Assert.Equal(("exact", 50), (report.Method, report.Rows));
        PseudoLikelihoodReport estimate = PseudoLikelihood.Stochastic(model, rows, seed: 3);
        Assert.Equal(PseudoLikelihood.StochasticRows(model, rows, seed: 3).Average(), estimate.LogPseudoLikelihood, 1e-12);
        Assert.Equal("stochastic", estimate.Method);
        Assert.InRange(Math.Abs(estimate.LogPseudoLikelihood - report.LogPseudoLikelihood), 1e-6, 6 * estimate.StandardError!.Value);
        Assert.Null(PseudoLikelihood.Exact(model, new TestRows(Rows(12, 1, 10))).StandardError);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_a_cancelled_evaluation_stops()
    {
        RbmParameters model = new(new double[12], new double[4], new double[3]);
        TestRows rows = new(Rows(4, 3, 1));
        Assert.Throws<ArgumentException>(() => PseudoLikelihood.Exact(model, new TestRows(Rows(5, 3, 1))));
        Assert.Throws<ArgumentException>(() => PseudoLikelihood.Exact(model, new TestRows([new float[] { 0, 0.5f, 0, 1 }])));
        Assert.Throws<ArgumentException>(() => PseudoLikelihood.Stochastic(model, new TestRows(Rows(5, 3, 1))));
        Assert.Throws<ArgumentOutOfRangeException>(() => PseudoLikelihood.Exact(model, rows, threads: 0));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => PseudoLikelihood.Exact(model, rows, 1, null, source.Token));
    }

    private static bool[][] Rows(int visible, int count, ulong seed)
    {
        SplitMix64 random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextBits(visible, 0.4))];
    }

    private static ReferenceRbm Random(int visible, int hidden, double size, ulong seed)
    {
        SplitMix64 random = new(seed);
        double[,] weights = new double[visible, hidden];
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k / hidden, k % hidden] = random.NextDouble(-size, size);
        }

        return new ReferenceRbm(weights, [.. random.NextDoubles(visible).Select(u => u - 0.5)], [.. random.NextDoubles(hidden).Select(u => u - 0.5)]);
    }
}
