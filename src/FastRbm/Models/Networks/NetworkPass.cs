using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Networks;

/// <summary>Passes of a network over some rows of a workspace, each by one thread with its own scratch: packed weights or not, the same bits.</summary>
internal static class NetworkPass
{
    private static readonly SimdLevel _level = SimdSelection.Current;

    /// <summary>Values and slopes of all layers.</summary>
    public static void Forward(Network network, PackedNetwork? packed, NetworkWorkspace workspace, GemmWorkspace gemm, int first, int end)
    {
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            Layer(network, packed, workspace, gemm, layer, first, end);
        }
    }

    /// <summary>Values and slopes of one layer.</summary>
    public static void Layer(Network network, PackedNetwork? packed, NetworkWorkspace workspace, GemmWorkspace gemm, int layer, int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        DenseLayer dense = network.Layers[layer];
        ReadOnlySpan2D<float> inputs = Rows(layer == 0 ? workspace.Inputs : workspace.Values[layer - 1], first, end);
        Span2D<float> outputs = Rows(workspace.Values[layer], first, end);
        bool linear = dense.Function == UnitFunction.Linear;
        switch (packed, linear)
        {
            case (null, true):
                FloatGemm.MultiplyBias<Epilogues.Identity>(_level, GemmLayout.NN, gemm, inputs, dense.Weights, dense.Bias, outputs);
                break;
            case (null, false):
                FloatGemm.Multiply(_level, GemmLayout.NN, gemm, inputs, dense.Weights, outputs);
                break;
            case (_, true):
                FloatGemm.MultiplyBias<Epilogues.Identity>(_level, gemm, inputs, packed.Forward[layer], dense.Bias, outputs);
                break;
            default:
                FloatGemm.Multiply(_level, gemm, inputs, packed.Forward[layer], outputs);
                break;
        }

        Activate(dense, workspace.Values[layer], workspace.Slopes[layer], first, end);
    }

    /// <summary>Gradients by the inputs of all units, from the output gradients.</summary>
    public static void Backward(Network network, PackedNetwork? packed, NetworkWorkspace workspace, GemmWorkspace gemm, int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        for (int layer = network.Layers.Count - 1; layer >= 0; layer--)
        {
            if (layer < network.Layers.Count - 1)
            {
                Product(network, packed, gemm, layer + 1, workspace.Gradients[layer + 1], workspace.Gradients[layer], first, end);
            }

            if (network.Layers[layer].Function != UnitFunction.Linear)
            {
                for (int row = first; row < end; row++)
                {
                    RowProduct.Run(workspace.Slopes[layer].Row(row), workspace.Gradients[layer].Row(row));
                }
            }
        }
    }

    /// <summary>Gradients by the inputs of the network, after those of all units.</summary>
    public static void ToInputs(Network network, PackedNetwork? packed, NetworkWorkspace workspace, GemmWorkspace gemm, int first, int end)
    {
        if (first < end)
        {
            Product(network, packed, gemm, 0, workspace.Gradients[0], workspace.InputGradients!, first, end);
        }
    }

    /// <summary>Some rows of a layer's weight gradient, summed over the rows of the workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="gemm">Scratch.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="rows">Rows of the workspace.</param>
    /// <param name="first">The first input unit.</param>
    /// <param name="end">The end of the input units, exclusive.</param>
    /// <param name="gradient">Row 0 is written for <paramref name="first"/>, and so on.</param>
    public static void WeightGradient(NetworkWorkspace workspace, GemmWorkspace gemm, int layer, int rows, int first, int end, Matrix gradient)
    {
        if (rows == 0)
        {
            gradient.Clear();
            return;
        }

        Matrix inputs = layer == 0 ? workspace.Inputs : workspace.Values[layer - 1];
        FloatGemm.Multiply(
            _level, GemmLayout.TN, gemm, inputs.AsSpan2D()[..rows, first..end], Rows(workspace.Gradients[layer], 0, rows), Rows(gradient, 0, end - first));
    }

    /// <summary>Some of a layer's bias gradients: sums over ascending rows.</summary>
    public static void BiasGradient(NetworkWorkspace workspace, int layer, int rows, int first, int end, Matrix gradient)
    {
        Span<float> sums = gradient.Row(0)[first..end];
        sums.Clear();
        for (int row = 0; row < rows; row++)
        {
            FloatRows.Add(workspace.Gradients[layer].Row(row)[first..end], sums);
        }
    }

    private static void Product(Network network, PackedNetwork? packed, GemmWorkspace gemm, int layer, Matrix gradients, Matrix below, int first, int end)
    {
        if (packed?.Backward[layer] is { } weights)
        {
            FloatGemm.Multiply(_level, gemm, Rows(gradients, first, end), weights, Rows(below, first, end));
        }
        else
        {
            FloatGemm.Multiply(_level, GemmLayout.NT, gemm, Rows(gradients, first, end), network.Layers[layer].Weights, Rows(below, first, end));
        }
    }

    private static Span2D<float> Rows(Matrix matrix, int first, int end) => matrix.AsSpan2D()[first..end, ..];

    private static void Activate(DenseLayer dense, Matrix values, Matrix slopes, int first, int end)
    {
        for (int row = first; row < end && dense.Function != UnitFunction.Linear; row++)
        {
            Span<float> v = values.Row(row);
            Span<float> s = slopes.Row(row);
            switch (dense.Function)
            {
                case UnitFunction.Sigmoid:
                    ActivationRow.Run<Activations.Sigmoid>(_level, dense.Bias, v, s);
                    break;
                case UnitFunction.Tanh:
                    ActivationRow.Run<Activations.Tanh>(_level, dense.Bias, v, s);
                    break;
                case UnitFunction.Softplus:
                    ActivationRow.Run<Activations.Softplus>(_level, dense.Bias, v, s);
                    break;
                case UnitFunction.Swish:
                    ActivationRow.Run<Activations.Swish>(_level, dense.Bias, v, s);
                    break;
                default:
                    ActivationRow.Run<Activations.Relu>(_level, dense.Bias, v, s);
                    break;
            }
        }
    }
}
