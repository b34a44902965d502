using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Models;

/// <summary>Every kind of unit draws from its exact distribution, and seeded mistakes are found by the same tests.</summary>
public sealed class UnitSamplerTests
{
    private const int Rows = 40_000;

    // Logarithm of the precision, threshold or spike, asymmetry: of the units in turn.
    private static readonly float[] _inputs = [-9, -2.5f, -0.4f, 0, 0.7f, 3, 8];

    [Theory]
    [InlineData("spin")]
    [InlineData("binomial:1")]
    [InlineData("binomial:6")]
    [InlineData("binomial:300")]
    public void Units_of_few_states_draw_each_with_its_probability(string name)
    {
        UnitLayer layer = UnitLayers.Parse(name, _inputs.Length);
        float[][] rows = [.. UnitSampling.Rows(UnitSampling.Of(layer), _inputs, Rows, seed: 1)];
        for (int unit = 0; unit < _inputs.Length; unit++)
        {
            ReferenceUnits reference = name == "spin" ? ReferenceUnits.Spin() : ReferenceUnits.Binomial(((BinomialLayer)layer).Trials);
            long[] counts = new long[reference.States.Count];
            Array.ForEach(rows, row => counts[Enumerable.Range(0, counts.Length).First(i => reference.States[i][0] == row[unit])]++);
            AssertPasses(GTest.Of(counts, reference.Probabilities(_inputs[unit])).PValue, $"{name} at {_inputs[unit]}");
        }
    }

    [Theory]
    [InlineData(2, 3, 2, 7)]
    [InlineData(16, 50, 4)]
    public void Potts_groups_draw_each_category_with_its_probability_and_independently(params int[] categories)
    {
        PottsLayer layer = new(categories);
        float[] inputs = new SplitMix64(1).NextFloats(layer.Count, -3, 3);
        double[] p = PottsPValues(UnitSampling.Of(layer), categories, inputs, seed: 2);
        Assert.All(p, (value, i) => AssertPasses(value, $"test {i}"));
    }

    [Fact]
    public void Documents_draw_each_composition_with_its_probability()
    {
        const int Total = 5;
        ReplicatedSoftmaxLayer layer = new(4);
        float[] inputs = [0.5f, -1, 1.2f, 0];
        ReferenceUnits reference = ReferenceUnits.Multinomial(4, Total);
        Dictionary<string, int> numbers = reference.States.Select((state, i) => (Key: string.Join(' ', state), i)).ToDictionary(pair => pair.Key, pair => pair.i);
        long[] counts = new long[numbers.Count];
        foreach (float[] row in UnitSampling.Rows(UnitSampling.Of(layer, Total), inputs, Rows, seed: 3))
        {
            counts[numbers[string.Join(' ', row)]]++;
        }

        AssertPasses(GTest.Of(counts, reference.Probabilities(Array.ConvertAll(inputs, static x => (double)x))).PValue, "compositions");
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("relu")]
    [InlineData("double-relu")]
    [InlineData("spike-and-slab")]
    public void Real_units_draw_from_their_density(string name)
    {
        UnitLayer layer = Layer(name);
        double[] p = RealPValues(name, layer, UnitSampling.Of(layer), seed: 4);
        Assert.All(p, (value, unit) => AssertPasses(value, $"{name} at {_inputs[unit]}"));
    }

    [Fact]
    public void Mutants_are_caught()
    {
        // Noise of the wrong size: exp(-l) where exp(-l / 2) belongs, as where the noise doesn't match the energy.
        UnitLayer gaussian = Layer("gaussian");
        UnitSampling.RowSampler noisy = (inputs, draws, ties, states) =>
        {
            gaussian.Sample(inputs, 0, draws, ties, states);
            float[] means = new float[states.Length];
            gaussian.Mean(inputs, means);
            for (int unit = 0; unit < states.Length; unit++)
            {
                states[unit] = means[unit] + ((states[unit] - means[unit]) * MathF.Exp(-gaussian.Parameter(1)[unit] / 2));
            }
        };
        AssertCaught(RealPValues("gaussian", gaussian, noisy, seed: 5));

        // A normal number cut off by max(0, x), the usual noisy rectifier, instead of a cut-off normal number.
        UnitLayer relu = Layer("relu");
        UnitSampling.RowSampler rectified = (inputs, draws, ties, states) =>
        {
            gaussian.Sample(inputs, 0, draws, ties, states);
            for (int unit = 0; unit < states.Length; unit++)
            {
                states[unit] = MathF.Max(states[unit], 0);
            }
        };
        AssertCaught(RealPValues("relu", relu, rectified, seed: 6));

        // One draw for all groups.
        int[] categories = [3, 3];
        PottsLayer potts = new(categories);
        float[] inputs = new SplitMix64(1).NextFloats(6, -3, 3);
        UnitSampling.RowSampler tied = (row, draws, ties, states) =>
        {
            PottsLayer single = new(3);
            single.Sample(row[..3], 0, draws, ties, states[..3]);
            single.Sample(row[3..], 0, draws, ties, states[3..]);
        };
        AssertCaught(PottsPValues(tied, categories, inputs, seed: 7));

        // The category before the one whose cumulative weight is the first to exceed the threshold.
        UnitSampling.RowSampler shifted = (row, draws, ties, states) =>
        {
            potts.Sample(row, 0, draws, ties, states);
            (states[0], states[1], states[2]) = (states[1], states[2], states[0]);
        };
        AssertCaught(PottsPValues(shifted, categories, inputs, seed: 8));
    }

    private static double[] PottsPValues(UnitSampling.RowSampler sampler, int[] categories, float[] inputs, ulong seed)
    {
        int[] starts = [.. categories.Select((_, group) => categories.Take(group).Sum())];
        double[][] probabilities = [.. categories.Select((count, group) =>
            ReferenceUnits.Potts(count).Probabilities(Array.ConvertAll(inputs[starts[group]..(starts[group] + count)], static x => (double)x)))];
        long[][] counts = [.. categories.Select(static count => new long[count])];
        long[][,] pairs = [.. categories.Skip(1).Select((count, group) => new long[categories[group], count])];
        foreach (float[] row in UnitSampling.Rows(sampler, inputs, Rows, seed))
        {
            int[] drawn = [.. categories.Select((count, group) => Array.IndexOf(row, 1f, starts[group], count) - starts[group])];
            for (int group = 0; group < categories.Length; group++)
            {
                counts[group][drawn[group]]++;
                if (group > 0)
                {
                    pairs[group - 1][drawn[group - 1], drawn[group]]++;
                }
            }
        }

        return
        [
            .. counts.Select((count, group) => GTest.Of(count, probabilities[group]).PValue),
            .. pairs.Select((pair, group) => GTest.OfPairs(pair, Product(probabilities[group], probabilities[group + 1])).PValue),
        ];
    }

    private static double[,] Product(double[] first, double[] second)
    {
        double[,] product = new double[first.Length, second.Length];
        for (int i = 0; i < first.Length; i++)
        {
            for (int j = 0; j < second.Length; j++)
            {
                product[i, j] = first[i] * second[j];
            }
        }

        return product;
    }

    private static UnitLayer Layer(string name)
    {
        UnitLayer layer = UnitLayers.Parse(name, _inputs.Length);
        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            layer.SetParameter(row, [.. Enumerable.Range(0, _inputs.Length).Select(unit => (((unit + row) % 5) - 2) * 0.4f)]);
        }

        return layer;
    }

    private static double[] RealPValues(string name, UnitLayer layer, UnitSampling.RowSampler sampler, ulong seed)
    {
        float[][] rows = [.. UnitSampling.Rows(sampler, _inputs, Rows, seed)];
        return [.. _inputs.Select((input, unit) =>
        {
            double[] p = [.. Enumerable.Range(0, layer.ParameterNames.Count).Select(row => (double)layer.Parameter(row)[unit])];
            Func<double, double> density = name switch
            {
                "gaussian" => x => (input * x) - (0.5 * Math.Exp(p[1]) * x * x),
                "relu" => x => x < 0 ? double.NegativeInfinity : (input * x) - (0.5 * Math.Exp(p[1]) * x * x),
                "double-relu" => x => (input * x) + (p[1] * Math.Abs(x)) - (0.5 * Math.Exp(p[2] + (x < 0 ? -p[3] : p[3])) * x * x),
                _ => x => (input * x) + p[1] - (0.5 * Math.Exp(p[2]) * x * x),
            };

            // Shifted so that the largest is about 1; the cells follow the density, and 0 is an edge.
            double[] points = [.. Enumerable.Range(-60_000, 120_001).Select(static i => i * 5e-4)];
            double[] logs = Array.ConvertAll(points, x => density(x));
            double largest = logs.Max();
            double[] inside = [.. points.Where((_, i) => logs[i] > largest - 36)];
            double from = name == "relu" ? 0 : inside[0] - 0.01;
            double to = inside[^1] + 0.01;
            double total = logs.Sum(log => Math.Exp(log - largest));
            List<double> edges = [];
            double cumulative = 0;
            for (int i = 0; i < points.Length; i++)
            {
                cumulative += Math.Exp(logs[i] - largest);
                if (cumulative > total * (edges.Count + 1) / 64 && edges.Count < 63 && points[i] > from && (edges.Count == 0 || points[i] > edges[^1]))
                {
                    edges.Add(points[i]);
                }
            }

            double[] bounds = name == "relu" ? [.. edges] : [.. edges.Append(0.0).Where(x => x > from && x < to).Distinct().Order()];
            double[] cells = UnitSampling.Cells(x => density(x) - largest, from, to, bounds);
            if (name != "spike-and-slab")
            {
                return UnitSampling.PValue(rows.Select(row => (double)row[unit]), bounds, UnitSampling.Normalised(cells));
            }

            // The atom is one more cell, above all others.
            double atom = Math.Exp((0.5 * (Math.Log(2 * Math.PI) - p[2])) - largest);
            return UnitSampling.PValue(
                rows.Select(row => row[unit] == 0 ? 1e9 : row[unit]), [.. bounds, 1e6], UnitSampling.Normalised([.. cells, atom]));
        })];
    }

    private static void AssertPasses(double p, string what) => Assert.True(p > Budget.PerCheck, $"{what}: p = {p}");

    private static void AssertCaught(double[] p) => Assert.True(p.Min() < Budget.Caught, $"smallest p-value {p.Min()}");
}
