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
        ReferenceRbm model = Random(visible, hidden, size);
        double expected = model.LogPartitionFunction();
        double one = ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model), 1);
        Assert.True(Math.Abs(expected - one) <= 1e-12 * (1 + Math.Abs(expected)), $"expected {expected}, found {one}");
        Assert.Equal(one, ExactPartitionFunction.LogPartitionFunction(Translate.Parameters(model), 3));
    }

    [Fact]
    public void Weights_too_large_for_products_go_by_softplus()
    {
        ReferenceRbm model = Random(9, 20, 900);
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
        RbmParameters wide = new(new double[26 * 27], new double[26], new double[27]);
        Assert.Contains("26 visible and 27 hidden", Assert.Throws<ArgumentException>(() => ExactPartitionFunction.LogPartitionFunction(wide)).Message);
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

    private static ReferenceRbm Random(int visible, int hidden, double size)
    {
        SplitMix64 random = new(6);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = random.NextDouble(-size, size);
            }
        }

        return new ReferenceRbm(weights, [.. random.NextDoubles(visible).Select(u => u - 0.5)], [.. random.NextDoubles(hidden).Select(u => u - 0.5)]);
    }
}
