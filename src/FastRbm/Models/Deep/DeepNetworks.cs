using FastRbm.Errors;
using FastRbm.Models.Networks;

namespace FastRbm.Models.Deep;

/// <summary>What the classifiers of deep models share.</summary>
internal static class DeepNetworks
{
    /// <summary>Refuses a network that can't classify a model's rows.</summary>
    public static Network? Checked(Network? network, int inputs)
    {
        if (network is not null)
        {
            Throw.IfLengthDiffers(network.Inputs, inputs, "classifier inputs");
            Throw.IfLess(network.Outputs, 2, "classes");
        }

        return network;
    }
}
