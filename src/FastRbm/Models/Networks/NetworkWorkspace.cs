using FastRbm.Errors;
using FastRbm.Kernels.Gemm;
using FastRbm.Memory;

namespace FastRbm.Models.Networks;

/// <summary>What passes of a network write: values, slopes and gradients of every layer for a number of rows.</summary>
/// <remarks>
/// 12 bytes a unit and row, and 2.4 MB for matrix products. One pass at a time; rows of it may be worked on by several threads.
/// </remarks>
public sealed class NetworkWorkspace
{
    private GemmWorkspace? _gemm;

    /// <summary>Allocates.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rows">The most rows, at least 1.</param>
    /// <param name="inputGradients">Whether gradients by the inputs are wanted.</param>
    public NetworkWorkspace(Network network, int rows, bool inputGradients = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        Throw.IfLess(rows, 1);
        Network = network;
        Rows = rows;
        Inputs = new Matrix(rows, network.Inputs);
        Values = [.. network.Layers.Select(layer => new Matrix(rows, layer.Outputs))];
        Slopes = [.. network.Layers.Select(layer => new Matrix(layer.Function == UnitFunction.Linear ? 0 : rows, layer.Outputs))];
        Gradients = [.. network.Layers.Select(layer => new Matrix(rows, layer.Outputs))];
        InputGradients = inputGradients ? new Matrix(rows, network.Inputs) : null;
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The most rows.</summary>
    public int Rows { get; }

    /// <summary>x, a row each: filled by the caller.</summary>
    public Matrix Inputs { get; }

    /// <summary>The outputs of a forward pass.</summary>
    public Matrix Outputs => Values[^1];

    /// <summary>The gradient of a loss by the outputs: filled by the caller before a backward pass.</summary>
    public Matrix OutputGradients => Gradients[^1];

    /// <summary>The gradient by the inputs after a backward pass to them; null if it wasn't asked for.</summary>
    public Matrix? InputGradients { get; }

    /// <summary>h_l for each layer.</summary>
    internal Matrix[] Values { get; }

    /// <summary>f_l' for each layer; no rows where f is linear.</summary>
    internal Matrix[] Slopes { get; }

    /// <summary>The gradient by the inputs of each layer's units.</summary>
    internal Matrix[] Gradients { get; }

    /// <summary>Scratch of products on the caller's thread.</summary>
    internal GemmWorkspace Gemm => _gemm ??= new GemmWorkspace();
}
