using FastRbm.Evaluation;
using FastRbm.Reference;
using FastRbm.StatisticalTests.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Evaluation;

/// <summary>Annealing against exact answers of models that can be enumerated.</summary>
/// <remarks>
/// The mean of weights is unbiased for any ladder, so short ones show mistakes best: their weights differ. Each check fails with a
/// probability of <see cref="Budget.PerCheck"/>, as far as means of tens of thousands of weights between 0 and a few are normal.
/// </remarks>
public sealed class AnnealingTests
{
    private const int Runs = 40_000;
    private static readonly double[] _betas = [0, 0.15, 0.4, 0.75, 1];
    private static readonly double[] _bias = [0.75, -0.5, 0.25, -2];

    private static ReferenceRbm Model => new(
        new[,] { { 0.75, -1.0 }, { -1.25, 0.75 }, { 0.5, 1.0 }, { 0.25, -0.5 } }, [0.5, -0.25, 0.75, -1.5], [-0.75, 0.5]);

    [Fact]
    public void Forward_weights_are_unbiased_and_their_logarithms_too_small()
    {
        AnnealingEstimate estimate = Estimate(Model, _bias, new AnnealingOptions { BothWays = false });
        double[] errors = Errors(estimate.Forward, Model.LogPartitionFunction() - estimate.BaseLogPartitionFunction);
        AssertUnbiased(errors);
        Assert.True(estimate.Forward.MeanLogWeight + estimate.BaseLogPartitionFunction < Model.LogPartitionFunction() + Bound(errors));
    }

    [Fact]
    public void Reverse_weights_from_exact_samples_are_unbiased_and_bound_from_above()
    {
        AnnealingEstimate estimate = Estimate(Model, _bias, new AnnealingOptions { Starts = Samples(Model, Runs, 3), StartSweeps = 0 });
        double[] errors = Errors(estimate.Reverse!, estimate.BaseLogPartitionFunction - Model.LogPartitionFunction());
        AssertUnbiased(errors);
        Assert.True(estimate.BaseLogPartitionFunction - estimate.Reverse!.MeanLogWeight > Model.LogPartitionFunction() - Bound(errors));
        Assert.InRange(
            estimate.LogPartitionFunction - Model.LogPartitionFunction(),
            -MonteCarlo.StandardErrors(Budget.PerCheck) * estimate.StandardError, MonteCarlo.StandardErrors(Budget.PerCheck) * estimate.StandardError);
        Assert.True(estimate.Verdict.Trusted, estimate.Verdict.Text);
    }

    [Fact]
    public void Models_of_all_sizes_of_weights_have_their_log_partition_function_between_the_bounds()
    {
        // 3 standard errors either way, both bounds: with 40 models some bound may be off once in a dozen seeds, three only once in 10^5.
        SplitMix64 random = new(12);
        int outside = 0;
        for (int model = 0; model < 40; model++)
        {
            double size = random.NextDouble(0.1, 2);
            ReferenceRbm machine = RandomModel(random, size);
            double[] bias = [.. random.NextDoubles(machine.Visible).Select(static u => (4 * u) - 2)];
            AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(AuditModels.Engine(machine), new AnnealingOptions
            {
                Runs = 300,
                Schedule = AnnealingSchedule.Linear(60),
                BaseBias = bias,
                Starts = Samples(machine, 300, (ulong)model),
                StartSweeps = 0,
                Seed = (ulong)model,
            });
            double exact = machine.LogPartitionFunction();
            outside += exact < estimate.Lower || exact > estimate.Upper ? 1 : 0;
            Assert.InRange(estimate.LogPartitionFunction, exact - (7 * estimate.StandardError) - 1e-5, exact + (7 * estimate.StandardError) + 1e-5);
        }

        Assert.InRange(outside, 0, 2);
    }

    [Fact]
    public void Reverse_annealing_is_an_unbiased_estimate_of_the_probability_that_annealing_ends_at_a_row()
    {
        bool[][] states = BinaryStates.All(Model.Visible);
        double[] ends = Ends(Model, _bias, _betas);
        double[] model = Model.VisibleProbabilities();
        double likelihood = 0;
        double expected = 0;
        for (int state = 0; state < states.Length; state++)
        {
            RaiseEstimate estimate = ReverseAnnealing.Estimate(
                AuditModels.Engine(Model), new StateRows([.. Enumerable.Repeat(states[state], 4000)]), Options(_bias) with { Runs = 1, Seed = (ulong)state });
            double[] errors = [.. estimate.LogLikelihoods.Select(value => Math.Exp(value - Math.Log(ends[state])) - 1)];
            AssertUnbiased(errors);
            Assert.True(estimate.Mean < Math.Log(ends[state]) + Bound(errors));
            likelihood += model[state] * estimate.Mean;
            expected += model[state] * Math.Log(model[state]);
        }

        Assert.True(likelihood < expected + 0.01, $"{likelihood}, the model's {expected}");
    }

    [Fact]
    public void Reverse_annealing_of_a_long_ladder_and_many_runs_is_the_log_likelihood()
    {
        bool[][] states = BinaryStates.All(Model.Visible);
        RaiseEstimate estimate = ReverseAnnealing.Estimate(
            AuditModels.Engine(Model), new StateRows(states), Options(_bias) with { Runs = 2000, Schedule = AnnealingSchedule.Linear(200) });
        double logZ = Model.LogPartitionFunction();
        for (int state = 0; state < states.Length; state++)
        {
            double exact = -Model.FreeEnergy(states[state]) - logZ;
            Assert.InRange(estimate.LogLikelihoods[state], exact - 0.03, exact + 0.03);
        }
    }

    [Fact]
    public void A_mutant_without_a_mistake_passes() => Assert.True(Score(AnnealingMistake.None) < MonteCarlo.StandardErrors(Budget.PerCheck));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mutant_is_caught(AnnealingMistake mistake) =>
        Assert.True(Score(mistake) > MonteCarlo.StandardErrors(Budget.Caught), $"{mistake}: {Score(mistake)} standard errors off");

    public static TheoryData<AnnealingMistake> Mistakes() => [.. Enum.GetValues<AnnealingMistake>().Where(static mistake => mistake != AnnealingMistake.None)];

    /// <summary>How many standard errors a mutant's mean weight is off.</summary>
    private static double Score(AnnealingMistake mistake)
    {
        double exact = Model.LogPartitionFunction();
        double[] errors = [.. MutantAnnealer.Run(Model, _bias, _betas, Runs, mistake, seed: 4).Select(value => Math.Exp(value - exact) - 1)];
        return Math.Abs(errors.Average()) / Math.Max(StandardError(errors), 1e-9);
    }

    private static AnnealingOptions Options(double[] bias) => new() { Schedule = AnnealingSchedule.FromBetas(_betas), BaseBias = bias };

    private static AnnealingEstimate Estimate(ReferenceRbm model, double[] bias, AnnealingOptions options) => AnnealedImportanceSampling.Estimate(
        AuditModels.Engine(model), options with { Runs = Runs, Schedule = AnnealingSchedule.FromBetas(_betas), BaseBias = bias, Seed = 9 });

    private static double[] Errors(AnnealingWeights weights, double logRatio) =>
        [.. weights.LogWeights.ToArray().Select(value => Math.Exp(value - logRatio) - 1)];

    private static void AssertUnbiased(double[] errors)
    {
        Assert.True(Math.Abs(errors.Average()) < Bound(errors), $"mean {errors.Average()}, bound {Bound(errors)}");
        Assert.True(StandardError(errors) > 1e-4, "weights that are all the same show nothing");
    }

    private static double Bound(double[] errors) => MonteCarlo.StandardErrors(Budget.PerCheck) * StandardError(errors);

    private static double StandardError(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Length / (values.Length - 1));
    }

    /// <summary>The distribution of the visible states that forward annealing ends at, the sweep at beta 1 among its steps.</summary>
    private static double[] Ends(ReferenceRbm model, double[] bias, double[] betas)
    {
        double[] now = model.Annealed(bias, 0).VisibleProbabilities();
        foreach (double beta in betas.Skip(1))
        {
            double[,] step = model.Annealed(bias, beta).VisibleTransitions();
            now = [.. Enumerable.Range(0, now.Length).Select(to => Enumerable.Range(0, now.Length).Sum(from => now[from] * step[from, to]))];
        }

        return now;
    }

    private static StateRows Samples(ReferenceRbm model, int count, ulong seed)
    {
        SplitMix64 random = new(seed);
        double[] probabilities = model.VisibleProbabilities();
        return new StateRows([.. Enumerable.Range(0, count).Select(_ => BinaryStates.FromMask(random.NextCell(probabilities), model.Visible))]);
    }

    private static ReferenceRbm RandomModel(SplitMix64 random, double size)
    {
        int visible = 2 + random.NextInt(6);
        int hidden = 1 + random.NextInt(5);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = (float)random.NextDouble(-size, size);
            }
        }

        return new ReferenceRbm(weights, Values(visible), Values(hidden));

        double[] Values(int count) => [.. random.NextFloats(count, -1, 1).Select(static value => (double)value)];
    }
}
