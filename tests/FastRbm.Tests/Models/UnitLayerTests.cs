using CommunityToolkit.HighPerformance;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

public sealed class UnitLayerTests
{
    private const int Count = 37;
    private static readonly RandomStream _draws = new(3, StreamPurpose.HiddenSample, 1, 2);
    private static readonly RandomStream _ties = new(3, StreamPurpose.HiddenTie, 1, 2);

    public static TheoryData<string> Names => UnitCase.Names;

    public static TheoryData<string, int> Finite => new()
    {
        { "binary", 5 }, { "spin", 5 }, { "binomial:3", 4 }, { "potts:3x2,2", 8 }, { "mixed:spin[2];potts:3[3];binomial:2[2]", 7 },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void The_cumulant_generating_function_is_the_logarithm_of_the_sum_over_states(string name)
    {
        UnitCase unit = UnitCase.Named(name);
        SplitMix64 random = new(1);
        UnitLayer layer = unit.Layer(Count, random);
        double[] inputs = Translate.ToDoubles(UnitCase.Inputs(Count, random));
        double expected = Enumerable.Range(0, Count).Sum(j => unit.ReferenceOf(layer, j, inputs[j]).CumulantGenerating(inputs[j]));
        AssertNear(expected, layer.CumulantGenerating(inputs), 1e-11);
        for (int j = 0; j < Count; j++)
        {
            // One at a time: nothing hides behind the largest.
            UnitLayer single = UnitLayers.Parse(name, 1);
            for (int row = 1; row < layer.ParameterNames.Count; row++)
            {
                single.SetParameter(row, layer.Parameter(row).Slice(j, 1));
            }

            AssertNear(unit.ReferenceOf(layer, j, inputs[j]).CumulantGenerating(inputs[j]), single.CumulantGenerating([inputs[j]]), 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Means_and_variances_are_those_of_the_states(string name)
    {
        UnitCase unit = UnitCase.Named(name);
        SplitMix64 random = new(2);
        UnitLayer layer = unit.Layer(Count, random);
        float[] inputs = UnitCase.Inputs(Count, random);
        float[] means = new float[Count];
        layer.Mean(inputs, means);
        float[] variances = (float[])inputs.Clone();
        layer.Variance(variances, variances);
        for (int j = 0; j < Count; j++)
        {
            ReferenceUnits reference = unit.ReferenceOf(layer, j, inputs[j]);
            AssertUlp(reference.Mean(static x => x[0], inputs[j]), means[j], unit.MeanUlp, $"mean at {inputs[j]}");

            // The binary layer's own variance is p (1 - p) of a rounded p.
            double slack = name == "binary" ? 2e-7 : 0;
            AssertUlp(reference.Variance(0, inputs[j]), variances[j], unit.MeanUlp, $"variance at {inputs[j]}", slack);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mean_statistics_are_the_means_of_the_statistics_and_the_slopes_of_the_cumulant_generating_function(string name)
    {
        UnitCase unit = UnitCase.Named(name);
        SplitMix64 random = new(3);
        UnitLayer layer = unit.Layer(1, random);
        int rows = layer.ParameterNames.Count;
        float[,] found = new float[rows, 1];
        float[,] statistics = new float[rows, 1];
        foreach (float input in (float[])[-20, -3, -0.5f, 0, 0.01f, 1, 4, 18])
        {
            layer.MeanStatistics([input], found);
            ReferenceUnits reference = unit.ReferenceOf(layer, 0, input);
            for (int row = 0; row < rows; row++)
            {
                double mean = reference.Mean(
                    state =>
                    {
                        layer.Statistics([(float)state[0]], statistics);
                        return statistics[row, 0];
                    },
                    input);
                Assert.True(Math.Abs(mean - found[row, 0]) <= 2e-6 * (1 + Math.Abs(mean)), $"{name}, row {row} at {input}: {mean}, {found[row, 0]}");
                double slope = row == 0 ? Slope(h => layer.CumulantGenerating([input + h])) : ParameterSlope(layer, row, input);
                Assert.True(Math.Abs(slope - found[row, 0]) <= 2e-6 * (1 + Math.Abs(slope)), $"{name}, slope {row} at {input}: {slope}, {found[row, 0]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Finite))]
    public void Joint_states_are_all_different_and_their_energies_sum_to_the_cumulant_generating_function(string name, int count)
    {
        UnitLayer layer = UnitLayers.Parse(name, count);
        new SplitMix64(4).NextFloats(count, -2, 2).CopyTo(layer.MutableParameter(0));
        HashSet<string> seen = [];
        double[] terms = new double[(int)layer.JointStates];
        float[] states = new float[count];
        for (int number = 0; number < terms.Length; number++)
        {
            layer.JointState(number, states);
            layer.Check(states, "states", "row 0");
            Assert.True(seen.Add(string.Join(' ', states)));
            terms[number] = -layer.Energy(states);
        }

        AssertNear(layer.CumulantGenerating(Translate.ToDoubles(layer.Bias.ToArray())), ReferenceMath.LogSumExp(terms), 1e-13);
    }

    [Theory]
    [InlineData("gaussian", 2.0, 0.5, 0.25)]
    [InlineData("relu", 2.0, 0.5, 0.25)]
    [InlineData("double-relu", -2.0, 0.5, 0.25)]
    [InlineData("double-relu", 2.0, 0.5, 0.25)]
    [InlineData("spike-and-slab", 2.0, 0.5, 0.25)]
    [InlineData("spike-and-slab", 0.0, 0.5, 0.25)]
    public void Energies_of_real_states_follow_their_formula(string name, double x, double t, double p)
    {
        UnitLayer layer = UnitLayers.Parse(name, 1);
        layer.MutableParameter(0)[0] = (float)t;
        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            layer.SetParameter(row, [(float)(p * row)]);
        }

        double expected = name switch
        {
            "gaussian" or "relu" => (0.5 * Math.Exp(p) * x * x) - (t * x),
            "double-relu" => (0.5 * Math.Exp((2 * p) + (Math.Sign(x) * 3 * p)) * x * x) - (t * x) - (p * Math.Abs(x)),
            _ when x == 0 => -0.5 * Math.Log(2 * Math.PI / Math.Exp(2 * p)),
            _ => -p + (0.5 * Math.Exp(2 * p) * x * x) - (t * x),
        };
        AssertNear(expected, layer.Energy([(float)x]), 1e-14);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_state_is_more_likely_than_the_mode(string name)
    {
        UnitCase unit = UnitCase.Named(name);
        SplitMix64 random = new(5);
        UnitLayer layer = unit.Layer(Count, random);
        float[] inputs = UnitCase.Inputs(Count, random);
        float[] modes = (float[])inputs.Clone();
        layer.Mode(modes, modes);
        layer.Check(modes, "modes", "row 0");
        for (int j = 0; j < Count; j++)
        {
            float[] zero = new float[Count];
            double rest = layer.Energy(zero) - Exponent(0);
            double best = Exponent(modes[j]);
            if (name == "spike-and-slab")
            {
                // An atom has no density: it is the mode where it is the likelier half.
                double share = unit.ReferenceOf(layer, j, inputs[j]).Mean(static x => x[0] == 0 ? 0 : 1, inputs[j]);
                Assert.Equal(share > 0.5, modes[j] != 0 || (inputs[j] == 0 && share > 0.5));
                continue;
            }

            Assert.All(unit.ReferenceOf(layer, j, inputs[j]).States, state => Assert.True(Exponent(state[0]) <= best + (1e-6 * (1 + Math.Abs(best)))));

            double Exponent(double x)
            {
                float[] states = new float[Count];
                states[j] = (float)x;
                return (((double)inputs[j] - layer.Bias[j]) * states[j]) - layer.Energy(states);
            }
        }
    }

    [Theory]
    [InlineData("spin", 130)]
    [InlineData("potts:10x13", 130)]
    [InlineData("potts:2x10,3x20,50", 130)]
    [InlineData("mixed:binary[5];potts:2x35[70];potts:5x11[55]", 130)]
    public void Bits_are_the_sampled_states_and_back(string name, int count)
    {
        UnitLayer layer = UnitLayers.Parse(name, count);
        Assert.True(layer.StatesAreBits);
        float[] inputs = new SplitMix64(6).NextFloats(count, -2, 2);
        float[] states = new float[count];
        float[] again = new float[count];
        ulong[] bits = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        ulong[] packed = new ulong[3];
        layer.Sample(inputs, 0, _draws, _ties, states);
        layer.SampleBits(inputs, _draws, _ties, bits);
        layer.Check(states, "states", "row 0");
        layer.FromBits(bits, again);
        layer.ToBits(states, packed);
        Assert.Equal(states, again);
        Assert.Equal(packed, bits);
        layer.Sample(inputs, 0, _draws, _ties, inputs);
        Assert.Equal(states, inputs);
    }

    [Theory]
    [InlineData("binomial:12")]
    [InlineData("gaussian")]
    [InlineData("relu")]
    [InlineData("double-relu")]
    [InlineData("spike-and-slab")]
    [InlineData("replicated-softmax")]
    [InlineData("mixed:gaussian[30];binary[30];relu[10]")]
    public void Samples_are_states_and_in_place_the_same(string name)
    {
        UnitLayer layer = UnitLayers.Parse(name, 70);
        float[] inputs = new SplitMix64(7).NextFloats(70, -4, 4);
        float[] states = new float[70];
        layer.Sample(inputs, 25, _draws, _ties, states);
        layer.Check(states, "states", "row 0");
        layer.Sample(inputs, 25, _draws, _ties, inputs);
        Assert.Equal(states, inputs);
        Assert.True(!layer.KeepsTotal || states.Sum() == 25);
    }

    [Theory]
    [InlineData("spin", 2, 0f, "-1 or 1, found 0 at row 17, column 2")]
    [InlineData("spin", 0, float.NaN, "found NaN at row 17, column 0")]
    [InlineData("potts:2x2", 1, 0.5f, "0 or 1, found 0.5 at row 17, column 1")]
    [InlineData("potts:2x2", 3, 1f, "exactly one 1 in each group of columns, found 2 at row 17, columns 2 to 3")]
    [InlineData("potts:2x2", 0, 0f, "found 0 at row 17, columns 0 to 1")]
    [InlineData("binomial:3", 2, 4f, "a whole number from 0 to 3, found 4 at row 17, column 2")]
    [InlineData("binomial:3", 2, -1f, "found -1 at row 17, column 2")]
    [InlineData("binomial:3", 2, 1.5f, "found 1.5 at row 17, column 2")]
    [InlineData("replicated-softmax", 3, -1f, "a count: a whole number from 0 to 16777216, found -1 at row 17, column 3")]
    [InlineData("gaussian", 1, float.PositiveInfinity, "a finite number, found Infinity at row 17, column 1")]
    [InlineData("relu", 1, -0.5f, "a finite number from 0, found -0.5 at row 17, column 1")]
    [InlineData("double-relu", 1, float.NaN, "a finite number, found NaN at row 17, column 1")]
    [InlineData("spike-and-slab", 1, float.NegativeInfinity, "a finite number, found -Infinity at row 17, column 1")]
    [InlineData("mixed:gaussian[1];relu[3]", 2, -1f, "a finite number from 0, found -1 at row 17, column 2")]
    public void States_that_a_kind_cannot_have_are_refused_with_their_column(string name, int column, float value, string message)
    {
        UnitLayer layer = UnitLayers.Parse(name, 4);
        float[] states = name.StartsWith("potts", StringComparison.Ordinal) ? [1, 0, 1, 0] : [1, 1, 1, 1];
        layer.Check(states, "data", "row 17");
        states[column] = value;
        ArgumentException error = Assert.Throws<ArgumentException>(() => layer.Check(states, "data", "row 17"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => layer.Check(states.AsSpan(1), "data", "row 17"));
    }

    private static double ParameterSlope(UnitLayer layer, int row, double input)
    {
        float value = layer.Parameter(row)[0];
        double slope = Slope(h =>
        {
            layer.SetParameter(row, [(float)(value + h)]);
            double moved = layer.Parameter(row)[0] - (double)value;
            double result = layer.CumulantGenerating([input]);

            // The rounded parameter moved a little more or less: to first order, which h^2 is below, undone by the caller's scale.
            return h == 0 ? result : ((result - At(value)) * h / moved) + At(value);
        });
        layer.SetParameter(row, [value]);
        return slope;

        double At(float there)
        {
            float kept = layer.Parameter(row)[0];
            layer.SetParameter(row, [there]);
            double result = layer.CumulantGenerating([input]);
            layer.SetParameter(row, [kept]);
            return result;
        }
    }

    // Central differences at two steps, the error of order h^2 taken out.
    private static double Slope(Func<double, double> f)
    {
        const double Step = 1.0 / 256;
        double wide = (f(2 * Step) - f(-2 * Step)) / (4 * Step);
        double narrow = (f(Step) - f(-Step)) / (2 * Step);
        return ((4 * narrow) - wide) / 3;
    }

    private static void AssertNear(double expected, double found, double relative) =>
        Assert.True(Math.Abs(found - expected) <= relative * (1 + Math.Abs(expected)), $"expected {expected:R}, found {found:R}");

    private static void AssertUlp(double expected, float found, double bound, string what, double slack = 0)
    {
        // The reference's own sum is good to 1e-13 of numbers of the size of the deviation.
        bool near = Ulp.Error(found, expected) <= bound || Math.Abs(found - expected) <= Math.Max(slack, 1e-13);
        Assert.True(near, $"{what}: expected {expected:R}, found {found:R}, {Ulp.Error(found, expected):F2} ULP");
    }
}
