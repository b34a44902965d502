using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Threading;

namespace FastRbm.Tests.Evaluation;

public sealed class TreeReweightedTests
{
    [Fact]
    public void It_is_an_upper_bound() =>
        Properties.Hold(RandomModels.TinyRbm(10, 10), model =>
        {
            double exact = model.LogPartitionFunction();
            PartitionFunctionEstimate found = TreeReweighted.UpperBound(
                Translate.Parameters(model), new TreeReweightedOptions { MaxIterations = 20, TreeSteps = 2 });
            Assert.True(found.LogPartitionFunction >= exact - (1e-9 * (1 + Math.Abs(exact))), $"exact {exact}, {found}");
            Assert.True(double.IsFinite(found.LogPartitionFunction) && found.Kind == BoundKind.UpperBound);
            double factorised = MeanField.FactorisedUpperBound(Translate.Parameters(model)).LogPartitionFunction;
            Assert.True(found.LogPartitionFunction <= factorised, $"{found}, factorised {factorised}");
        });

    [Fact]
    public void Any_messages_and_any_trees_give_an_upper_bound_that_never_depends_on_threads() =>
        Properties.Hold(RandomModels.TinyRbm(7, 6), model =>
        {
            // Undamped messages overshoot, and trees join in while they do.
            RbmParameters parameters = Translate.Parameters(model);
            using ThreadTeam one = new(1);
            using ThreadTeam three = new(3);
            TreeReweightedDual dual = new(parameters, one);
            TreeReweightedDual same = new(parameters, three);
            double exact = model.LogPartitionFunction();
            for (int k = 0; k < 12; k++)
            {
                dual.Iterate(k % 2 == 0 ? 0 : -0.5);
                same.Iterate(k % 2 == 0 ? 0 : -0.5);
                Assert.Equal(dual.Bound, same.Bound);
                Assert.True(dual.Bound >= exact - (1e-9 * (1 + Math.Abs(dual.Bound))), $"iteration {k}: exact {exact}, found {dual.Bound}");
                if (k % 4 == 3)
                {
                    dual.AddTree(0.3);
                    same.AddTree(0.3);
                }
            }
        }, count: 100);

    [Fact]
    public void Without_messages_the_bound_is_the_mean_over_double_stars()
    {
        ReferenceRbm model = Random(4, 3, 2, 1);
        double rho = 6.0 / 12;
        double sum = 0;
        for (int hub = 0; hub < 12; hub++)
        {
            double[,] weights = new double[4, 3];
            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    weights[i, j] = i == hub / 3 || j == hub % 3 ? model.Weight(i, j) / rho : 0;
                }
            }

            sum += new ReferenceRbm(weights, model.VisibleBias.ToArray(), model.HiddenBias.ToArray()).LogPartitionFunction();
        }

        using ThreadTeam team = new(1);
        TreeReweightedDual dual = new(Translate.Parameters(model), team);
        dual.Iterate(0.5);
        Assert.Equal(sum / 12, dual.Bound, 1e-12);
    }

    [Fact]
    public void A_spanning_tree_has_the_largest_values_and_its_sum_over_states_is_exact()
    {
        ReferenceRbm model = Random(4, 3, 2, 2);
        SplitMix64 random = new(3);
        double[] values = random.NextDoubles(12);
        SpanningTree tree = SpanningTree.Largest(values, 4, 3);
        int[] edges = [.. tree.Edges];
        double largest = Subsets(12, 6).Where(IsTree).Max(subset => subset.Sum(edge => values[edge]));
        Assert.Equal(largest, edges.Sum(edge => values[edge]), 1e-12);

        double[] toVisible = random.NextDoubles(12);
        double[] toHidden = random.NextDoubles(12);
        double[,] weights = new double[4, 3];
        double[] visible = model.VisibleBias.ToArray();
        double[] hidden = model.HiddenBias.ToArray();
        foreach (int edge in edges)
        {
            weights[edge / 3, edge % 3] = 3 * model.Weight(edge / 3, edge % 3);
            visible[edge / 3] -= toVisible[edge];
            hidden[edge % 3] -= toHidden[edge];
        }

        double found = tree.LogPartition(
            model.VisibleBias.ToArray(), model.HiddenBias.ToArray(), edge => 3 * model.Weight(edge / 3, edge % 3), toVisible, toHidden);
        Assert.Equal(new ReferenceRbm(weights, visible, hidden).LogPartitionFunction(), found, 1e-12);
    }

    [Fact]
    public void A_model_that_is_a_tree_is_exact_and_trees_lower_the_bound_of_others()
    {
        foreach (ReferenceRbm star in (ReferenceRbm[])[Random(1, 9, 6, 4), Random(9, 1, 6, 5), Random(1, 1, 6, 6)])
        {
            Assert.Equal(star.LogPartitionFunction(), TreeReweighted.UpperBound(Translate.Parameters(star)).LogPartitionFunction, 1e-10);
        }

        RbmParameters model = Translate.Parameters(Random(8, 8, 1.5, 7));
        double uniform = TreeReweighted.UpperBound(model, new TreeReweightedOptions { TreeSteps = 0 }).LogPartitionFunction;
        PartitionFunctionEstimate mixed = TreeReweighted.UpperBound(model, threads: 2);
        Assert.True(mixed.LogPartitionFunction < uniform - 0.05, $"{uniform}, {mixed}");
        Assert.Equal(TreeReweighted.UpperBound(model), mixed);
    }

    [Fact]
    public void Nonsense_is_refused_and_a_cancelled_run_stops()
    {
        RbmParameters large = new(new double[2049 * 2048], new double[2049], new double[2048]);
        Assert.Contains("2049 x 2048", Assert.Throws<ArgumentException>(() => TreeReweighted.UpperBound(large)).Message);
        RbmParameters parameters = new(new double[2], new double[2], new double[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeReweighted.UpperBound(parameters, threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeReweighted.UpperBound(parameters, new TreeReweightedOptions { MaxIterations = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeReweighted.UpperBound(parameters, new TreeReweightedOptions { Tolerance = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeReweighted.UpperBound(parameters, new TreeReweightedOptions { TreeSteps = -1 }));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => TreeReweighted.UpperBound(parameters, null, 1, null, source.Token));
    }

    private static IEnumerable<int[]> Subsets(int count, int size) =>
        Enumerable.Range(0, 1 << count).Where(mask => System.Numerics.BitOperations.PopCount((uint)mask) == size)
            .Select(mask => Enumerable.Range(0, count).Where(edge => (mask >> edge & 1) != 0).ToArray());

    /// <summary>Whether six edges join the seven nodes of the 4 x 3 graph.</summary>
    private static bool IsTree(int[] edges)
    {
        int[] group = [0, 1, 2, 3, 4, 5, 6];
        foreach (int edge in edges)
        {
            (int from, int to) = (group[edge / 3], group[4 + (edge % 3)]);
            group = Array.ConvertAll(group, own => own == from ? to : own);
        }

        return group.Distinct().Count() == 1;
    }

    private static ReferenceRbm Random(int visible, int hidden, double strength, ulong seed)
    {
        SplitMix64 random = new(seed);
        double[,] weights = new double[visible, hidden];
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k / hidden, k % hidden] = strength * random.NextDouble(-1, 1);
        }

        return new ReferenceRbm(
            weights, [.. random.NextDoubles(visible).Select(static u => (2 * u) - 1)], [.. random.NextDoubles(hidden).Select(static u => (2 * u) - 1)]);
    }
}
