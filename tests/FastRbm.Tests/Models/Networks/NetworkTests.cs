using FastRbm.Kernels.Gemm;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Networks;

public sealed class NetworkTests
{
    public static TheoryData<UnitFunction> All() => [.. Enum.GetValues<UnitFunction>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Outputs_and_gradients_are_those_of_the_reference(UnitFunction activation)
    {
        Network network = NetworkCases.Make(3, activation, 19, 17, 33, 5);
        ReferenceNetwork reference = NetworkCases.Reference(network);
        (NetworkWorkspace workspace, float[][] c) = Filled(network, rows: 7);
        network.Forward(workspace, 7);
        double[][] x = [.. Enumerable.Range(0, 7).Select(row => NetworkCases.Doubles(workspace.Inputs.Row(row)))];
        Network gradients = network.Clone();
        network.BackwardToParameters(workspace, 7, gradients);
        Fill(workspace.OutputGradients, c);
        network.BackwardToInputs(workspace, 7);
        for (int row = 0; row < 7; row++)
        {
            double[] cs = NetworkCases.Doubles(c[row]);
            Compare(reference.Outputs(x[row]), workspace.Outputs.Row(row), "output");
            Compare(reference.InputGradient(x[row], cs), workspace.InputGradients!.Row(row), "input gradient");
        }

        for (int l = 0; l < network.Layers.Count; l++)
        {
            double[] bias = new double[network.Layers[l].Outputs];
            double[,] weights = new double[network.Layers[l].Inputs, bias.Length];
            for (int row = 0; row < 7; row++)
            {
                (double[,] w, double[] b) = reference.ParameterGradient(x[row], NetworkCases.Doubles(c[row]))[l];
                for (int j = 0; j < bias.Length; j++)
                {
                    bias[j] += b[j];
                    for (int i = 0; i < weights.GetLength(0); i++)
                    {
                        weights[i, j] += w[i, j];
                    }
                }
            }

            Compare(bias, gradients.Layers[l].Bias, "bias gradient");
            for (int i = 0; i < weights.GetLength(0); i++)
            {
                Compare([.. Enumerable.Range(0, bias.Length).Select(j => weights[i, j])], gradients.Layers[l].WeightMatrix.Row(i), "weight gradient");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_of_the_reference_are_finite_differences(UnitFunction activation)
    {
        ReferenceNetwork reference = NetworkCases.Reference(NetworkCases.Make(8, activation, 4, 5, 3));
        double[] x = [0.3, -0.8, 0.5, 0.1];
        double[] c = [0.7, -1.1, 0.4];
        double Sum(double[] at) => reference.Outputs(at).Zip(c, static (output, factor) => output * factor).Sum();
        for (int i = 0; i < x.Length; i++)
        {
            double[] up = [.. x];
            double[] down = [.. x];
            up[i] += 1e-6;
            down[i] -= 1e-6;
            Assert.Equal((Sum(up) - Sum(down)) / 2e-6, reference.InputGradient(x, c)[i], 1e-7);
            Assert.Equal((reference.Energy(up) - reference.Energy(down)) / 2e-6, reference.EnergyGradient(x)[i], 1e-7);
        }

        (double[,] Weights, double[] Bias)[] gradient = reference.ParameterGradient(x, c);
        for (int l = 0; l < 2; l++)
        {
            double[] bias = reference.Layers[l].Bias;
            for (int j = 0; j < bias.Length; j++)
            {
                Assert.Equal(Difference(() => Sum(x), v => bias[j] += v), gradient[l].Bias[j], 1e-7);
                Assert.Equal(Difference(() => Sum(x), v => reference.Layers[l].Weights[2, j] += v), gradient[l].Weights[2, j], 1e-7);
            }
        }
    }

    [Theory]
    [InlineData(UnitFunction.Swish)]
    [InlineData(UnitFunction.Sigmoid)]
    public void Packed_weights_and_parts_of_the_rows_give_the_same_bits(UnitFunction activation)
    {
        Network network = NetworkCases.Make(5, activation, 50, 37, 21, 10);
        (NetworkWorkspace whole, float[][] c) = Filled(network, rows: 33);
        (NetworkWorkspace parts, _) = Filled(network, rows: 33);
        network.Forward(whole, 33);
        network.BackwardToInputs(whole, 33);
        PackedNetwork packed = new(network, toInputs: true);
        GemmWorkspace gemm = new();
        foreach ((int first, int end) in ((int, int)[])[(0, 13), (13, 14), (14, 33)])
        {
            NetworkPass.Forward(network, packed, parts, gemm, first, end);
            NetworkPass.Backward(network, packed, parts, gemm, first, end);
            NetworkPass.ToInputs(network, packed, parts, gemm, first, end);
        }

        for (int row = 0; row < 33; row++)
        {
            Assert.Equal(whole.Outputs.Row(row).ToArray(), parts.Outputs.Row(row).ToArray());
            Assert.Equal(whole.InputGradients!.Row(row).ToArray(), parts.InputGradients!.Row(row).ToArray());
        }

        Assert.NotEmpty(c);
    }

    [Fact]
    public void Rows_packed_one_after_another_are_the_packed_matrix()
    {
        Matrix b = new(37, 21);
        for (int i = 0; i < 37; i++)
        {
            new SplitMix64((ulong)i).NextFloats(21, -1, 1).CopyTo(b.Row(i));
        }

        PackedMatrix whole = new(37, 21);
        whole.Pack(transposed: false, b.AsSpan2D());
        PackedMatrix parts = new(37, 21);
        parts.PackRows(b.AsSpan2D(), 20, 37);
        parts.PackRows(b.AsSpan2D(), 0, 20);
        Assert.Equal(Panels(whole), Panels(parts));
        Assert.Throws<ArgumentOutOfRangeException>(() => parts.PackRows(b.AsSpan2D(), 0, 38));
        Assert.Throws<ArgumentOutOfRangeException>(() => parts.PackRows(b.AsSpan2D(), 5, 4));
        Assert.Throws<ArgumentException>(() => parts.PackRows(new Matrix(37, 20).AsSpan2D(), 0, 4));
    }

    [Fact]
    public void Layers_that_do_not_chain_and_parameters_that_are_not_finite_are_refused()
    {
        ArgumentException chain = Assert.Throws<ArgumentException>(static () => new Network(new DenseLayer(4, 3, UnitFunction.Tanh), new DenseLayer(2, 2, UnitFunction.Linear)));
        Assert.Contains("expected 3 inputs of layer 1", chain.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Network());
        Assert.Throws<ArgumentOutOfRangeException>(static () => new DenseLayer(0, 3, UnitFunction.Tanh));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new DenseLayer(1, 3, (UnitFunction)17));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Network.Random([3], UnitFunction.Tanh, 1));
        ArgumentException finite = Assert.Throws<ArgumentException>(static () => new DenseLayer(new float[,] { { 1, 2 }, { 3, float.NaN } }, new float[2], UnitFunction.Tanh));
        Assert.Contains("row 1, column 1", finite.Message, StringComparison.Ordinal);
    }

    private static float[] Panels(PackedMatrix packed)
    {
        unsafe
        {
            return new Span<float>(packed.DangerousGetPointer(), packed.Depth * 32).ToArray();
        }
    }

    private static double Difference(Func<double> value, Action<double> add)
    {
        add(1e-6);
        double up = value();
        add(-2e-6);
        double down = value();
        add(1e-6);
        return (up - down) / 2e-6;
    }

    private static (NetworkWorkspace Workspace, float[][] OutputGradients) Filled(Network network, int rows)
    {
        SplitMix64 random = new(99);
        NetworkWorkspace workspace = new(network, rows, inputGradients: true);
        Fill(workspace.Inputs, [.. Enumerable.Range(0, rows).Select(_ => random.NextFloats(network.Inputs, -1, 1))]);
        float[][] c = [.. Enumerable.Range(0, rows).Select(_ => random.NextFloats(network.Outputs, -1, 1))];
        Fill(workspace.OutputGradients, c);
        return (workspace, c);
    }

    private static void Fill(Matrix matrix, float[][] values)
    {
        for (int row = 0; row < values.Length; row++)
        {
            values[row].CopyTo(matrix.Row(row));
        }
    }

    private static void Compare(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            NetworkCases.Near(expected[i], actual[i], 1 + Math.Abs(expected[i]), $"{what} {i}");
        }
    }
}
