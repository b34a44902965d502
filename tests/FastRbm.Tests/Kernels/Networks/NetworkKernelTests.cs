using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Networks;

public sealed class NetworkKernelTests
{
    [Fact]
    public void Functions_of_units_are_the_references_at_every_level_and_length()
    {
        Check<Activations.Sigmoid>("Sigmoid");
        Check<Activations.Tanh>("Tanh");
        Check<Activations.Softplus>("Softplus");
        Check<Activations.Swish>("Swish");
        Check<Activations.Relu>("Relu");
    }

    [Fact]
    public void What_is_left_out_is_the_same_at_every_level_and_the_rest_is_scaled()
    {
        float[]? first = null;
        foreach (SimdLevel level in Levels.All)
        {
            float[] values = [.. Enumerable.Range(1, 5000).Select(static i => (float)i)];
            float[] slopes = [.. values];
            DropoutRow.Run(level, new RandomStream(4, StreamPurpose.NetworkDropout, 2, 3), 0.25, values, slopes);
            first ??= values;
            Assert.Equal(first, values);
            Assert.Equal(values, slopes);
        }

        Assert.All(first!.Select(static (value, i) => (value, i)), static pair => Assert.True(pair.value == 0 || pair.value == (pair.i + 1) * (float)(1 / 0.75)));

        // Binomial: five standard deviations of 30.6.
        Assert.InRange(first!.Count(static value => value == 0), 1250 - 153, 1250 + 153);
    }

    [Fact]
    public void Steps_are_those_of_the_formulas_at_every_level_and_padding_stays_zero()
    {
        Step<ParameterRules.Momentum>(static (w, g, m, v) =>
        {
            m = (0.9 * m) - (0.1 * (g + (0.01 * w)));
            return (w + m, m, v);
        });
        Step<ParameterRules.Nesterov>(static (w, g, m, v) =>
        {
            g += 0.01 * w;
            m = (0.9 * m) - (0.1 * g);
            return (w + (0.9 * m) - (0.1 * g), m, v);
        });
        Step<ParameterRules.Adam>(static (w, g, m, v) =>
        {
            g += 0.01 * w;
            m += 0.9 * (g - m);
            v += 0.05 * ((g * g) - v);
            return (w - (0.1 * m / ((Math.Sqrt(v) * 1.5) + 1e-3)), m, v);
        });
    }

    [Fact]
    public void Softmax_gradients_are_the_formula_at_every_level_and_length()
    {
        for (int length = 1; length <= 40; length++)
        {
            float[] outputs = new SplitMix64((ulong)length).NextFloats(length, -30, 30);
            double total = Math.Log(outputs.Sum(static x => Math.Exp(x)));
            float[]? first = null;
            foreach (SimdLevel level in Levels.All)
            {
                using GuardedBuffer<float> x = GuardedBuffer<float>.EndingAtGuard(outputs);
                using GuardedBuffer<float> gradient = GuardedBuffer<float>.EndingAtGuard(length);
                SoftmaxGradientRow.Run(level, x.Span, -1.5f, gradient.Span);
                first ??= [.. gradient.Span];
                Assert.True(first.AsSpan().SequenceEqual(gradient.Span));
            }

            for (int y = 0; y < length; y++)
            {
                double expected = -1.5 * Math.Exp(outputs[y] - total);

                // An ULP an addition at worst, and few for exponential, division and product; differences of 60 have errors of 2^-19.
                Assert.True(Math.Abs(expected - first![y]) <= Math.Abs(expected) * (Math.ScaleB(length + 4, -24) + Math.ScaleB(1, -18)), $"expected {expected}, found {first[y]}");
            }
        }

        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
        {
            float[] gradient = new float[18];
            SoftmaxGradientRow.Run(SimdSelection.Current, [.. new float[17], bad], 1, gradient);
            Assert.All(gradient, static value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void A_Langevin_step_has_the_bits_of_separate_passes_at_every_level_and_length()
    {
        SplitMix64 random = new(8);
        float[] states = random.NextFloats(200, -1, 1);
        float[] gradients = random.NextFloats(200, -0.5f, 0.5f);
        states[150] = float.NaN;
        RandomStream draws = new(5, StreamPurpose.LangevinNoise, 3, 4);
        foreach (float bound in (float[])[1, float.PositiveInfinity])
        {
            float[] expected = new float[200];
            NormalRow.Fill(SimdLevel.Scalar, draws, expected);
            for (int i = 0; i < 200; i++)
            {
                float x = MathF.FusedMultiplyAdd(0.7f, expected[i], MathF.FusedMultiplyAdd(-0.3f, gradients[i], states[i]));
                expected[i] = float.IsNaN(x) ? x : Math.Clamp(x, -bound, bound);
            }

            for (int length = 0; length <= 200; length++)
            {
                foreach (SimdLevel level in Levels.All)
                {
                    using GuardedBuffer<float> x = GuardedBuffer<float>.EndingAtGuard(states.AsSpan(0, length));
                    using GuardedBuffer<float> g = GuardedBuffer<float>.EndingAtGuard(gradients.AsSpan(0, length));
                    LangevinRow.Run(level, draws, 0.3f, 0.7f, bound, g.Span, x.Span);
                    Assert.Equal(expected.AsSpan(0, length).ToArray(), x.Span.ToArray());
                }
            }
        }
    }

    private static void Step<TRule>(Func<double, double, double, double, (double W, double M, double V)> formula)
        where TRule : struct, IParameterRule
    {
        bool adam = typeof(TRule) == typeof(ParameterRules.Adam);
        ParameterRuleArguments arguments = new() { Rate = 0.1f, Decay = 0.01f, First = 0.9f, Second = 0.05f, Correction = 1.5f, Epsilon = 1e-3f, Average = 0.1f };
        float[]? bits = null;
        foreach (SimdLevel level in Levels.All)
        {
            SplitMix64 random = new(17);
            Matrix[] all = [.. Enumerable.Range(0, 5).Select(_ => new Matrix(5, 21))];
            for (int row = 0; row < 5; row++)
            {
                for (int k = 0; k < 5; k++)
                {
                    random.NextFloats(21, k == 3 ? 0 : -1, 1).CopyTo(all[k].Row(row));
                }
            }

            float[][] before = [.. all.Select(static matrix => matrix.AsSpan2D().ToArray().Cast<float>().ToArray())];
            ParameterStepRow.Run<TRule>(level, in arguments, 1, 4, all[0], all[1], all[2], adam ? all[3] : null, all[4]);
            float[] after = [.. all.SelectMany(static matrix => matrix.AsSpan2D().ToArray().Cast<float>())];
            bits ??= after;
            Assert.Equal(bits, after);
            for (int i = 0; i < 5 * 21; i++)
            {
                bool moved = i / 21 is >= 1 and < 4;
                (double w, double m, double v) = moved ? formula(before[0][i], before[1][i - 21], before[2][i], before[3][i]) : (before[0][i], before[2][i], before[3][i]);
                double average = moved ? before[4][i] + (0.1 * (w - before[4][i])) : before[4][i];
                Assert.Equal(w, all[0][i / 21, i % 21], 2e-6);
                Assert.Equal(m, all[2][i / 21, i % 21], 2e-6);
                Assert.Equal(v, all[3][i / 21, i % 21], 2e-6);
                Assert.Equal(average, all[4][i / 21, i % 21], 2e-6);
            }

            Assert.All(all, static matrix => Assert.Equal(0f, PaddingSum(matrix)));
        }
    }

    private static unsafe float PaddingSum(Matrix matrix)
    {
        float sum = 0;
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int column = matrix.Columns; column < matrix.Stride; column++)
            {
                sum += Math.Abs(matrix.DangerousGetPointer()[(row * matrix.Stride) + column]);
            }
        }

        return sum;
    }

    private static void Check<TActivation>(string name)
        where TActivation : struct, IActivation
    {
        for (int length = 0; length <= 40; length++)
        {
            float[] inputs = new SplitMix64((ulong)length + 1).NextFloats(length, -20, 20);
            float[]? values = null;
            float[]? slopes = null;
            foreach (SimdLevel level in Levels.All)
            {
                float[] v = [.. inputs];
                float[] s = new float[length];
                ActivationRow.Run<TActivation>(level, v, s);
                values ??= v;
                slopes ??= s;
                Assert.Equal(values, v);
                Assert.Equal(slopes, s);
            }

            for (int i = 0; i < length; i++)
            {
                double value = ReferenceNetwork.Value(name, inputs[i]);
                double slope = ReferenceNetwork.Slope(name, inputs[i]);
                Assert.True(Math.Abs(value - values![i]) <= 1e-6 * Math.Abs(value), $"{name}({inputs[i]}) = {value}, found {values[i]}");
                Assert.True(Math.Abs(slope - slopes![i]) <= 1e-6, $"{name}'({inputs[i]}) = {slope}, found {slopes[i]}");
            }
        }

        float[] bias = new SplitMix64(99).NextFloats(37, -3, 3);
        float[] apart = new SplitMix64(98).NextFloats(37, -3, 3);
        float[] sums = [.. apart.Zip(bias, static (x, b) => x + b)];
        float[] sumSlopes = new float[37];
        ActivationRow.Run<TActivation>(SimdLevel.Scalar, sums, sumSlopes);
        foreach (SimdLevel level in Levels.All)
        {
            float[] v = [.. apart];
            float[] s = new float[37];
            ActivationRow.Run<TActivation>(level, bias, v, s);
            Assert.Equal(sums, v);
            Assert.Equal(sumSlopes, s);
        }

        float[] nan = [float.NaN];
        ActivationRow.Run<TActivation>(SimdLevel.Scalar, nan, new float[1]);
        Assert.True(float.IsNaN(nan[0]));
    }
}
