using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Testing;

namespace FastRbm.Tests.Evaluation;

[Collection(AllocationGroup.Name)]
public sealed class AnnealedRowsTests
{
    private const int Visible = 150;
    private const int Hidden = 70;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_are_those_of_the_textbook_formula_on_the_path_that_was_walked(bool reverse)
    {
        (ReferenceRbm model, double[] bias) = Model();
        float[] ladder = AnnealingSchedule.FromBetas([0, 1e-4, 0.01, 0.02, 0.3, 0.3, 0.31, 0.9, 0.901, 1]).Ladder(reverse);
        using AnnealedRows rows = new(Translate.Engine(model), Floats(bias), 5, seed: 3, annealing: 1, threads: 1);
        rows.StartAtBase();
        double[] expected = new double[5];
        for (int step = 0; step < ladder.Length - 1; step++)
        {
            for (int row = 0; row < 5; row++)
            {
                bool[] visible = Translate.Row(rows.Visible, row);
                expected[row] += model.LogAnnealed(visible, bias, ladder[step + 1]) - model.LogAnnealed(visible, bias, ladder[step]);
            }

            bool[][] before = States(rows);
            rows.Anneal(ladder, step, step + 2, null, default);
            for (int row = 0; row < 5; row++)
            {
                Assert.True(Math.Abs(expected[row] - rows.LogWeights[row]) < 2e-4, $"step {step}, row {row}: expected {expected[row]}, found {rows.LogWeights[row]}");
            }

            // The last step only weighs; an annealed row of 150 units hardly stays where it is.
            Assert.Equal(step == ladder.Length - 2, before.Zip(States(rows)).All(static pair => pair.First.SequenceEqual(pair.Second)));
        }

        Assert.True(expected.Max(Math.Abs) > 10, "nothing was compared");
    }

    [Fact]
    public void States_and_weights_do_not_depend_on_threads_on_calls_or_on_other_rows()
    {
        (ReferenceRbm model, double[] bias) = Model();
        Rbm rbm = Translate.Engine(model);
        float[] ladder = AnnealingSchedule.Linear(30).Ladder(reverse: false);
        using AnnealedRows one = new(rbm, Floats(bias), 150, seed: 3, annealing: 0, threads: 1);
        using AnnealedRows three = new(rbm, Floats(bias), 150, seed: 3, annealing: 0, threads: 3);
        using AnnealedRows later = new(rbm, Floats(bias), 20, seed: 3, annealing: 0, threads: 2) { FirstRow = 100 };
        foreach (AnnealedRows rows in (AnnealedRows[])[one, three, later])
        {
            rows.StartAtBase();
            rows.Sweep(2, null, default);
        }

        one.Anneal(ladder, 0, 30, null, default);
        three.Anneal(ladder, 0, 11, null, default);
        three.Anneal(ladder, 10, 30, null, default);
        later.Anneal(ladder, 0, 30, null, default);
        Assert.Equal(one.LogWeights, three.LogWeights);
        Assert.Equal(States(one), States(three));
        Assert.Equal(one.LogWeights[100..120], later.LogWeights);
        one.StartAtBase();
        one.Anneal(ladder, 0, 30, null, default);
        Assert.NotEqual(one.LogWeights, three.LogWeights);
        three.StartAtBase();
        three.Anneal(ladder, 0, 30, null, default);
        Assert.Equal(one.LogWeights, three.LogWeights);
    }

    [Fact]
    public void Annealings_and_seeds_share_nothing()
    {
        (ReferenceRbm model, double[] bias) = Model();
        float[] ladder = AnnealingSchedule.Linear(5).Ladder(reverse: false);
        HashSet<double> weights = [];
        foreach ((ulong seed, int annealing) in (IEnumerable<(ulong, int)>)[(1, 0), (1, 1), (2, 0), (2, 1)])
        {
            using AnnealedRows rows = new(Translate.Engine(model), Floats(bias), 10, seed, annealing, threads: 1);
            rows.StartAtBase();
            rows.Anneal(ladder, 0, 5, null, default);
            weights.UnionWith(rows.LogWeights);
        }

        Assert.Equal(40, weights.Count);
    }

    [Fact]
    public void Starts_are_on_as_often_as_the_base_rates_say()
    {
        double[] bias = [-2, 0, 3];
        using AnnealedRows rows = new(Rbm.Binary(3, 2), Floats(bias), 20_000, seed: 1, annealing: 0, threads: 1);
        rows.StartAtBase();
        for (int unit = 0; unit < 3; unit++)
        {
            double p = ReferenceMath.Sigmoid(bias[unit]);
            double mean = Enumerable.Range(0, 20_000).Average(row => rows.Visible[row, unit] ? 1.0 : 0);
            Assert.InRange(mean, p - (5.5 * Math.Sqrt(p * (1 - p) / 20_000)), p + (5.5 * Math.Sqrt(p * (1 - p) / 20_000)));
        }
    }

    [Fact]
    public void Temperatures_and_sweeps_allocate_nothing()
    {
        (ReferenceRbm model, double[] bias) = Model();
        float[] ladder = AnnealingSchedule.Linear(10).Ladder(reverse: false);
        using AnnealedRows rows = new(Translate.Engine(model), Floats(bias), 60, seed: 1, annealing: 0, threads: 2);
        rows.StartAtBase();
        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            rows.Anneal(ladder, 0, 10, null, default);
            rows.Sweep(2, null, default);
        }));
    }

    [Fact]
    public void A_cancelled_walk_stops()
    {
        (ReferenceRbm model, double[] bias) = Model();
        using CancellationTokenSource source = new();
        using AnnealedRows rows = new(Translate.Engine(model), Floats(bias), 60, seed: 1, annealing: 0, threads: 2);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => rows.Anneal(AnnealingSchedule.Linear(10).Ladder(reverse: false), 0, 10, null, source.Token));
    }

    private static bool[][] States(AnnealedRows rows) => [.. Enumerable.Range(0, rows.Visible.Rows).Select(row => Translate.Row(rows.Visible, row))];

    private static float[] Floats(double[] values) => Array.ConvertAll(values, static value => (float)value);

    private static (ReferenceRbm Model, double[] BaseBias) Model()
    {
        SplitMix64 random = new(5);
        double[,] weights = new double[Visible, Hidden];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                weights[i, j] = (float)random.NextDouble(-0.5, 0.5);
            }
        }

        return (new ReferenceRbm(weights, Values(Visible), Values(Hidden)), Values(Visible));

        double[] Values(int count) => [.. random.NextFloats(count, -1, 1).Select(static value => (double)value)];
    }
}
