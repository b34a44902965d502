using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class AnnealedImportanceSamplingTests
{
    [Fact]
    public void Results_do_not_depend_on_threads_and_do_on_the_seed()
    {
        (Rbm rbm, TestRows data) = Model();
        AnnealingOptions options = new() { Runs = 30, Schedule = AnnealingSchedule.Classic(40), Data = data, StartSweeps = 5, Seed = 7 };
        AnnealingEstimate one = AnnealedImportanceSampling.Estimate(rbm, options);
        AnnealingEstimate three = AnnealedImportanceSampling.Estimate(rbm, options with { Threads = 3 });
        Assert.Equal(one.LogPartitionFunction, three.LogPartitionFunction);
        Assert.Equal(one.Forward.LogWeights.ToArray(), three.Forward.LogWeights.ToArray());
        Assert.Equal(one.Reverse!.LogWeights.ToArray(), three.Reverse!.LogWeights.ToArray());
        Assert.Equal(one.Verdict, three.Verdict);
        Assert.NotEqual(one.LogPartitionFunction, AnnealedImportanceSampling.Estimate(rbm, options with { Seed = 8 }).LogPartitionFunction);
        Assert.Equal(
            ReverseAnnealing.Estimate(rbm, data, options with { Runs = 2 }).LogLikelihoods,
            ReverseAnnealing.Estimate(rbm, data, options with { Runs = 2, Threads = 3 }).LogLikelihoods);
    }

    [Fact]
    public void A_model_without_weights_is_known_exactly()
    {
        Rbm rbm = Rbm.Binary(70, 30);
        rbm.Edit(static (_, visibleBias, hiddenBias) =>
        {
            visibleBias.Fill(0.75f);
            hiddenBias.Fill(-0.5f);
        });
        double exact = (70 * ReferenceMath.Softplus(0.75)) + (30 * ReferenceMath.Softplus(-0.5));
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(
            rbm, new AnnealingOptions { Runs = 20, Schedule = AnnealingSchedule.Linear(10), BaseBias = [.. Enumerable.Repeat(0.75, 70)] });
        Assert.Equal(exact, estimate.LogPartitionFunction, 1e-5);
        Assert.InRange(estimate.Bracket, 0, 1e-5);
        Assert.Equal(20, estimate.EffectiveSampleSize, 1e-6);
        Assert.Equal(new AnnealingVerdict(true, "trust: bracket 0.0 nat"), estimate.Verdict);
        Assert.Equal((70 * ReferenceMath.Softplus(0.75)) + (30 * Math.Log(2)), estimate.BaseLogPartitionFunction, 1e-10);
    }

    [Fact]
    public void Runs_that_are_too_few_and_too_quick_are_not_to_be_trusted()
    {
        (Rbm rbm, TestRows data) = Model();
        AnnealingOptions options = new() { Runs = 20, Schedule = AnnealingSchedule.Linear(3), Data = data, StartSweeps = 20 };
        Assert.False(AnnealedImportanceSampling.Estimate(rbm, options).Verdict.Trusted);
        AnnealingEstimate forward = AnnealedImportanceSampling.Estimate(rbm, options with { BothWays = false, Schedule = AnnealingSchedule.Linear(100) });
        Assert.False(forward.Verdict.Trusted);
        Assert.Null(forward.Reverse);
        Assert.Null(forward.ReverseLogPartitionFunction);
        Assert.Equal(forward.ForwardLogPartitionFunction, forward.LogPartitionFunction);
    }

    [Fact]
    public void Single_runs_give_numbers_and_no_trust()
    {
        (Rbm rbm, TestRows data) = Model();
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(
            rbm, new AnnealingOptions { Runs = 1, Schedule = AnnealingSchedule.Linear(5), Data = data, StartSweeps = 1 });
        Assert.True(double.IsFinite(estimate.LogPartitionFunction) && double.IsFinite(estimate.Lower) && double.IsFinite(estimate.Upper));
        Assert.False(estimate.Verdict.Trusted);
    }

    [Fact]
    public void Reverse_runs_that_contradict_forward_ones_are_left_out_of_the_estimate()
    {
        // Two modes 40 nats apart, and starts in the lesser one.
        Rbm rbm = Rbm.Binary(40, 1);
        rbm.Edit(static (weights, visibleBias, hiddenBias) =>
        {
            weights.Fill(12);
            visibleBias.Fill(-6);
            hiddenBias.Fill(-200);
        });
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(rbm, new AnnealingOptions
        {
            Runs = 50,
            Schedule = AnnealingSchedule.Linear(2000),
            Starts = new TestRows([new bool[40]]),
            StartSweeps = 3,
        });
        Assert.False(estimate.Verdict.Trusted);
        Assert.True(estimate.Lower <= estimate.LogPartitionFunction && estimate.LogPartitionFunction <= estimate.Upper);
    }

    [Fact]
    public void Progress_goes_to_the_end_and_cancelling_stops()
    {
        (Rbm rbm, TestRows data) = Model();
        AnnealingOptions options = new() { Runs = 10, Schedule = AnnealingSchedule.Linear(50), Data = data, StartSweeps = 5, Threads = 2 };
        Recorder recorder = new();
        AnnealedImportanceSampling.Estimate(rbm, options, recorder);
        Assert.Equal(recorder.Shares.Order(), recorder.Shares);
        Assert.Equal(1, recorder.Shares[^1], 1e-12);
        Assert.InRange(recorder.Shares[0], 0, 0.1);
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => AnnealedImportanceSampling.Estimate(rbm, options, null, source.Token));
        Assert.Throws<OperationCanceledException>(() => ReverseAnnealing.Estimate(rbm, data, options, null, source.Token));
    }

    [Fact]
    public void What_cannot_be_run_is_refused_in_plain_words()
    {
        (Rbm rbm, TestRows data) = Model();
        AnnealingOptions options = new() { Data = data };
        Refused(options with { Runs = 0 }, "Runs: expected at least 1, found 0");
        Refused(options with { Threads = 0 }, "Threads");
        Refused(options with { StartSweeps = -1 }, "StartSweeps");
        Refused(options with { Data = new TestRows([new bool[9]]) }, "Data: expected rows of 100 values, the model's visible units, found 9");
        Refused(options with { Starts = new TestRows([Enumerable.Repeat(0.5f, 100).ToArray()]) }, "Starts: expected values 0 and 1");
        Refused(options with { BaseBias = [1, 2] }, "BaseBias");
        Refused(options with { BaseBias = [.. Enumerable.Repeat(0.0, 99), double.NaN] }, "NaN at unit 99");
        Refused(options with { BaseBias = [.. Enumerable.Repeat(1e300, 100)] }, "at unit 0");
        Refused(options with { BaseBias = [.. Enumerable.Repeat(1e30, 100)] }, "base biases within");
        Assert.Throws<ArgumentException>(() => ReverseAnnealing.Estimate(rbm, new TestRows([new bool[5]]), options));
        Assert.Throws<ArgumentNullException>(() => AnnealedImportanceSampling.Estimate(rbm, null!));
        Assert.Throws<ArgumentNullException>(() => AnnealedImportanceSampling.Estimate(null!, options));

        void Refused(AnnealingOptions bad, string words) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => AnnealedImportanceSampling.Estimate(rbm, bad)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 7)]
    [InlineData(7, 4)]
    public void Small_models_start_at_exact_samples(int visible, int hidden)
    {
        SplitMix64 random = new(5);
        double[,] weights = new double[visible, hidden];
        for (int i = 0; i < visible; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                weights[i, j] = random.NextDouble(-2, 2);
            }
        }

        ReferenceRbm model = new(weights, random.NextDoubles(visible), random.NextDoubles(hidden));
        FastRbm.Memory.BitMatrix states = new(20_000, visible);
        ExactStarts.Fill(Translate.Engine(model), 3, 5, states, default);
        long[] counts = new long[1 << visible];
        for (int row = 0; row < states.Rows; row++)
        {
            counts[states.Row(row)[0]]++;
        }

        GTest result = GTest.Of(counts, model.VisibleProbabilities());
        Assert.True(result.PValue > 1e-7, $"{result.PValue}");
    }

    [Fact]
    public void A_published_model_has_its_exact_partition_function_between_the_bounds()
    {
        string? path = TestData.FindPath("reference-models/toy-784x15.safetensors");
        Assert.SkipWhen(path is null, $"needs reference-models/toy-784x15.safetensors in {TestData.Variable}");
        string? data = TestData.FindPath("binarized-mnist/test-images-idx3-ubyte.gz");
        Assert.SkipWhen(data is null, $"needs binarized-mnist/test-images-idx3-ubyte.gz in {TestData.Variable}");
        AnnealingOptions options = new() { Runs = 500, Schedule = AnnealingSchedule.Linear(800), Data = FastRbm.Data.DatasetReader.Read(data), Threads = 2 };
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(ModelFile.Load(path), options);
        Assert.InRange(215.1384055253, estimate.Lower, estimate.Upper);
        Assert.InRange(estimate.LogPartitionFunction, 215.1384055253 - 0.2, 215.1384055253 + 0.2);
    }

    [Fact]
    public void A_tenth_of_the_temperatures_on_a_published_model_is_not_to_be_trusted()
    {
        string? path = TestData.FindPath("reference-models/cd25-784x500.safetensors");
        Assert.SkipWhen(path is null, $"needs reference-models/cd25-784x500.safetensors in {TestData.Variable}");
        string? data = TestData.FindPath("binarized-mnist/test-images-idx3-ubyte.gz");
        Assert.SkipWhen(data is null, $"needs binarized-mnist/test-images-idx3-ubyte.gz in {TestData.Variable}");
        AnnealingOptions options = new()
        {
            Runs = 50,
            Schedule = AnnealingSchedule.Classic(1451),
            Data = FastRbm.Data.DatasetReader.Read(data),
            StartSweeps = 300,
            Threads = 2,
        };
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(ModelFile.Load(path), options);
        Assert.False(estimate.Verdict.Trusted, estimate.Verdict.Text);

        // Both ways and Bennett's ratio: still within a nat, where one way is off by more.
        Assert.InRange(estimate.LogPartitionFunction, 450.28, 452.28);
        Assert.InRange(451.28, estimate.Lower, estimate.Upper);
    }

    private static (Rbm Rbm, TestRows Data) Model()
    {
        SplitMix64 random = new(2);
        Rbm rbm = Rbm.Binary(100, 66);
        rbm.Edit((weights, _, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -0.6f, 0.6f).CopyTo(weights.GetRowSpan(i));
            }
        });
        return (rbm, new TestRows([.. Enumerable.Range(0, 40).Select(_ => random.NextBits(100, 0.3))]));
    }

    private sealed class Recorder : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value) => Shares.Add(value);
    }
}
