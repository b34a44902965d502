using System.Diagnostics;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class ExactTests
{
    [Fact]
    public void The_partition_function_equals_enumeration() =>
        Properties.Hold(RandomModels.TinyRbm(8, 8), model =>
        {
            double expected = model.LogPartitionFunction();
            double found = ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model));
            Assert.True(Math.Abs(expected - found) <= 1e-12 * (1 + Math.Abs(expected)), $"expected {expected}, found {found}");
        });

    [Theory]
    [InlineData(7, 40, 0.5)]
    [InlineData(40, 8, 3)]
    [InlineData(13, 9, 10)]
    [InlineData(15, 14, 60)]
    [InlineData(16, 300, 0.1)]
    public void Every_group_of_bits_counts_and_threads_change_nothing(int visible, int hidden, double size)
    {
        // The last two groups of bits come into play above 7 and 14 units; large weights need several chunks, and softplus beyond.
        ReferenceRbm model = ExactModels.Random(visible, hidden, size);
        double expected = model.LogPartitionFunction();
        double one = ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model), 1);
        Assert.True(Math.Abs(expected - one) <= 1e-12 * (1 + Math.Abs(expected)), $"expected {expected}, found {one}");
        Assert.Equal(one, ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model), 3));
    }

    [Fact]
    public void Weights_too_large_for_products_go_by_softplus()
    {
        ReferenceRbm model = ExactModels.Random(9, 20, 900);
        double expected = model.LogPartitionFunction();
        double found = ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model), 2);
        Assert.True(Math.Abs(expected - found) <= 1e-12 * Math.Abs(expected), $"expected {expected}, found {found}");
    }

    [Fact]
    public void The_likelihood_equals_the_reference() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            bool[][] rows = [.. BinaryStates.All(model.Visible).Take(5)];
            LikelihoodReport report = ExactLikelihood.Evaluate(Translate.Parameters(model), new TestRows(rows));
            double expected = model.LogLikelihood(rows);
            Assert.True(Math.Abs(expected - report.LogLikelihood) <= 1e-11 * (1 + Math.Abs(expected)), $"expected {expected}, found {report}");
            Assert.Equal(rows.Length, report.Rows);
            Assert.Equal("exact", report.Method);
        });

    [Fact]
    public void The_table_of_states_sums_to_one_and_is_sorted() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            JointState[] states = StateTable.Enumerate(Translate.Parameters(model));
            double[,] joint = model.JointProbabilities();
            Assert.Equal(1 << (model.Visible + model.Hidden), states.Length);
            Assert.InRange(states.Sum(state => state.Probability), 1 - 1e-12, 1 + 1e-12);
            Assert.Equal(states.Length, states.Select(state => (state.Visible, state.Hidden)).Distinct().Count());
            for (int i = 0; i < states.Length; i++)
            {
                Assert.True(i == 0 || states[i - 1].Energy <= states[i].Energy);
                double expected = joint[states[i].Visible, states[i].Hidden];
                Assert.InRange(states[i].Probability, (expected * (1 - 1e-10)) - 1e-300, (expected * (1 + 1e-10)) + 1e-300);
            }
        });

    [Fact]
    public void Large_models_are_refused_with_their_size()
    {
        RbmParameters wide = new(new double[31 * 32], new double[31], new double[32]);
        string message = Assert.Throws<ArgumentException>(() => ExactPartitionFunction.LogPartitionFunction(wide)).Message;
        Assert.Contains("31 visible and 32 hidden units, which would take about", message);
        Assert.Contains("annealed importance sampling", message);
        RbmParameters eleven = new(new double[110], new double[11], new double[10]);
        Assert.Contains("20 units", Assert.Throws<ArgumentException>(() => StateTable.Enumerate(eleven)).Message);
        Assert.Throws<ArgumentException>(() => ExactLikelihood.MeanFreeEnergy(eleven, new TestRows([new bool[10]])));
        Assert.Throws<ArgumentException>(() => ExactLikelihood.MeanFreeEnergy(eleven, new TestRows([new float[11].Select(_ => 0.5f).ToArray()])));
    }

    [Fact]
    public void A_cancelled_enumeration_stops()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        RbmParameters model = new(new double[22 * 30], new double[22], new double[30]);
        Assert.Throws<OperationCanceledException>(() => ExactPartitionFunction.LogPartitionFunction(model, 2, null, source.Token));
    }

    [Theory]
    [InlineData(0, "about 0 seconds")]
    [InlineData(0.4, "about 1 seconds")]
    [InlineData(1234.5, "about 1,235 seconds")]
    [InlineData(3600, "about 1 hours")]
    [InlineData(3600 * 3_712_345.0, "about 3,700,000 hours")]
    [InlineData(3.6e148, "more than 10^145 hours")]
    [InlineData(double.MaxValue, "more than 10^304 hours")]
    public void Times_are_told_in_words(double seconds, string words) => Assert.Equal(words, ExactPartitionFunction.Duration(seconds));

    [Fact]
    public void An_estimate_of_the_time_is_near_the_time()
    {
        // In turn, and the median of each: others may use the machine. The slice is 2^14 states, so 2^18 are sixteen times more.
        RbmParameters model = Translate.Parameters(ExactModels.Random(784, 18, 0.2));
        ExactPartitionFunction.LogPartitionFunction(model);
        List<double> measurements = [];
        List<double> estimates = [];
        for (int run = 0; run < 11; run++)
        {
            long start = Stopwatch.GetTimestamp();
            ExactPartitionFunction.LogPartitionFunction(model);
            measurements.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            estimates.Add(ExactPartitionFunction.EstimateSeconds(784, 18));
        }

        double measured = measurements.Order().ElementAt(5);
        double estimate = estimates.Order().ElementAt(5);
        Assert.InRange(estimate, measured / 3, measured * 3);
    }

    [Fact]
    public void An_estimate_is_a_finite_number_for_any_size()
    {
        Assert.InRange(ExactPartitionFunction.EstimateSeconds(1, 1), 1e-9, 0.1);
        double thirty = ExactPartitionFunction.EstimateSeconds(100, 30);
        Assert.InRange(ExactPartitionFunction.EstimateSeconds(40, 100) / thirty, 200, 5000);
        Assert.Equal(double.MaxValue, ExactPartitionFunction.EstimateSeconds(100_000, 100_000, 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactPartitionFunction.EstimateSeconds(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactPartitionFunction.EstimateSeconds(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactPartitionFunction.EstimateSeconds(1, 1, 0));
    }

    [Fact]
    public void Progress_goes_up_to_one()
    {
        List<double> shares = [];
        RbmParameters model = new(new double[20 * 16], new double[16], new double[20]);
        ExactPartitionFunction.LogPartitionFunction(model, 2, new Recorder(shares));
        Assert.True(shares.Count > 1);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
    }

    [Fact]
    public void A_published_model_has_its_published_partition_function()
    {
        string? path = TestData.FindPath("reference-models/toy-784x15.safetensors");
        Assert.SkipWhen(path is null, $"needs reference-models/toy-784x15.safetensors in {TestData.Variable}");
        RbmParameters model = ModelFile.LoadParameters(path);
        double found = ExactPartitionFunction.LogPartitionFunction(model, 2);
        Assert.InRange(found, 215.1384055253 - 1e-9, 215.1384055253 + 1e-9);
        string? data = TestData.FindPath("binarized-mnist/test-images-idx3-ubyte.gz");
        Assert.SkipWhen(data is null, $"needs binarized-mnist/test-images-idx3-ubyte.gz in {TestData.Variable}");
        LikelihoodReport report = ExactLikelihood.Evaluate(model, FastRbm.Data.DatasetReader.Read(data), 2);
        Assert.Equal(10_000, report.Rows);
        Assert.InRange(report.LogLikelihood, -172.5736 - 5e-5, -172.5736 + 5e-5);
    }

    private sealed class Recorder(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
