using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed unsafe class FlipGradientTests
{
    private const float NoInput = -200f;

    [Theory]
    [InlineData(1, 1, 1, 1.0)]
    [InlineData(5, 17, 3, 1.0)]
    [InlineData(9, 33, 20, 4.0)]
    [InlineData(6, 40, 9, 60.0)]
    public void Gradients_are_the_naive_sums_at_every_level_to_the_same_bit(int visible, int hidden, int rows, double size)
    {
        SplitMix64 random = new(3);
        float[,] weights = new float[visible, hidden];
        float[,] inputs = new float[rows, hidden];
        bool[,] states = new bool[rows, visible];
        float[,] coefficients = new float[rows, visible];
        Fill(weights, () => (float)random.NextDouble(-size, size));
        Fill(inputs, () => (float)random.NextDouble(-3 * size, 3 * size));
        Fill(coefficients, () => (float)random.NextDouble(-1, 1));
        Fill(states, () => random.NextBool(0.4));
        float[]? first = null;
        foreach (SimdLevel level in Levels.All)
        {
            float[] found = Run(level, weights, inputs, states, coefficients, room: level == SimdLevel.Scalar ? 0 : 2);
            first ??= found;
            Assert.Equal(first, found);
        }

        double[] expected = Naive(weights, inputs, states, coefficients);
        for (int k = 0; k < expected.Length; k++)
        {
            double bound = 2e-7 * rows * visible;
            Assert.True(Math.Abs(expected[k] - first![k]) <= bound, $"parameter {k}: expected {expected[k]}, found {first[k]}");
        }
    }

    private static void Fill<T>(T[,] values, Func<T> next)
    {
        for (int k = 0; k < values.Length; k++)
        {
            values[k / values.GetLength(1), k % values.GetLength(1)] = next();
        }
    }

    private static double[] Naive(float[,] weights, float[,] inputs, bool[,] states, float[,] coefficients)
    {
        (int rows, int visible, int hidden) = (states.GetLength(0), weights.GetLength(0), weights.GetLength(1));
        double[] gradient = new double[(visible + 1) * hidden];
        for (int row = 0; row < rows; row++)
        {
            for (int unit = 0; unit < visible; unit++)
            {
                double sign = states[row, unit] ? -1 : 1;
                for (int j = 0; j < hidden; j++)
                {
                    double mean = Sigmoid(inputs[row, j]);
                    double flipped = Sigmoid(inputs[row, j] + (sign * weights[unit, j]));

                    // -dF(v)/dW_kj = v_k mean, and the same for the flipped row.
                    for (int k = 0; k < visible; k++)
                    {
                        bool on = states[row, k];
                        gradient[(k * hidden) + j] += coefficients[row, unit] * ((on != (k == unit) ? flipped : 0) - (on ? mean : 0));
                    }

                    gradient[(visible * hidden) + j] += coefficients[row, unit] * (flipped - mean);
                }
            }
        }

        return gradient;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static float[] Run(SimdLevel level, float[,] weights, float[,] inputs, bool[,] states, float[,] coefficients, int room)
    {
        (int rows, int visible, int hidden) = (states.GetLength(0), weights.GetLength(0), weights.GetLength(1));
        Matrix w = new(visible, hidden);
        Matrix gradient = new(visible, hidden);
        Matrix bias = new(1, hidden);
        int tiles = w.Stride / FlipGradient.TileColumns;
        int mostRows = rows + room;
        float[] panels = new float[tiles * mostRows * FlipGradient.PanelRow];
        int[] order = new int[visible * mostRows];
        float[] listed = new float[visible * mostRows];
        int[] offCounts = new int[visible];
        int[] strong = new int[visible];
        panels.AsSpan().Fill(float.NaN);
        listed.AsSpan().Fill(float.NaN);
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < w.Stride; j++)
            {
                int place = ((((j / 16) * mostRows) + row) * FlipGradient.PanelRow) + (j % 16);
                panels[place] = j < hidden ? (float)Sigmoid(inputs[row, j]) : 0;
                panels[place + 16] = j < hidden ? (float)Sigmoid(-(double)inputs[row, j]) : 1;
                panels[place + 48] = j < hidden ? inputs[row, j] : NoInput;
            }
        }

        for (int unit = 0; unit < visible; unit++)
        {
            int[] off = [.. Enumerable.Range(0, rows).Where(row => !states[row, unit])];
            int[] on = [.. Enumerable.Range(0, rows).Where(row => states[row, unit])];
            offCounts[unit] = off.Length;
            int[] all = [.. off, .. on];
            for (int k = 0; k < all.Length; k++)
            {
                order[(unit * mostRows) + k] = all[k];
                listed[(unit * mostRows) + k] = coefficients[all[k], unit];
            }

            for (int j = 0; j < hidden; j++)
            {
                w[unit, j] = weights[unit, j];
                strong[unit] |= Math.Abs(weights[unit, j]) > FlipGradient.MostWeight ? 1 : 0;
            }
        }

        gradient.AsSpan2D().Fill(float.NaN);
        fixed (float* panelPointer = panels, listedPointer = listed)
        fixed (int* orderPointer = order, offPointer = offCounts, strongPointer = strong)
        {
            FlipGradientArguments arguments = new()
            {
                Weights = w.DangerousGetPointer(),
                WeightStride = w.Stride,
                Units = visible,
                Rows = rows,
                Panels = panelPointer,
                PanelRows = mostRows,
                Order = orderPointer,
                Coefficients = listedPointer,
                ListStride = mostRows,
                OffCounts = offPointer,
                Strong = strongPointer,
                Gradient = gradient.DangerousGetPointer(),
                GradientStride = gradient.Stride,
                HiddenGradient = bias.DangerousGetPointer(),
            };
            FlipGradient.Run(level, in arguments, 0, tiles);
        }

        AssertPadding(gradient);
        AssertPadding(bias);
        return [.. gradient.AsSpan2D().ToArray().Cast<float>(), .. bias.Row(0)];
    }

    private static void AssertPadding(Matrix matrix)
    {
        float* values = matrix.DangerousGetPointer();
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int column = matrix.Columns; column < matrix.Stride; column++)
            {
                Assert.Equal(0, BitConverter.SingleToInt32Bits(values[(row * matrix.Stride) + column]));
            }
        }
    }
}
