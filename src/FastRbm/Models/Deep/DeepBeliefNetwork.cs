using FastRbm.Errors;
using FastRbm.Models.Networks;

namespace FastRbm.Models.Deep;

/// <summary>
/// A deep belief network of binary layers: p(v, h_1, ..., h_L) = p(v | h_1) ... p(h_(L-2) | h_(L-1)) p(h_(L-1), h_L), the last factor an
/// RBM, the others sigmoid units given the layer above: p(x_l = 1 | x_(l+1)) = sigmoid(a_l + W_l x_(l+1)).
/// </summary>
/// <remarks>
/// <para>Held as the stack of RBMs that it was trained as. Of machine l the network itself uses the weights and the visible biases, and of the topmost
/// one also the hidden biases; the hidden biases of the others belong to the pass upwards, q(h_(l+1) | h_l) = sigmoid(b_l + h_l W_l), which
/// stands for the posterior.</para>
/// <para>Reading from many threads is safe, editing is not.</para>
/// <para>Source: Hinton, Osindero and Teh, "A fast learning algorithm for deep belief nets" (2006); Hinton and Salakhutdinov, "Reducing the
/// dimensionality of data with neural networks" (2006).</para>
/// </remarks>
public sealed class DeepBeliefNetwork
{
    private readonly int[] _layers;
    private readonly Rbm[] _machines;
    private Network? _classifier;

    /// <summary>Makes a network whose parameters are all zero.</summary>
    /// <param name="layers">Units of the visible layer, then of at least one hidden layer, upwards.</param>
    /// <exception cref="ArgumentException">There are fewer than two layers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A layer has no units.</exception>
    public DeepBeliefNetwork(IReadOnlyList<int> layers)
    {
        _layers = LayerSizes.Check(layers, leastHidden: 1);
        _machines = [.. Enumerable.Range(0, _layers.Length - 1).Select(layer => Rbm.Binary(_layers[layer], _layers[layer + 1]))];
    }

    /// <summary>Makes a network of machines, which it then owns.</summary>
    /// <param name="machines">Binary machines, the lowest first: the hidden units of each are the visible ones of the next.</param>
    /// <exception cref="ArgumentException">No machine, sizes that don't chain, or units that aren't binary.</exception>
    public DeepBeliefNetwork(IReadOnlyList<Rbm> machines)
    {
        _layers = LayerSizes.Of(machines, leastHidden: 1);
        foreach (Rbm machine in machines)
        {
            machine.RequireBinary(nameof(machines));
        }

        _machines = [.. machines];
    }

    /// <summary>Units of the layers: the visible one, then the hidden ones, upwards.</summary>
    public IReadOnlyList<int> Layers => _layers;

    /// <summary>The machines, the lowest first.</summary>
    public IReadOnlyList<Rbm> Machines => _machines;

    /// <summary>The topmost machine: the only one whose distribution the network has as it is.</summary>
    public Rbm Top => _machines[^1];

    /// <summary>A classifier that was trained from this network's features, or null.</summary>
    /// <exception cref="ArgumentException">Set to one with other inputs than visible units, or with fewer than two outputs.</exception>
    public Network? Classifier
    {
        get => _classifier;
        set => _classifier = DeepNetworks.Checked(value, _layers[0]);
    }

    /// <summary>Unrolls the pass upwards to a feed-forward network of sigmoid layers, with linear outputs of zero weights for the softmax of classes.</summary>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <returns>A new network, with copies of the parameters.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two classes.</exception>
    public Network ToNetwork(int classes)
    {
        Throw.IfLess(classes, 2);
        return new Network([
            .. _machines.Select(static machine => new DenseLayer(machine.Weights, machine.Hidden.Bias, UnitFunction.Sigmoid)),
            new DenseLayer(_layers[^1], classes, UnitFunction.Linear),
        ]);
    }
}
