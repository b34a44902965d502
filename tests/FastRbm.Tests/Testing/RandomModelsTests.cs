using FastRbm.Reference;
using FastRbm.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Testing;

public sealed class RandomModelsTests
{
    [Fact]
    public void Machines_hit_every_shape_and_every_regime_of_weights()
    {
        List<ReferenceRbm> models = Draw(RandomModels.TinyRbm(), 2000);
        Assert.Equal(30, models.Select(model => (model.Visible, model.Hidden)).Distinct().Count());
        Assert.All(models, model => Assert.True(model.Visible is >= 1 and <= 6 && model.Hidden is >= 1 and <= 5));
        List<double> largest = [.. models.Select(model => model.CopyWeights().Cast<double>().Max(Math.Abs))];
        Assert.Contains(largest, weight => weight == 0);
        Assert.Contains(largest, weight => weight is > 0 and < 0.05);
        Assert.Contains(largest, weight => weight is > 0.5 and < 1);
        Assert.Contains(largest, weight => weight > 7.5);
        double[] weights = [.. models.SelectMany(model => model.CopyWeights().Cast<double>())];
        Assert.InRange(weights.Count(weight => weight < 0) / (double)weights.Count(weight => weight > 0), 0.9, 1.1);
        Assert.All(weights, weight => Assert.InRange(Math.Abs(weight), 0, 8));
        Assert.True(weights.Distinct().Count() > weights.Length / 2);
    }

    [Fact]
    public void Parameters_are_exact_in_single_precision()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            foreach (double value in (double[])[.. model.CopyWeights().Cast<double>(), .. model.VisibleBias, .. model.HiddenBias])
            {
                Assert.Equal(value, (float)value);
            }
        });
    }

    [Fact]
    public void A_failing_machine_shrinks_to_the_part_that_fails()
    {
        Arbitrary<ReferenceRbm> models = RandomModels.TinyRbm();
        Func<ReferenceRbm, bool> fails = model => model.CopyWeights().Cast<double>().Any(weight => weight > 2.5);
        ReferenceRbm smallest = Shrink(Draw(models, 500).First(model => fails(model) && model.Visible * model.Hidden > 10), models, fails);
        Assert.Equal((1, 1, 0.0, 0.0), (smallest.Visible, smallest.Hidden, smallest.VisibleBias[0], smallest.HiddenBias[0]));
        Assert.InRange(smallest.Weight(0, 0), 2.5, 5);
    }

    [Fact]
    public void The_counterexample_of_a_failed_claim_is_shown()
    {
        Exception failure = Assert.ThrowsAny<Exception>(() => Properties.Hold(RandomModels.TinyRbm(), model => Assert.True(model.Visible < 3)));
        Assert.Contains("RBM 3 x 1, weights [0] [0] [0] visible bias [0, 0, 0] hidden bias [0]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bit_patterns_hit_every_length_from_all_off_to_all_on()
    {
        List<BitPattern> patterns = Draw(RandomModels.BitPatterns(), 2000);
        Assert.Equal(RandomModels.Lengths, patterns.Select(pattern => pattern.Columns).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 9), patterns.Select(pattern => pattern.Rows).Distinct().Order());
        List<double> densities = [.. patterns.Where(pattern => pattern.Bits.Length > 300).Select(Density)];
        Assert.Contains(densities, density => density == 0);
        Assert.Contains(densities, density => density is > 0 and < 0.05);
        Assert.Contains(densities, density => density is > 0.08 and < 0.2);
        Assert.Contains(densities, density => density is > 0.45 and < 0.55);
        Assert.Contains(densities, density => density is > 0.8 and < 0.95);
        Assert.Contains(densities, density => density == 1);

        static double Density(BitPattern pattern) => pattern.Bits.Cast<bool>().Count(bit => bit) / (double)pattern.Bits.Length;
    }

    [Fact]
    public void A_failing_bit_pattern_shrinks_to_the_bits_that_fail()
    {
        Arbitrary<BitPattern> patterns = RandomModels.BitPatterns();
        Func<BitPattern, bool> fails = pattern => pattern.Columns > 8 && pattern.ToRows().Any(row => row[8]);
        BitPattern smallest = Shrink(Draw(patterns, 500).First(pattern => fails(pattern) && pattern is { Rows: > 3, Columns: > 60 }), patterns, fails);
        Assert.Equal("1 x 9 000000001", smallest.ToString());
    }

    [Fact]
    public void Rows_of_a_pattern_are_its_bits()
    {
        BitPattern pattern = new(new bool[,] { { true, false, false }, { false, true, true } });
        Assert.Equal((2, 3), (pattern.Rows, pattern.Columns));
        Assert.Equal([false, true, true], pattern.Row(1));
        Assert.Equal([[true, false, false], [false, true, true]], pattern.ToRows());
    }

    [Fact]
    public void Shapes_pair_all_lengths_and_shrink_to_shorter_ones()
    {
        Arbitrary<(int Visible, int Hidden)> shapes = RandomModels.Shapes();
        Assert.Equal(15 * 15, Draw(shapes, 5000).Distinct().Count());
        Assert.Equal((16, 7), Shrink((Visible: 65, Hidden: 33), shapes, shape => shape is { Visible: > 15, Hidden: > 3 }));
    }

    private static List<T> Draw<T>(Arbitrary<T> arbitrary, int count)
    {
        List<T> drawn = [];
        Properties.Hold(Arb.From(arbitrary.Generator), drawn.Add, count);
        return drawn;
    }

    /// <summary>Takes the first smaller case that still fails, until there is none.</summary>
    private static T Shrink<T>(T value, Arbitrary<T> arbitrary, Func<T, bool> fails)
    {
        T[] smaller = [.. arbitrary.Shrinker(value).Where(fails).Take(1)];
        return smaller.Length == 0 ? value : Shrink(smaller[0], arbitrary, fails);
    }
}
