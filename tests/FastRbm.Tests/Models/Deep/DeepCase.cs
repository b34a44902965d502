using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Deep;

/// <summary>A tiny deep Boltzmann machine, as the library and as the reference have it.</summary>
internal sealed class DeepCase
{
    public DeepCase(ulong seed, double scale, params int[] layers)
    {
        SplitMix64 random = new(seed);
        Machine = new DeepBoltzmannMachine(layers);
        double[][,] weights = new double[layers.Length - 1][,];
        double[][] bias = new double[layers.Length][];
        for (int l = 0; l < layers.Length; l++)
        {
            // Multiples of 1/64: exact as floats and in fixed point.
            float[] own = [.. random.NextFloats(layers[l], -1, 1).Select(static x => MathF.Round(x * 64) / 64)];
            bias[l] = [.. own.Select(static x => (double)x)];
            Machine.SetBias(l, own);
            if (l + 1 == layers.Length)
            {
                break;
            }

            Matrix w = new(layers[l], layers[l + 1]);
            weights[l] = new double[layers[l], layers[l + 1]];
            for (int i = 0; i < w.Rows; i++)
            {
                for (int j = 0; j < w.Columns; j++)
                {
                    w[i, j] = (float)Math.Round(random.NextDouble(-scale, scale) * 64) / 64;
                    weights[l][i, j] = w[i, j];
                }
            }

            Machine.SetWeights(l, w);
        }

        Reference = new ReferenceDeep(weights, bias);
    }

    public DeepBoltzmannMachine Machine { get; }

    public ReferenceDeep Reference { get; }

    /// <summary>All visible states, row v the bits of v.</summary>
    public IVisibleRows AllVisible() => new States([.. Enumerable.Range(0, 1 << Machine.Visible)], Machine.Visible);

    /// <summary>The joined RBM as a reference.</summary>
    public ReferenceRbm Joined()
    {
        Rbm joined = Machine.Joined;
        double[,] weights = new double[joined.Visible.Count, joined.Hidden.Count];
        for (int i = 0; i < weights.GetLength(0); i++)
        {
            for (int j = 0; j < weights.GetLength(1); j++)
            {
                weights[i, j] = joined.Weights[i, j];
            }
        }

        return new ReferenceRbm(weights, Doubles(joined.Visible.Bias), Doubles(joined.Hidden.Bias));
    }

    public static double[] Doubles(ReadOnlySpan<float> values)
    {
        double[] doubles = new double[values.Length];
        for (int i = 0; i < doubles.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }

    /// <summary>Rows of bits given as numbers.</summary>
    internal sealed class States(int[] states, int units) : IVisibleRows
    {
        public int Rows => states.Length;

        public int Columns => units;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = (ulong)states[row];

        public void CopyMeans(int row, Span<float> destination)
        {
            for (int unit = 0; unit < destination.Length; unit++)
            {
                destination[unit] = (states[row] >> unit) & 1;
            }
        }
    }
}
