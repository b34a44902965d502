using FastRbm.Evaluation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Kernels;

namespace FastRbm.Tests.Evaluation;

public sealed class ConditionalLikelihoodTests
{
    /// <summary>Many more visible than hidden units, as many, and fewer: what is enumerated differs, and with it the way.</summary>
    public static TheoryData<int, int, double> Models => new()
    {
        { 9, 2, 1 }, { 10, 4, 2 }, { 10, 7, 1 }, { 6, 6, 3 }, { 3, 9, 2 }, { 1, 1, 1 }, { 10, 5, 40 }, { 9, 3, 150 }, { 10, 4, 400 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Free_energies_of_partial_rows_are_those_of_the_reference(int visible, int hidden, double size)
    {
        // Every other row hides the same units; the others' holes are their own. Large weights are those whose rows lie far apart.
        ReferenceRbm model = ExactModels.Random(visible, hidden, size);
        SplitMix64 random = new(8);
        bool[] shared = random.NextBits(visible, 0.3);
        bool[][] known = [.. Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? shared : random.NextBits(visible, (row % 5) / 4.0))];
        bool[][] values = [.. Enumerable.Range(0, 40).Select(_ => random.NextBits(visible, 0.5))];
        double[] found = ConditionalLikelihood.FreeEnergies(
            Translate.Parameters(model), Rows(known, values), threads: 2, cancellation: TestContext.Current.CancellationToken);
        ExactModels.AssertClose(known.Zip(values, model.FreeEnergy), found, ExactModels.Tolerance(model), "row");
    }

    [Fact]
    public void Rows_that_hide_the_same_units_have_the_same_value_together_and_alone()
    {
        // 13 hidden units: more than one block of states.
        ReferenceRbm model = ExactModels.Random(40, 13, 0.8);
        RbmParameters parameters = Translate.Parameters(model);
        bool[] known = [.. Enumerable.Range(0, 40).Select(static i => i < 20)];
        bool[][] values = [.. Enumerable.Range(0, 30).Select(row => new SplitMix64((ulong)row).NextBits(40, 0.5))];
        double[] together = ConditionalLikelihood.FreeEnergies(
            parameters, Rows([.. values.Select(_ => known)], values), cancellation: TestContext.Current.CancellationToken);
        double[] alone = [.. values.Select(row => ConditionalLikelihood.FreeEnergies(parameters, Rows([known], [row]))[0])];
        ExactModels.AssertClose(alone, together, ExactModels.Tolerance(model), "row");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(60)]
    public void Bits_do_not_depend_on_threads_or_vector_width(double size)
    {
        RbmParameters parameters = Translate.Parameters(ExactModels.Random(30, 14, size));
        bool[] known = [.. Enumerable.Range(0, 30).Select(static i => i % 3 == 0)];
        bool[][] values = [.. Enumerable.Range(0, 21).Select(row => new SplitMix64((ulong)row).NextBits(30, 0.5))];
        TestRows rows = Rows([.. values.Select((_, row) => row == 20 ? [.. known.Reverse()] : known)], values);
        double[] expected = Run(SimdLevel.Scalar, 1);
        foreach (SimdLevel level in Levels.All)
        {
            Assert.Equal(expected, Run(level, 1));
            Assert.Equal(expected, Run(level, 3));
        }

        double[] Run(SimdLevel level, int threads) => ConditionalLikelihood.FreeEnergies(level, parameters, rows, threads, null, default);
    }

    [Fact]
    public void Conditionals_are_likelihoods_of_the_rest()
    {
        ReferenceRbm model = ExactModels.Random(9, 4, 2);
        RbmParameters parameters = Translate.Parameters(model);
        bool[][] values = [.. Enumerable.Range(0, 25).Select(row => new SplitMix64((ulong)row).NextBits(9, 0.5))];
        TestRows rows = new(values);
        bool[] upper = [.. Enumerable.Range(0, 9).Select(static i => i < 4)];
        double[] p = model.VisibleProbabilities();
        double tolerance = 10 * ExactModels.Tolerance(model);
        double[] expected = [.. values.Select(row => Math.Log(p[BinaryStates.ToMask(row)])
            - Math.Log(Enumerable.Range(0, p.Length).Where(mask => (mask & 15) == (BinaryStates.ToMask(row) & 15)).Sum(mask => p[mask])))];
        ExactModels.AssertClose(expected, ConditionalLikelihood.LogConditionals(parameters, rows, Translate.Bits([upper])), tolerance, "row");

        // Nothing given is the likelihood, everything is certain.
        double[] plain = [.. values.Select(row => Math.Log(p[BinaryStates.ToMask(row)]))];
        ExactModels.AssertClose(plain, ConditionalLikelihood.LogConditionals(parameters, rows, new BitMatrix(1, 9)), tolerance, "row");
        BitMatrix all = Translate.Bits([.. values.Select(static row => Array.ConvertAll(row, static _ => true))]);
        Assert.All(ConditionalLikelihood.LogConditionals(parameters, rows, all), static value => Assert.Equal(0, value));
    }

    [Fact]
    public void Wrong_rows_masks_and_models_are_refused()
    {
        RbmParameters parameters = Translate.Parameters(ExactModels.Random(3, 2, 1));
        TestRows rows = new([[1f, 0, 1]]);
        Assert.Throws<ArgumentException>(() => ConditionalLikelihood.LogConditionals(parameters, rows, new BitMatrix(2, 3)));
        Assert.Throws<ArgumentException>(() => ConditionalLikelihood.LogConditionals(parameters, rows, new BitMatrix(1, 4)));
        Assert.Throws<ArgumentException>(() => ConditionalLikelihood.FreeEnergies(parameters, new TestRows([[1f, 0]])));
        Assert.Throws<ArgumentException>(() => ConditionalLikelihood.FreeEnergies(parameters, new TestRows([[0.5f, 0, 1]])));
        Assert.Contains("row 0, column 1", Assert.Throws<ArgumentException>(
            () => ConditionalLikelihood.LogConditionals(parameters, new TestRows([[1f, float.NaN, 1]]), new BitMatrix(1, 3))).Message, StringComparison.Ordinal);

        // 40 hidden units can't be enumerated, but ten missing ones can.
        RbmParameters large = RbmParameters.From(Rbm.Binary(50, 40));
        Assert.Throws<ArgumentException>(() => ConditionalLikelihood.FreeEnergies(large, new TestRows([Enumerable.Repeat(float.NaN, 50).ToArray()])));
        float[] most = [.. Enumerable.Range(0, 50).Select(static i => i < 10 ? float.NaN : 1)];
        Assert.Equal(-50 * Math.Log(2), ConditionalLikelihood.FreeEnergies(large, new TestRows([most]))[0], 1e-9);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ConditionalLikelihood.FreeEnergies(parameters, rows, cancellation: cancelled.Token));
    }

    private static TestRows Rows(bool[][] known, bool[][] values) =>
        new(known.Zip(values, static (mask, row) => mask.Zip(row, static (observed, on) => observed ? (on ? 1f : 0) : float.NaN).ToArray()));
}
