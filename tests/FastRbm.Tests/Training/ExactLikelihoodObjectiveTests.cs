using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Evaluation;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

public sealed class ExactLikelihoodObjectiveTests
{
    [Fact]
    public void The_gradient_equals_the_reference_rounded_to_floats()
    {
        ReferenceRbm model = Translate.Reference(Translate.Engine(ExactModels.Random(7, 5, 1)));
        Rbm rbm = Translate.Engine(model);
        bool[][] rows = [.. BinaryStates.All(7).Take(20)];
        float[] weights = new SplitMix64(1).NextFloats(20, 0, 1);
        using ExactLikelihoodObjective objective = new(rbm, 20, 2);
        Matrix dw = new(7, 5);
        Matrix da = new(1, 7);
        Matrix db = new(1, 5);
        foreach ((int count, float[] shares) in ((int, float[])[])[(20, []), (20, weights), (3, []), (1, [0.25f])])
        {
            double[]? reference = shares.Length == 0 ? null : Array.ConvertAll(shares, static share => (double)share);
            double value = objective.Gradient(Translate.Bits(rows), count, shares, dw, da, db);
            ReferenceMoments expected = model.LikelihoodGradient(rows[..count], reference);
            ExactModels.AssertClose([model.LogLikelihood(rows[..count], reference)], [value], 1e-12, "log-likelihood");

            // Elements are below 1 in absolute value: rounding to a float costs 2^-25.
            double rounding = Math.Pow(2, -25) + 1e-12;
            ExactModels.AssertClose(expected.Weights.Cast<double>(), dw.AsSpan2D().ToArray().Cast<float>().Select(static x => (double)x), rounding, "dW");
            ExactModels.AssertClose(expected.VisibleBias, Translate.ToDoubles(da.Row(0)), rounding, "da");
            ExactModels.AssertClose(expected.HiddenBias, Translate.ToDoubles(db.Row(0)), rounding, "db");
        }
    }

    [Fact]
    public void Ascent_finds_the_distribution_of_the_data()
    {
        // A parity of three units: 2 bits; the exact gradient climbs all the way.
        bool[][] rows = [.. BinaryStates.All(3).Where(static state => state.Count(static on => on) % 2 == 0)];
        Rbm rbm = Translate.Engine(ExactModels.Random(3, 6, 1));
        using ExactLikelihoodObjective objective = new(rbm, 4, 1);
        BitMatrix bits = Translate.Bits(rows);
        Matrix dw = new(3, 6);
        Matrix da = new(1, 3);
        Matrix db = new(1, 6);
        double value = 0;
        for (int update = 0; update < 4_000; update++)
        {
            value = objective.Gradient(bits, 4, default, dw, da, db);
            rbm.Edit((weights, visibleBias, hiddenBias) =>
            {
                Ascend(da.Row(0), visibleBias);
                Ascend(db.Row(0), hiddenBias);
                for (int i = 0; i < 3; i++)
                {
                    Ascend(dw.Row(i), weights.GetRowSpan(i));
                }
            });
        }

        Assert.InRange(value, -Math.Log(4) - 0.02, -Math.Log(4));

        static void Ascend(ReadOnlySpan<float> gradient, Span<float> values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] += gradient[i];
            }
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using ExactLikelihoodObjective objective = new(Rbm.Binary(3, 2), 2, 1);
        Matrix dw = new(3, 2);
        Matrix da = new(1, 3);
        Matrix db = new(1, 2);
        Assert.ThrowsAny<ArgumentException>(() => objective.Gradient(new BitMatrix(2, 3), 0, default, dw, da, db));
        Assert.ThrowsAny<ArgumentException>(() => objective.Gradient(new BitMatrix(3, 3), 3, default, dw, da, db));
        Assert.ThrowsAny<ArgumentException>(() => objective.Gradient(new BitMatrix(2, 4), 2, default, dw, da, db));
        Assert.ThrowsAny<ArgumentException>(() => objective.Gradient(new BitMatrix(2, 3), 2, [1], dw, da, db));
        Assert.Contains("31 hidden", Assert.Throws<ArgumentException>(() => new ExactLikelihoodObjective(Rbm.Binary(31, 31), 1, 1)).Message);
    }
}
