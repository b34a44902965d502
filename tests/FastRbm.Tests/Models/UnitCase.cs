using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

/// <summary>A kind whose units are independent of each other, beside its reference.</summary>
/// <param name="Name">As <see cref="UnitLayers"/> reads it.</param>
/// <param name="MeanUlp">The largest error of means, variances and statistics, in ULP of the exact result.</param>
/// <param name="Reference">One unit with the parameters of a column, for an input.</param>
internal sealed record UnitCase(string Name, double MeanUlp, Func<double[], double, ReferenceUnits> Reference)
{
    /// <summary>All of them. Those of vectors have the error of their exp, log or sigmoid and of two products; the others only round at the end.</summary>
    public static UnitCase[] All { get; } =
    [
        new("binary", 4.5, static (_, _) => ReferenceUnits.Binary()),
        new("spin", 4.5, static (_, _) => ReferenceUnits.Spin()),
        new("binomial:1", 4.5, static (_, _) => ReferenceUnits.Binomial(1)),
        new("binomial:7", 4.5, static (_, _) => ReferenceUnits.Binomial(7)),
        new("binomial:40", 4.5, static (_, _) => ReferenceUnits.Binomial(40)),
        new("gaussian", 2.5, static (p, input) => ReferenceUnits.Gaussian(p[1], input)),
        new("relu", 0.6, static (p, input) => ReferenceUnits.Relu(p[1], input)),
        new("double-relu", 0.6, static (p, input) => ReferenceUnits.DoubleRelu(p[1], p[2], p[3], input)),
        new("spike-and-slab", 0.6, static (p, input) => ReferenceUnits.SpikeAndSlab(p[1], p[2], input)),
    ];

    /// <summary>The names.</summary>
    public static TheoryData<string> Names => [.. All.Select(static unit => unit.Name)];

    /// <summary>One of them.</summary>
    public static UnitCase Named(string name) => All.Single(unit => unit.Name == name);

    /// <summary>A layer with random parameters.</summary>
    public UnitLayer Layer(int count, SplitMix64 random)
    {
        UnitLayer layer = UnitLayers.Parse(Name, count);
        random.NextFloats(count, -1, 1).CopyTo(layer.MutableParameter(0));
        for (int row = 1; row < layer.ParameterNames.Count; row++)
        {
            layer.SetParameter(row, random.NextFloats(count, -1.5f, 1.5f));
        }

        return layer;
    }

    /// <summary>The reference of a unit of a layer.</summary>
    public ReferenceUnits ReferenceOf(UnitLayer layer, int unit, double input) =>
        Reference([.. Enumerable.Range(0, layer.ParameterNames.Count).Select(row => (double)layer.Parameter(row)[unit])], input);

    /// <summary>Inputs over all sizes, zero among them.</summary>
    public static float[] Inputs(int count, SplitMix64 random)
    {
        float[] ranges = [25, 3, 0.1f, 1e-3f, 12];
        float[] inputs = [.. Enumerable.Range(0, count).Select(unit => random.NextFloats(1, -ranges[unit % 5], ranges[unit % 5])[0])];
        inputs[count / 2] = 0;
        return inputs;
    }
}
