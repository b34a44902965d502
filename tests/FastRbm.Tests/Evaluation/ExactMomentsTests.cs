using FastRbm.Evaluation;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;
using FastRbm.Threading;

namespace FastRbm.Tests.Evaluation;

public sealed class ExactMomentsTests
{
    [Fact]
    public void Moments_equal_enumeration() =>
        Properties.Hold(RandomModels.TinyRbm(8, 8), static model =>
        {
            using ExactMoments moments = new(model.Visible, model.Hidden);
            moments.Compute(Translate.Parameters(model));
            AssertMoments(model, moments);
        });

    [Theory]
    [InlineData(5, 200, 0.3)]
    [InlineData(40, 6, 2)]
    [InlineData(7, 40, 0.5)]
    [InlineData(40, 12, 1)]
    [InlineData(13, 14, 3)]
    [InlineData(90, 13, 10)]
    [InlineData(14, 15, 30)]
    [InlineData(12, 12, 49)]
    [InlineData(9, 10, 900)]
    [InlineData(14, 15, 100)]
    public void Every_group_of_bits_counts_whichever_layer_is_the_smaller(int visible, int hidden, double size)
    {
        // Large weights need many normalisations, then a division for each quotient, then softplus and sigmoid.
        ReferenceRbm model = ExactModels.Random(visible, hidden, size);
        using ExactMoments moments = new(visible, hidden, 2);
        moments.Compute(Translate.Parameters(model));
        AssertMoments(model, moments);
    }

    [Theory]
    [InlineData(100, 13, 10, 0)]
    [InlineData(13, 100, 10, 6)]
    [InlineData(14, 30, 40, 14)]
    [InlineData(7, 30, 80, 0)]
    [InlineData(30, 7, 80, 7)]
    public void States_whose_products_no_double_holds_count(int visible, int hidden, double size, int negative)
    {
        // Weights of one sign in the first bits and of the other in the rest, and a bias that turns the smaller layer on: the likely
        // states have the largest products, or, where the signs cancel, the smallest ones. At 80 a product of four factors is too much.
        int small = Math.Min(visible, hidden);
        SplitMix64 random = new(9);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = random.NextDouble(0.9 * size, size) * ((visible <= hidden ? i : j) < negative ? -1 : 1);
            }
        }

        double[] on = [.. Enumerable.Range(0, small).Select(bit => (bit < negative ? 1.001 : -0.2) * size * Math.Max(visible, hidden))];
        double[] none = new double[Math.Max(visible, hidden)];
        ReferenceRbm model = visible <= hidden ? new ReferenceRbm(weights, on, none) : new ReferenceRbm(weights, none, on);
        using ExactMoments moments = new(visible, hidden);
        moments.Compute(Translate.Parameters(model));
        AssertMoments(model, moments);
    }

    [Theory]
    [InlineData(14, 70, 0.5)]
    [InlineData(33, 13, 40)]
    [InlineData(9, 14, 300)]
    public void Threads_and_vector_widths_change_no_bit(int visible, int hidden, double size)
    {
        RbmParameters parameters = Translate.Parameters(ExactModels.Random(visible, hidden, size));
        double[]? first = null;
        foreach (SimdLevel level in Levels.All)
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                using ThreadTeam team = new(threads);
                MomentSums sums = new(visible, hidden, team, level);
                sums.Tables.Load(parameters.Weights, parameters.VisibleBias, parameters.HiddenBias);
                sums.Compute(null, CancellationToken.None);
                double logPartition = new LogPartitionSum(sums.Tables, team, level).Compute(null, CancellationToken.None);
                double[] all = [sums.LogPartitionFunction, logPartition, .. sums.VisibleMeans, .. sums.HiddenMeans, .. sums.Products];
                first ??= all;
                Assert.Equal(first, all);
            }
        }
    }

    [Fact]
    public void Buffers_are_used_again_and_floats_are_exact()
    {
        using ExactMoments moments = new(20, 13);
        moments.Compute(Translate.Parameters(ExactModels.Random(20, 13, 900)));
        moments.Compute(Translate.Parameters(ExactModels.Random(20, 13, 70)));
        Rbm rbm = Translate.Engine(ExactModels.Random(20, 13, 1));
        moments.Compute(rbm);
        double[] again = moments.Products.ToArray().Cast<double>().ToArray();
        double logPartition = moments.LogPartitionFunction;
        using ExactMoments fresh = new(20, 13);
        fresh.Compute(RbmParameters.From(rbm));
        Assert.Equal(fresh.Products.ToArray().Cast<double>(), again);
        Assert.Equal(fresh.LogPartitionFunction, logPartition);
        Assert.Equal(logPartition, ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(rbm)), 12);
    }

    [Fact]
    public void Huge_weights_give_numbers_or_an_error_never_infinity()
    {
        double[] huge = [1e300, -1e300, 2e300, 1e300];
        using ExactMoments moments = new(2, 2);
        moments.Compute(new RbmParameters(huge, [0, 0], [0, 0]));
        Assert.InRange(moments.LogPartitionFunction, 2.99e300, 3.01e300);
        Assert.All(moments.Products.ToArray().Cast<double>(), static mean => Assert.InRange(mean, 0, 1));
        double[] beyond = [1e308, 1e308, 1e308, 1e308];
        string message = Assert.Throws<ArgumentException>(() => moments.Compute(new RbmParameters(beyond, [0, 0], [0, 0]))).Message;
        Assert.Contains("sum is below 1.8e308", message);
        Assert.Throws<ArgumentException>(() => ExactPartitionFunction.LogPartitionFunction(new RbmParameters(beyond, [0, 0], [0, 0])));
    }

    [Fact]
    public void Models_of_another_size_and_large_ones_are_refused()
    {
        using ExactMoments moments = new(4, 3);
        Assert.Contains("4 visible and 3 hidden", Assert.Throws<ArgumentException>(() => moments.Compute(Rbm.Binary(3, 4))).Message);
        Assert.Contains("annealed importance sampling", Assert.Throws<ArgumentException>(() => new ExactMoments(40, 31)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactMoments(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactMoments(1, 1, 0));
    }

    [Fact]
    public void A_cancelled_computation_stops_and_keeps_the_moments_before()
    {
        using ExactMoments moments = new(22, 30, 2);
        using CancellationTokenSource source = new();
        source.Cancel();
        RbmParameters model = Translate.Parameters(ExactModels.Random(22, 30, 1));
        Assert.Throws<OperationCanceledException>(() => moments.Compute(model, null, source.Token));
        Assert.All(moments.VisibleMeans.ToArray(), static mean => Assert.Equal(0, mean));
    }

    private static void AssertMoments(ReferenceRbm model, ExactMoments moments)
    {
        ReferenceMoments expected = ExactModels.Moments(model);
        double tolerance = ExactModels.Tolerance(model);
        ExactModels.AssertClose([model.LogPartitionFunction()], [moments.LogPartitionFunction], tolerance, "log Z");
        ExactModels.AssertClose(expected.VisibleBias, moments.VisibleMeans.ToArray(), tolerance, "E[v]");
        ExactModels.AssertClose(expected.HiddenBias, moments.HiddenMeans.ToArray(), tolerance, "E[h]");
        ExactModels.AssertClose(expected.Weights.Cast<double>(), moments.Products.ToArray().Cast<double>(), tolerance, "E[v h']");
    }
}
