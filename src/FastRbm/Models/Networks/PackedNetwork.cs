using FastRbm.Kernels.Gemm;

namespace FastRbm.Models.Networks;

/// <summary>The weights of a network laid out for products both ways, kept up to date by whoever changes them.</summary>
/// <remarks>Products with it give the bits of products without. Several threads may use it, but not while it is packed.</remarks>
internal sealed class PackedNetwork
{
    private readonly Network _network;

    /// <summary>Allocates and packs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="toInputs">Whether gradients by the inputs of the network are wanted.</param>
    public PackedNetwork(Network network, bool toInputs)
    {
        _network = network;
        Forward = [.. network.Layers.Select(static layer => new PackedMatrix(layer.Inputs, layer.Outputs))];
        Backward = [.. network.Layers.Select((layer, index) => index == 0 && !toInputs ? null : new PackedMatrix(layer.Outputs, layer.Inputs))];
        Pack();
    }

    /// <summary>W_l as a right factor.</summary>
    public PackedMatrix[] Forward { get; }

    /// <summary>W_l' as a right factor; null for the first layer if nobody asks for it.</summary>
    public PackedMatrix?[] Backward { get; }

    /// <summary>Packs everything.</summary>
    public void Pack()
    {
        for (int layer = 0; layer < Forward.Length; layer++)
        {
            PackRows(layer, 0, _network.Layers[layer].Inputs);
        }
    }

    /// <summary>Packs some rows of a layer's weights: whole panels of 16, but at the end.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="first">The first input unit, a multiple of 16.</param>
    /// <param name="end">The end of the input units, exclusive.</param>
    public void PackRows(int layer, int first, int end)
    {
        DenseLayer dense = _network.Layers[layer];
        Forward[layer].PackRows(dense.Weights, first, end);
        Backward[layer]?.Pack(transposed: true, dense.Weights, first / PackedMatrix.PanelColumns, (end + PackedMatrix.PanelColumns - 1) / PackedMatrix.PanelColumns);
    }
}
