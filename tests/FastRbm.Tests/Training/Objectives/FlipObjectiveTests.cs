using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;
using FastRbm.Training;
using FastRbm.Training.Objectives;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Training.Objectives;

public sealed class FlipObjectiveTests
{
    /// <summary>The objectives, and what each is in naive doubles.</summary>
    private static readonly (string Name, Func<Rbm, int, int, IMinibatchObjective> Make, Func<ReferenceRbm, IReadOnlyList<bool[]>, double[]?, double> Value)[] _all =
    [
        ("pseudo-likelihood", static (rbm, rows, threads) => new PseudoLikelihoodObjective(rbm, rows, threads), static (model, rows, weights) => model.LogPseudoLikelihood(rows, weights)),
        ("probability flow", static (rbm, rows, threads) => new ProbabilityFlowObjective(rbm, rows, threads), static (model, rows, weights) => model.ProbabilityFlow(rows, weights)),
        ("ratio matching", static (rbm, rows, threads) => new RatioMatchingObjective(rbm, rows, threads), static (model, rows, weights) => model.RatioMatching(rows, weights)),
    ];

    public static TheoryData<int> Objectives => [.. Enumerable.Range(0, _all.Length)];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Value_and_gradient_are_those_of_the_naive_doubles(int objective) =>
        Properties.Hold(Cases(), drawn =>
        {
            (ReferenceRbm model, BitPattern pattern, bool weighted) = drawn;
            bool[][] rows = pattern.ToRows();
            double[]? weights = weighted ? [.. Enumerable.Range(1, rows.Length).Select(static k => (double)k)] : null;
            double expected = _all[objective].Value(model, rows, weights);
            double[] gradient = model.FiniteDifferences(changed => _all[objective].Value(changed, rows, weights));
            (double value, float[] found) = Run(objective, Translate.Engine(model), rows, weights, 1);
            double scale = 1 + Math.Abs(expected);
            Assert.True(Math.Abs(expected - value) <= 2e-5 * scale, $"expected {expected}, found {value}");
            for (int k = 0; k < gradient.Length; k++)
            {
                Assert.True(Math.Abs(gradient[k] - found[k]) <= 5e-5 * scale, $"parameter {k}: expected {gradient[k]}, found {found[k]}");
            }
        }, count: 150);

    [Theory]
    [MemberData(nameof(Objectives))]
    public void The_gradient_vanishes_where_the_data_are_the_models_own_distribution(int objective) =>
        Properties.Hold(RandomModels.TinyRbm(5, 4), model =>
        {
            bool[][] rows = BinaryStates.All(model.Visible);
            double[] weights = model.VisibleProbabilities();
            (double value, float[] found) = Run(objective, Translate.Engine(model), rows, weights, 1);

            // Flows of up to 1 / sqrt(p) in each row leave what floats round.
            double[] flows = [.. rows.Select((row, r) => weights[r] * model.FlipDifferences(row).Sum(static d => 1 + Math.Exp(d / 2)))];
            double bound = 2e-6 * flows.Sum();
            Assert.All(found, derivative => Assert.InRange(derivative, -bound, bound));
            Assert.True(double.IsFinite(value));
        });

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Threads_and_room_for_more_rows_change_no_bit(int objective)
    {
        (Rbm rbm, bool[][] rows) = Large(1.5f);
        (double value, float[] expected) = Run(objective, rbm, rows, null, 1);
        foreach (int threads in (int[])[2, 3, 7])
        {
            (double other, float[] found) = Run(objective, rbm, rows, null, threads, room: 5);
            Assert.Equal(value, other);
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Weights_too_strong_for_exponentials_give_finite_gradients_that_are_right(int objective)
    {
        // Half of the visible units have weights beyond the limit of the tables of exponentials, and inputs are in the hundreds.
        (Rbm rbm, bool[][] rows) = Large(90f);
        (double value, float[] found) = Run(objective, rbm, rows, null, 1);
        Assert.True(double.IsFinite(value));
        Assert.All(found, static derivative => Assert.True(float.IsFinite(derivative)));

        // A model of one strong unit with an answer: v on or off costs 60 nats.
        Rbm simple = Rbm.Binary(2, 1);
        simple.Edit(static (weights, visible, hidden) =>
        {
            weights[0, 0] = 60;
            visible[0] = -58;
            hidden[0] = -2;
        });
        ReferenceRbm reference = Translate.Reference(simple);
        bool[][] states = BinaryStates.All(2);
        double[] gradient = reference.FiniteDifferences(changed => _all[objective].Value(changed, states, null));
        (value, found) = Run(objective, simple, states, null, 1);
        double expected = _all[objective].Value(reference, states, null);
        Assert.InRange(value, expected - (1e-5 * Math.Abs(expected)), expected + (1e-5 * Math.Abs(expected)));
        for (int k = 0; k < gradient.Length; k++)
        {
            Assert.InRange(found[k], gradient[k] - 1e-5 - (1e-5 * Math.Abs(gradient[k])), gradient[k] + 1e-5 + (1e-5 * Math.Abs(gradient[k])));
        }
    }

    [Fact]
    public void Slopes_are_the_derivatives_of_the_terms_and_nothing_overflows()
    {
        AssertSlopes<PseudoLikelihoodTerm>();
        AssertSlopes<ProbabilityFlowTerm>();
        AssertSlopes<RatioMatchingTerm>();
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Rbm rbm = Rbm.Binary(4, 3);
        using PseudoLikelihoodObjective objective = new(rbm, 5, 1);
        Matrix weights = new(4, 3);
        Matrix visible = new(1, 4);
        Matrix hidden = new(1, 3);
        BitMatrix rows = new(9, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => objective.Gradient(rows, 0, [], weights, visible, hidden));
        Assert.Throws<ArgumentOutOfRangeException>(() => objective.Gradient(rows, 6, [], weights, visible, hidden));
        Assert.Throws<ArgumentException>(() => objective.Gradient(rows, 2, [1], weights, visible, hidden));
        Assert.Throws<ArgumentOutOfRangeException>(() => objective.Gradient(rows, 2, [1, -1], weights, visible, hidden));
        Assert.Throws<ArgumentOutOfRangeException>(() => objective.Gradient(rows, 2, [1, float.NaN], weights, visible, hidden));
        Assert.Throws<ArgumentException>(() => objective.Gradient(new BitMatrix(9, 5), 2, [], weights, visible, hidden));
        Assert.Throws<ArgumentException>(() => objective.Gradient(rows, 2, [], new Matrix(3, 4), visible, hidden));
        Assert.Throws<ArgumentException>(() => objective.Gradient(rows, 2, [], weights, hidden, hidden));
        Assert.Throws<ArgumentException>(() => objective.Gradient(rows, 2, [], weights, visible, visible));
    }

    [Fact]
    public void Vector_widths_change_no_bit()
    {
        foreach (float size in (float[])[1.5f, 90f])
        {
            (Rbm rbm, bool[][] rows) = Large(size);
            (double value, float[] expected) = Run(Levels.All[0]);
            foreach (SimdLevel level in Levels.All)
            {
                (double other, float[] found) = Run(level);
                Assert.Equal(value, other);
                Assert.Equal(expected, found);
            }

            (double Value, float[] Gradient) Run(SimdLevel level)
            {
                using PseudoLikelihoodObjective engine = new(rbm, rows.Length, 1) { Level = level };
                return FlipObjectiveTests.Run(engine, rbm, rows, null);
            }
        }
    }

    private static void AssertSlopes<TTerm>()
        where TTerm : struct, IFlipTerm
    {
        foreach (double d in (double[])[-2000, -300, -20, -1, 0, 0.5, 3, 30, 39.9, 41, 300, 5000])
        {
            double step = 1e-4 / Math.Max(1, Math.Abs(d));
            TTerm.Evaluate(d - step, out double below, out _);
            TTerm.Evaluate(d + step, out double above, out _);
            TTerm.Evaluate(d, out double value, out double slope);
            double expected = (above - below) / (2 * step);
            double bound = 1e-6 + (1e-5 * (Math.Abs(expected) + (Math.Abs(value) / Math.Max(1, Math.Abs(d)))));
            Assert.True(Math.Abs(expected - slope) <= bound && value <= 0 && float.IsFinite((float)slope), $"{typeof(TTerm)} at {d}: expected {expected}, found {slope}");
        }
    }

    private static Arbitrary<(ReferenceRbm Model, BitPattern Rows, bool Weighted)> Cases()
    {
        // Weights beyond the table are tested apart: flows of e^100 leave no digits to compare.
        Gen<(ReferenceRbm, BitPattern, bool)> cases =
            from model in RandomModels.TinyRbm(9, 17).Generator
            where model.CopyWeights().Cast<double>().All(static w => Math.Abs(w) <= 2)
                && model.VisibleBias.ToArray().All(static a => Math.Abs(a) <= 2)
            from rows in Gen.Choose(1, 7)
            from pattern in RandomModels.Bits(rows, model.Visible)
            from weighted in Gen.Elements(true, false)
            select (model, pattern, weighted);
        return Arb.From(cases);
    }

    private static (Rbm Rbm, bool[][] Rows) Large(float size)
    {
        SplitMix64 random = new(5);
        Rbm rbm = Rbm.Binary(67, 45);
        rbm.Edit((weights, visible, hidden) =>
        {
            for (int i = 0; i < 67; i++)
            {
                visible[i] = (float)random.NextDouble(-1, 1);
                for (int j = 0; j < 45; j++)
                {
                    weights[i, j] = (float)random.NextDouble(-size, size) * (i % 2);
                }
            }
        });
        return (rbm, [.. Enumerable.Range(0, 41).Select(_ => random.NextBits(67))]);
    }

    private static (double Value, float[] Gradient) Run(
        int objective, Rbm rbm, bool[][] rows, double[]? weights, int threads, int room = 0)
    {
        using IMinibatchObjective engine = _all[objective].Make(rbm, rows.Length + room, threads);
        return Run(engine, rbm, rows, weights);
    }

    private static (double Value, float[] Gradient) Run(IMinibatchObjective engine, Rbm rbm, bool[][] rows, double[]? weights)
    {
        Matrix gradient = new(rbm.Visible.Count, rbm.Hidden.Count);
        Matrix visible = new(1, rbm.Visible.Count);
        Matrix hidden = new(1, rbm.Hidden.Count);
        float[] shares = weights is null ? [] : [.. weights.Select(static weight => (float)weight)];
        gradient.AsSpan2D().Fill(float.NaN);
        double value = engine.Gradient(Translate.Bits(rows), rows.Length, shares, gradient, visible, hidden);
        return (value, [.. gradient.AsSpan2D().ToArray().Cast<float>(), .. visible.Row(0), .. hidden.Row(0)]);
    }
}
