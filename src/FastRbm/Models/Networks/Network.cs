using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Models.Networks;

/// <summary>A stack of dense layers: h_0 = x, h_l = f_l(h_{l-1} W_l + b_l); its outputs are h_L.</summary>
/// <remarks>
/// <para>The gradients are those of back-propagation (Rumelhart, Hinton and Williams 1986): with d_l the gradient of a loss by the inputs of
/// layer l, d_L = dL/dh_L f_L', d_{l-1} = (d_l W_l') f_{l-1}', dL/dW_l = h_{l-1}' d_l, dL/db_l = sum of d_l over rows, dL/dx = d_1 W_1'.</para>
/// <para>Every number is a chain of fused multiply-adds over ascending indices: the same bits at any vector width, batch and number of threads.
/// Passes read the parameters and write their workspace alone, so several threads may run them with a workspace each.</para>
/// </remarks>
public sealed class Network
{
    private readonly DenseLayer[] _layers;

    /// <summary>Makes a network of layers, which it then owns.</summary>
    /// <param name="layers">At least one; each takes as many inputs as the one before has units.</param>
    /// <exception cref="ArgumentException">There is no layer, or two don't chain; the message names them.</exception>
    public Network(params IReadOnlyList<DenseLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Throw.IfLess(layers.Count, 1, nameof(layers));
        for (int layer = 1; layer < layers.Count; layer++)
        {
            if (layers[layer].Inputs != layers[layer - 1].Outputs)
            {
                Throw.Argument(nameof(layers), $"{layers[layer - 1].Outputs} inputs of layer {layer}, the units of layer {layer - 1}", $"{layers[layer].Inputs}");
            }
        }

        _layers = [.. layers];
    }

    /// <summary>The layers, from the inputs on.</summary>
    public IReadOnlyList<DenseLayer> Layers => _layers;

    /// <summary>The number of inputs.</summary>
    public int Inputs => _layers[0].Inputs;

    /// <summary>The number of units of the last layer.</summary>
    public int Outputs => _layers[^1].Outputs;

    /// <summary>The number of weights and biases.</summary>
    public long ParameterCount => _layers.Sum(static layer => ((long)layer.Inputs + 1) * layer.Outputs);

    /// <summary>Makes a network with linear outputs, biases 0 and normal weights.</summary>
    /// <remarks>
    /// The variance of a weight is 2 / inputs for softplus, swish and relu (He, Zhang, Ren and Sun 2015), else 2 / (inputs + outputs)
    /// (Glorot and Bengio 2010).
    /// </remarks>
    /// <param name="sizes">The number of inputs, of units of each hidden layer, and of outputs: at least two numbers of at least 1.</param>
    /// <param name="hidden">The function of hidden units.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The network: the same bits on every machine.</returns>
    /// <exception cref="ArgumentException">There are fewer than two sizes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Network Random(ReadOnlySpan<int> sizes, UnitFunction hidden, ulong seed)
    {
        Throw.IfLess(sizes.Length, 2, nameof(sizes));
        DenseLayer[] layers = new DenseLayer[sizes.Length - 1];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = new DenseLayer(sizes[i], sizes[i + 1], i == layers.Length - 1 ? UnitFunction.Linear : hidden);
            bool rectifies = layers[i].Function is UnitFunction.Softplus or UnitFunction.Swish or UnitFunction.Relu;
            double variance = rectifies ? 2.0 / sizes[i] : 2.0 / ((double)sizes[i] + sizes[i + 1]);
            float deviation = (float)Math.Sqrt(variance);
            for (int input = 0; input < sizes[i]; input++)
            {
                Span<float> row = layers[i].WeightMatrix.Row(input);
                NormalRow.Fill(SimdSelection.Current, new RandomStream(seed, StreamPurpose.NetworkWeights, i, input), row);
                FloatRows.Multiply(row, deviation);
            }
        }

        return new Network(layers);
    }

    /// <summary>A network of the same layers with the same parameters.</summary>
    /// <returns>A copy.</returns>
    public Network Clone() => new([.. _layers.Select(static layer => new DenseLayer(layer.Weights, layer.Bias, layer.Function))]);

    /// <summary>Copies the parameters of a network of the same shape.</summary>
    /// <param name="source">The network to read.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(Network source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Throw.IfLengthDiffers(source._layers.Length, _layers.Length, nameof(source));
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i].WeightMatrix.CopyFrom(source._layers[i].WeightMatrix);
            _layers[i].BiasMatrix.CopyFrom(source._layers[i].BiasMatrix);
        }
    }

    /// <summary>Computes the outputs of some rows. Allocates nothing.</summary>
    /// <param name="workspace">A workspace of this network: inputs are read, all values and slopes written.</param>
    /// <param name="rows">The number of rows, from row 0 on.</param>
    /// <exception cref="ArgumentException">The workspace has too few rows.</exception>
    public void Forward(NetworkWorkspace workspace, int rows)
    {
        CheckRows(workspace, rows);
        NetworkPass.Forward(this, null, workspace, workspace.Gemm, 0, rows);
    }

    /// <summary>Computes the gradient by the inputs of each row, after <see cref="Forward"/>. Allocates nothing.</summary>
    /// <param name="workspace">Its output gradients are read (and multiplied by the slopes of outputs that aren't linear), its input gradients written.</param>
    /// <param name="rows">The number of rows, from row 0 on.</param>
    /// <exception cref="ArgumentException">The workspace has too few rows, or was made without input gradients.</exception>
    public void BackwardToInputs(NetworkWorkspace workspace, int rows)
    {
        CheckRows(workspace, rows);
        if (workspace.InputGradients is null)
        {
            Throw.Argument(nameof(workspace), "a workspace with input gradients", "one without");
        }

        NetworkPass.Backward(this, null, workspace, workspace.Gemm, 0, rows);
        NetworkPass.ToInputs(this, null, workspace, workspace.Gemm, 0, rows);
    }

    /// <summary>Computes the gradient by all parameters, summed over the rows, after <see cref="Forward"/>. Allocates nothing.</summary>
    /// <param name="workspace">Its output gradients are read (and multiplied by the slopes of outputs that aren't linear).</param>
    /// <param name="rows">The number of rows, from row 0 on.</param>
    /// <param name="gradients">A network of the same shape, whose parameters become the gradients.</param>
    /// <exception cref="ArgumentException">The workspace has too few rows.</exception>
    public void BackwardToParameters(NetworkWorkspace workspace, int rows, Network gradients)
    {
        CheckRows(workspace, rows);
        ArgumentNullException.ThrowIfNull(gradients);
        Throw.IfLengthDiffers(gradients._layers.Length, _layers.Length, nameof(gradients));
        NetworkPass.Backward(this, null, workspace, workspace.Gemm, 0, rows);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            DenseLayer target = gradients._layers[layer];
            NetworkPass.WeightGradient(workspace, workspace.Gemm, layer, rows, 0, _layers[layer].Inputs, target.WeightMatrix);
            NetworkPass.BiasGradient(workspace, layer, rows, 0, _layers[layer].Outputs, target.BiasMatrix);
        }
    }

    private void CheckRows(NetworkWorkspace workspace, int rows)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (workspace.Network != this)
        {
            Throw.Argument(nameof(workspace), "a workspace of this network", "one of another");
        }

        if (rows < 0 || rows > workspace.Rows)
        {
            Throw.OutOfRange(nameof(rows), $"0 to {workspace.Rows} rows", rows);
        }
    }
}
