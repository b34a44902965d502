using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Networks;

/// <summary>Small networks, and the same in doubles.</summary>
internal static class NetworkCases
{
    public static Network Make(ulong seed, UnitFunction activation, params int[] sizes)
    {
        Network network = Network.Random(sizes, activation, seed);
        SplitMix64 random = new(seed);
        foreach (DenseLayer layer in network.Layers)
        {
            random.NextFloats(layer.Outputs, -0.5f, 0.5f).CopyTo(layer.Bias);
        }

        return network;
    }

    public static ReferenceNetwork Reference(Network network) => new(network.Layers.Select(static layer =>
    {
        double[,] weights = new double[layer.Inputs, layer.Outputs];
        for (int i = 0; i < layer.Inputs; i++)
        {
            for (int j = 0; j < layer.Outputs; j++)
            {
                weights[i, j] = layer.Weights[i, j];
            }
        }

        return (weights, layer.Bias.ToArray().Select(static b => (double)b).ToArray(), layer.Function.ToString());
    }));

    public static double[] Doubles(ReadOnlySpan<float> values) => [.. values.ToArray().Select(static value => (double)value)];

    public static void Near(double expected, double actual, double scale, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 2e-6 * scale, $"{what}: expected {expected}, found {actual}");
}
