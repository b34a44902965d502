using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class MeanFieldTests
{
    [Fact]
    public void Bounds_hold_on_both_sides_and_approximations_are_finite() =>
        Properties.Hold(RandomModels.TinyRbm(10, 10), model =>
        {
            RbmParameters parameters = Translate.Parameters(model);
            double exact = model.LogPartitionFunction();
            double slack = 1e-9 * (1 + Math.Abs(exact));
            PartitionFunctionEstimate lower = MeanField.LowerBound(parameters, new MeanFieldOptions { Starts = 5 });
            PartitionFunctionEstimate early = MeanField.LowerBound(parameters, new MeanFieldOptions { Starts = 1, MaxIterations = 1 });
            PartitionFunctionEstimate factorised = MeanField.FactorisedUpperBound(parameters);
            Assert.True(lower.LogPartitionFunction <= exact + slack, $"exact {exact}, {lower}");
            Assert.True(early.LogPartitionFunction <= lower.LogPartitionFunction + slack, $"{early}, {lower}");
            Assert.True(factorised.LogPartitionFunction >= exact - slack, $"exact {exact}, {factorised}");
            Assert.Equal((BoundKind.LowerBound, BoundKind.UpperBound), (lower.Kind, factorised.Kind));
            for (int order = 2; order <= 3; order++)
            {
                PartitionFunctionEstimate tap = MeanField.Tap(parameters, order, new MeanFieldOptions { Starts = 2, MaxIterations = 300 });
                Assert.True(double.IsFinite(tap.LogPartitionFunction) && tap.Kind == BoundKind.Approximation);
            }
        });

    [Fact]
    public void Without_weights_every_estimate_is_exact() =>
        Properties.Hold(RandomModels.TinyRbm(10, 10), drawn =>
        {
            ReferenceRbm model = new(new double[drawn.Visible, drawn.Hidden], drawn.VisibleBias.ToArray(), drawn.HiddenBias.ToArray());
            RbmParameters parameters = Translate.Parameters(model);
            double exact = model.LogPartitionFunction();
            foreach (PartitionFunctionEstimate estimate in (PartitionFunctionEstimate[])
                [MeanField.LowerBound(parameters), MeanField.Tap(parameters, 2), MeanField.Tap(parameters, 3), MeanField.FactorisedUpperBound(parameters), TreeReweighted.UpperBound(parameters)])
            {
                Assert.InRange(estimate.LogPartitionFunction, exact - (1e-12 * (1 + Math.Abs(exact))), exact + (1e-12 * (1 + Math.Abs(exact))));
                Assert.True(estimate.Converged, $"{estimate}");
            }
        }, count: 60);

    [Fact]
    public void The_terms_of_second_and_third_order_are_those_of_the_expansion_at_fixed_means()
    {
        SplitMix64 random = new(4);
        for (int round = 0; round < 12; round++)
        {
            (int visible, int hidden) = (1 + (round % 3), 1 + (round % 2));
            double[,] weights = new double[visible, hidden];
            for (int k = 0; k < weights.Length; k++)
            {
                weights[k / hidden, k % hidden] = random.NextDouble(-2, 2);
            }

            double[] means = [.. Enumerable.Range(0, visible + hidden).Select(_ => random.NextDouble(0.1, 0.9))];
            double[] terms = [.. Enumerable.Range(1, 3).Select(order => Expansion(weights, means, order))];

            // G(e) = G(0) + e T1 + e^2 T2 + e^3 T3 + ...: even and odd parts at two strengths take the next terms out.
            const double E = 0.02;
            double none = ReferencePlefka.Value(weights, 0, means);
            double Even(double e) => (((ReferencePlefka.Value(weights, e, means) + ReferencePlefka.Value(weights, -e, means)) / 2) - none) / (e * e);
            double Odd(double e) => (ReferencePlefka.Value(weights, e, means) - ReferencePlefka.Value(weights, -e, means)) / (2 * e);
            double first = terms[0] - none;
            double second = terms[1] - terms[0];
            double third = terms[2] - terms[1];
            Assert.InRange(((4 * Even(E)) - Even(2 * E)) / 3, second - 1e-6, second + 1e-6);
            Assert.InRange(((4 * Odd(E)) - Odd(2 * E)) / 3, first - 1e-6, first + 1e-6);
            double cubic = (Odd(2 * E) - Odd(E)) / (3 * E * E);
            double farther = (Odd(4 * E) - Odd(2 * E)) / (12 * E * E);
            double found = ((4 * cubic) - farther) / 3;
            Assert.InRange(found, third - 2e-4, third + 2e-4);

            // Power: half the third term, as from 1/6 for 1/3 in the expansion, would be seen.
            Assert.True(Math.Abs(third) < 8e-4 || Math.Abs(found - (0.5 * third)) > 3e-4);
        }
    }

    [Fact]
    public void A_solution_is_stationary()
    {
        // Rounded derivatives of the value with respect to single means.
        ReferenceRbm model = Random(5, 4, 1, 3);
        RbmParameters parameters = Translate.Parameters(model);
        for (int order = 1; order <= 3; order++)
        {
            MeanFieldState state = new(parameters, MeanFieldState.Transpose(parameters));
            state.Start(0, 0);
            for (int k = 0; k < 400; k++)
            {
                state.UpdateVisible(order, 0.3);
                state.UpdateHidden(order, 0.3);
            }

            foreach (double[] means in (double[][])[state.Visible, state.Hidden])
            {
                for (int k = 0; k < means.Length; k++)
                {
                    double mean = means[k];
                    means[k] = mean + 1e-5;
                    double above = state.Expansion(order);
                    means[k] = mean - 1e-5;
                    double below = state.Expansion(order);
                    means[k] = mean;
                    Assert.InRange((above - below) / 2e-5, -1e-7, 1e-7);
                }
            }

            double value = state.Expansion(order);
            Assert.True(order > 1 || Math.Abs(value - state.LowerBound()) <= 1e-12);
        }
    }

    [Fact]
    public void Errors_fall_with_the_order_and_with_weaker_weights_as_fast_as_they_should()
    {
        double[] strong = MeanErrors(0.08);
        double[] weak = MeanErrors(0.04);
        Assert.True(weak[2] < 0.2 * weak[1] && weak[1] < 0.01 * weak[0], $"{weak[0]}, {weak[1]}, {weak[2]}");

        // Halved weights: errors of second, third and fourth order are 4, 8 and 16 times smaller.
        Assert.InRange(strong[0] / weak[0], 3.5, 4.5);
        Assert.InRange(strong[1] / weak[1], 7, 9.5);
        Assert.InRange(strong[2] / weak[2], 14, 18);
    }

    [Fact]
    public void The_bound_never_falls()
    {
        RbmParameters parameters = Translate.Parameters(Random(9, 8, 4, 5));
        MeanFieldState state = new(parameters, MeanFieldState.Transpose(parameters));
        for (int start = 0; start < 6; start++)
        {
            state.Start(start, 1);
            double before = double.NegativeInfinity;
            for (int k = 0; k < 50; k++)
            {
                double bound = state.LowerBound();
                Assert.True(bound >= before - 1e-12, $"start {start}, iteration {k}: {before}, then {bound}");
                before = bound;
                state.UpdateVisible(1, 0);
                state.UpdateHidden(1, 0);
            }
        }
    }

    [Fact]
    public void What_does_not_converge_says_so_and_threads_change_nothing()
    {
        RbmParameters parameters = Translate.Parameters(Random(12, 12, 8, 6));
        MeanFieldOptions options = new() { Starts = 7, MaxIterations = 40 };
        PartitionFunctionEstimate tap = MeanField.Tap(parameters, 3, options with { Tolerance = 0 });
        Assert.False(tap.Converged);
        Assert.True(double.IsFinite(tap.LogPartitionFunction));
        Assert.Equal(40, tap.Iterations);
        Assert.Equal(MeanField.Tap(parameters, 2, options), MeanField.Tap(parameters, 2, options, threads: 3));
        Assert.Equal(MeanField.LowerBound(parameters, options), MeanField.LowerBound(parameters, options, threads: 3));
    }

    [Fact]
    public void Nonsense_is_refused_and_a_cancelled_run_stops()
    {
        RbmParameters parameters = new(new double[2], new double[2], new double[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.Tap(parameters, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.Tap(parameters, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.LowerBound(parameters, threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.LowerBound(parameters, new MeanFieldOptions { Starts = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.LowerBound(parameters, new MeanFieldOptions { MaxIterations = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.LowerBound(parameters, new MeanFieldOptions { Tolerance = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.LowerBound(parameters, new MeanFieldOptions { Damping = 1 }));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => MeanField.LowerBound(parameters, null, 1, source.Token));
    }

    [Fact]
    public void Published_models_lie_between_the_bounds_and_near_the_approximation()
    {
        string? path = TestData.FindPath("reference-models/toy-784x15.safetensors");
        Assert.SkipWhen(path is null, $"needs reference-models/toy-784x15.safetensors in {TestData.Variable}");
        RbmParameters model = ModelFile.LoadParameters(path);
        Assert.InRange(MeanField.LowerBound(model).LogPartitionFunction, 180, 215.138406);
        PartitionFunctionEstimate tap = MeanField.Tap(model);
        Assert.True(tap.Converged);
        Assert.InRange(tap.LogPartitionFunction, 215.1, 215.2);
        Assert.InRange(TreeReweighted.UpperBound(model, new TreeReweightedOptions { TreeSteps = 0 }).LogPartitionFunction, 215.138405, 700);
    }

    private static double[] MeanErrors(double strength)
    {
        double[] errors = new double[3];
        for (ulong seed = 0; seed < 60; seed++)
        {
            ReferenceRbm model = Random(5, 4, strength, seed);
            RbmParameters parameters = Translate.Parameters(model);
            MeanFieldOptions options = new() { Starts = 1, Tolerance = 1e-13 };
            double exact = model.LogPartitionFunction();
            errors[0] += Math.Abs(MeanField.LowerBound(parameters, options).LogPartitionFunction - exact);
            errors[1] += Math.Abs(MeanField.Tap(parameters, 2, options).LogPartitionFunction - exact);
            errors[2] += Math.Abs(MeanField.Tap(parameters, 3, options).LogPartitionFunction - exact);
        }

        return errors;
    }

    /// <summary>The library's expansion without biases.</summary>
    private static double Expansion(double[,] weights, double[] means, int order)
    {
        (int visible, int hidden) = (weights.GetLength(0), weights.GetLength(1));
        RbmParameters parameters = new([.. weights.Cast<double>()], new double[visible], new double[hidden]);
        MeanFieldState state = new(parameters, MeanFieldState.Transpose(parameters));
        means.AsSpan(0, visible).CopyTo(state.Visible);
        means.AsSpan(visible).CopyTo(state.Hidden);
        return state.Expansion(order);
    }

    /// <summary>Weights up to the strength; biases don't shrink with them.</summary>
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
